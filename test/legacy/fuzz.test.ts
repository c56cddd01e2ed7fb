import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { Metrics } from '../../src/http/metrics.ts';
import { createServer, type HttpParts } from '../../src/http/server.ts';
import { FAILED } from '../../src/legacy/ringout/failed.ts';
import { TimeKeeper } from '../../src/proxy/time-keeper.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { type Random, randomFrom } from './seeded-random.ts';
import { type RawAnswer, readRawAnswer, world } from './world.ts';

const LONG = process.env.TRUNKLINE_TEST_LONG === '1';
const REQUESTS = LONG ? 100_000 : 4_000;
const BATCH = 500;
const AT_ONCE = 8;
// A seed that failed is run again with TRUNKLINE_TEST_SEED.
const SEED = Number(process.env.TRUNKLINE_TEST_SEED ?? Date.now() % 2 ** 31);
const PATIENCE_MS = 10_000;
const GROWTH_LIMIT_BYTES = 32 * 1024 * 1024;

// Everything a body may be: no error holds OK, and nothing that was sent comes back but a session id.
const ERRORS: ReadonlySet<string> = new Set(Object.values(FAILED));
const SUCCESS =
  /^OK (?:6505553711;Home;6505551550;Business;6505551233;Mobile|[1-9]\d{0,9} 3|[A-Za-z0-9_+/=.@-]{1,128}(?: (?:[0-8];[+\d]+;[0-8];[+\d]+;[0-8])?)?)$/;

test(`P7: ${REQUESTS} fuzzed requests to ringout.asp: always HTTP 200, one of the known lines, in bounded time and memory`, {
  timeout: 1_800_000,
}, async () => {
  console.log(`fuzzing ringout.asp with TRUNKLINE_TEST_SEED=${SEED}`);
  const made = world({ statusCacheMs: 2_000, repeatWindowMs: 5_000 });
  const parts = {
    ringOut: made.api,
    readiness: { check: async () => undefined },
    allowPlainHttp: [] as readonly string[],
    trustProxy: { blocks: [], header: 'x-forwarded-for' } as HttpParts['trustProxy'],
    metrics: new Metrics(),
    connect: { publicUrl: undefined },
    proxy: { times: new TimeKeeper(systemClock) },
    trail: { refused: async () => undefined },
    log: made.log,
  };
  const server = createServer(parts as unknown as HttpParts, ['data']);
  await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const { port } = server.server.address() as { port: number };

  let before: number | undefined;
  let slowestMs = 0;
  for (let first = 0; first < REQUESTS; first += BATCH) {
    let next = first;
    const work = async () => {
      const alive = new Connection(port);
      while (next < first + BATCH) {
        const random = randomFrom(SEED + next);
        next += 1;
        slowestMs = Math.max(slowestMs, await exchange(port, alive, random, next - 1));
      }
      alive.close();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    // What the world remembers is the test's memory, not the gateway's.
    for (const list of [made.sessions.sessions, made.platform.requests, made.logins, made.permitted, made.bounds, made.lines]) list.length = 0;
    made.time.now += 60_000;
    before ??= usedMemory();
  }
  await expect.poll(() => openConnections(server.server), { timeout: 10_000 }).toBe(0);

  expect(slowestMs).toBeLessThan(PATIENCE_MS);
  expect(usedMemory() - (before ?? 0)).toBeLessThan(GROWTH_LIMIT_BYTES);
});

/** Sends one fuzzed request and judges its answer; how long it took, in milliseconds. */
async function exchange(port: number, alive: Connection, random: Random, number: number): Promise<number> {
  const { bytes, whole, method } = fuzzedRequest(random);
  const started = performance.now();
  // What is whole can be followed by another; what is torn has a connection of its own, which ends with it.
  const connection = whole ? alive : new Connection(port);
  const answer = await connection.send(bytes, random, { end: !whole }).catch((error: unknown) => {
    throw new Error(told(number, bytes, String(error)));
  });
  if (!whole) connection.close();

  const body = answer.body.toString('latin1');
  const good = method === 'HEAD' ? body === '' : ERRORS.has(body) || SUCCESS.test(body);
  if (answer.status !== 200 || !good || answer.headers.has('location')) throw new Error(told(number, bytes, `${answer.status} ${JSON.stringify(body)}`));
  return performance.now() - started;
}

function told(number: number, bytes: Buffer, what: string): string {
  const request = bytes.length > 2_000 ? `${bytes.toString('latin1', 0, 2_000)}…` : bytes.toString('latin1');
  return `request ${number} of seed ${SEED}: ${what}\n${JSON.stringify(request)}`;
}

/** A connection that is opened when it is needed, and again after it was closed. */
class Connection {
  readonly #port: number;
  #socket: Socket | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  async send(bytes: Buffer, random: Random, { end }: { readonly end: boolean }): Promise<RawAnswer> {
    const socket = await this.#open();
    const answer = new Promise<RawAnswer>((resolve, reject) => {
      const chunks: Buffer[] = [];
      const patience = setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS);
      const finish = (closed: boolean): void => {
        const read = readRawAnswer(Buffer.concat(chunks), closed);
        // Behind the end of what was broken there may be bytes that get an answer of their own: the first one counts.
        const length = Number(read?.headers.get('content-length') ?? Number.NaN);
        if (!read || (read.body.length < length && !closed)) {
          if (closed) reject(new Error(`closed after ${JSON.stringify(Buffer.concat(chunks).toString('latin1'))}`));
          return;
        }
        clearTimeout(patience);
        resolve({ ...read, body: read.body.subarray(0, length) });
      };
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        finish(bytes.subarray(0, 4).toString() === 'HEAD' && chunks.length > 0);
      });
      socket.on('close', () => finish(true));
    });
    answer.catch(() => undefined);
    await this.#write(socket, bytes, random);
    if (end) socket.end();
    const read = await answer;
    if (read.headers.get('connection') === 'close') this.close();
    return read;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #open(): Promise<Socket> {
    if (this.#socket && !this.#socket.destroyed && this.#socket.readyState === 'open') return this.#socket;
    this.#socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    await once(this.#socket, 'connect');
    return this.#socket;
  }

  /** In one packet, or torn into some. */
  async #write(socket: Socket, bytes: Buffer, random: Random): Promise<void> {
    const cuts = random.chance(0.3) ? Array.from({ length: random.below(4) + 1 }, () => random.below(bytes.length)).sort((a, b) => a - b) : [];
    let from = 0;
    for (const cut of [...cuts, bytes.length]) {
      if (cut > from && socket.writable) socket.write(bytes.subarray(from, cut));
      from = cut;
      if (cut < bytes.length) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

interface Fuzzed {
  readonly bytes: Buffer;
  /** Left as HTTP has it, so that the connection can go on. */
  readonly whole: boolean;
  readonly method: string;
}

const METHODS = ['GET', 'GET', 'GET', 'POST', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND', 'get', 'FOO'];
const PATHS = ['/ringout.asp', '/RingOut.ASP', '/ringout%2easp', '/ringout.asp/', 'http://service.ringcentral.com/ringout.asp'];
const NAMES = ['cmd', 'Cmd', 'username', 'ext', 'password', 'to', 'from', 'clid', 'prompt', 'sessionid', 'WS', 'format', 'css', '__proto__', 'constructor'];
const VALUES = [
  ...['list', 'call', 'status', 'cancel', 'CALL', 'OK', 'OK 18 3', '18889363711', '101', '1234', '9999', '6505551230', '+16505551231', '(650) 555-1230', '18'],
  ...[
    '<script>alert(1)</script>',
    '%3Cb%3E',
    '%00',
    '%',
    '%zz',
    '%c3%28',
    'OK%0d%0aSet-Cookie:x=1',
    '\u00e9',
    '',
    '0',
    '-1',
    '2147483648',
    '911',
    '*',
    '18889363711*101',
  ],
];
const HEADERS = [
  ...[
    'Host: gateway.example',
    'Host:',
    'Connection: close',
    'Connection: keep-alive, Upgrade',
    'Upgrade: h2c',
    'Expect: 100-continue',
    'Expect: x',
    'Cookie: OK=1',
  ],
  ...['Content-Type: application/json', 'Content-Type: multipart/form-data', 'Purpose: prefetch', 'User-Agent: Ruby', 'Range: bytes=0-1', 'If-None-Match: *'],
];
const BREAKS = [
  '\0',
  ' ',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\t',
  '\u00ff',
  '%',
  '&',
  '=',
  '?',
  '#',
  ':',
  'HTTP/1.1',
  'HTTP/9.9',
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 5\r\n',
];

/** A request whose path is legacy: whole, or broken anywhere behind its path. */
function fuzzedRequest(random: Random): Fuzzed {
  const method = random.of(METHODS);
  const start = `${method} ${random.of(PATHS)}`;
  const query = random.chance(0.8) ? `?${form(random, false)}` : '';
  const body = method === 'POST' || method === 'PUT' ? form(random, true) : '';
  const headers = Array.from({ length: random.below(5) }, () => random.of(HEADERS)).filter((header) => !/^(Host|Expect|Connection)/.test(header));
  if (random.chance(0.02)) headers.push(`X: ${'a'.repeat(random.below(400_000))}`);
  const length = body === '' && random.chance(0.5) ? [] : [`Content-Length: ${body.length}`];
  const rest = `${query} HTTP/1.1\r\n${['Host: x', ...headers, ...length].map((line) => `${line}\r\n`).join('')}\r\n${body}`;

  const known = method !== 'get' && method !== 'FOO';
  const whole = known && rest.length < 200_000 && random.chance(0.4);
  return { bytes: Buffer.from(start + (whole ? rest : broken(random, rest)), 'latin1'), whole, method };
}

function form(random: Random, inBody: boolean): string {
  const some = Array.from({ length: random.below(10) }, () => `${random.of(NAMES)}=${value(random, inBody)}`);
  const usual = ['username=18889363711', 'ext=101', 'password=1234', 'to=6505551230', 'from=6505551231', 'sessionid=18'].filter(() => random.chance(0.6));
  const long = random.chance(0.01) ? [`x=${'y'.repeat(random.below(100_000))}`] : [];
  return [...(random.chance(0.7) ? [`cmd=${random.of(['list', 'call', 'status', 'cancel'])}`] : []), ...some, ...usual, ...long].join('&');
}

// A query may hold neither spaces nor control characters, or it is no whole request.
function value(random: Random, inBody: boolean): string {
  const text = random.chance(0.7) ? random.of(VALUES) : String.fromCharCode(...Array.from({ length: random.below(12) }, () => random.below(256)));
  return inBody ? text : text.replace(/[^\x21-\x7e]|#/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

// The first character says where the path ends, and is left.
function broken(random: Random, whole: string): string {
  let text = whole;
  for (let times = random.below(4) + 1; times > 0; times -= 1) {
    const at = 1 + random.below(text.length);
    const to = Math.min(text.length, at + random.below(20));
    const kind = random.below(6);
    if (kind === 0) text = text.slice(0, at) + random.of(BREAKS) + text.slice(at);
    else if (kind === 1) text = text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
    else if (kind === 2) text = text.slice(0, at) + text.slice(to);
    else if (kind === 3) text = text.slice(0, to) + text.slice(at);
    else if (kind === 4) text = text.slice(0, at);
    else text = `${text.slice(0, at)}\r\n${random.of(HEADERS)}\r\n${text.slice(at)}`;
  }
  return text;
}

function usedMemory(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function openConnections(server: { getConnections(callback: (error: Error | null, count: number) => void): void }): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
}
