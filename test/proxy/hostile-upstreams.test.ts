import { readdirSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ask, type Outcome, plainUpstream, rawServer } from './upstream-world.ts';

/** One file of `test/fixtures/upstream`: what an upstream sends, and what has to come of it. */
interface Case {
  readonly name: string;
  readonly shows: string;
  readonly ask: string;
  readonly verdict: string;
  readonly socket: 'kept' | 'closed';
  readonly packets: readonly (Buffer | 'close' | 'reset')[];
}

const folder = new URL('../fixtures/upstream/', import.meta.url);
const CASES = readdirSync(folder).map((file) => readCase(file.replace(/\.txt$/, ''), readFileSync(new URL(file, folder), 'latin1')));
const GOOD = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond';
// What would take seconds byte by byte shows nothing that the short ones do not.
const SHORT_BYTES = 400;

describe('37: a hostile upstream', () => {
  test.each(CASES)('$name: $shows', async (hostile) => {
    const { first, second, connections } = await meet(hostile, hostile.packets);

    expect(verdictOf(first)).toBe(hostile.verdict);
    expect(verdictOf(second)).toBe('200 second');
    expect(connections).toBe(hostile.socket === 'kept' ? 1 : 2);
  });

  test.each(CASES.filter(isShort))('$name, byte by byte', async (hostile) => {
    const { first, second } = await meet(hostile, hostile.packets.flatMap(torn));

    expect(verdictOf(first)).toBe(hostile.verdict);
    expect(verdictOf(second)).toBe('200 second');
  });

  test('a corpus in which all is refused, or nothing, would show nothing', () => {
    const verdicts = new Set(CASES.map(({ verdict }) => verdict.split(' ')[0]));

    expect([...verdicts].sort()).toEqual(['200', '204', '205', '304', 'closed', 'unusable']);
  });
});

/** Two requests, one after the other: the first meets what is in the file, every other one a proper answer. */
async function meet(hostile: Case, packets: Case['packets']) {
  let connections = 0;
  let requests = 0;
  let sent: Promise<void> | undefined;
  const server = await rawServer((socket) => {
    connections += 1;
    socket.on('data', () => {
      requests += 1;
      if (requests === 1) sent = send(socket, packets);
      else socket.write(GOOD);
    });
  });
  const upstream = plainUpstream(server.origin);
  try {
    const first = await ask(upstream, { method: hostile.ask });
    // Bytes that come when the next request has been sent already cannot be told from its answer by anybody.
    await sent;
    await settle();
    const second = await ask(upstream);
    return { first, second, connections };
  } finally {
    upstream.destroy();
    await server.close();
  }
}

async function send(socket: Socket, packets: Case['packets']): Promise<void> {
  for (const packet of packets) {
    if (socket.destroyed) return;
    if (packet === 'close') socket.end();
    else if (packet === 'reset') socket.resetAndDestroy();
    else await new Promise((resolve) => socket.write(packet, resolve));
    await settle();
  }
}

/** Lets the other end, which is in this process, read what was sent. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function verdictOf(outcome: Outcome): string {
  return outcome.ended ? `${outcome.status} ${Buffer.concat(outcome.chunks).toString('latin1')}` : `${outcome.fault?.kind}`;
}

function torn(packet: Case['packets'][number]): Case['packets'] {
  return typeof packet === 'string' ? [packet] : [...packet].map((byte) => Buffer.from([byte]));
}

function isShort({ packets }: Case): boolean {
  return packets.reduce((sum, packet) => sum + packet.length, 0) <= SHORT_BYTES;
}

/** Header lines, an empty line, and a packet a line: escapes as in JavaScript, `<repeat N …>`, `<close>`, `<reset>`. */
function readCase(name: string, text: string): Case {
  const [head = '', body = ''] = text.split(/\n\n([\s\S]*)/);
  const field = (key: string) => new RegExp(`^${key}: (.*)$`, 'm').exec(head)?.[1] ?? '';
  const packets = body.replace(/\n$/, '').split('\n').map(readPacket);
  return { name, shows: field('shows'), ask: field('ask'), verdict: field('verdict'), socket: field('socket') === 'kept' ? 'kept' : 'closed', packets };
}

function readPacket(line: string): Case['packets'][number] {
  if (line === '<close>') return 'close';
  if (line === '<reset>') return 'reset';
  const [, times, repeated] = /^<repeat (\d+) (.*)>$/.exec(line) ?? [];
  return Buffer.from(unescaped(repeated ?? line).repeat(Number(times ?? 1)), 'latin1');
}

function unescaped(text: string): string {
  const named: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', 0: '\0' };
  return text.replace(/\\(?:x([0-9a-f]{2})|([rnt0]))/g, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (named[letter] as string) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
