import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { figures } from '../figures.ts';
import { BOUNDARY, faxWorld, GOOD, MULTIPART, multipart, type Part, WHO } from './fax-world.ts';
import { type Random, randomFrom } from './seeded-random.ts';
import { addressOf, readRawAnswer, startFront } from './world.ts';

const REQUESTS = figures(400, 100_000);
const AT_ONCE = 8;
const PATIENCE_MS = 20_000;
// A seed that failed is run again with TRUNKLINE_TEST_SEED.
const SEED = Number(process.env.TRUNKLINE_TEST_SEED ?? Date.now() % 2 ** 31);

const fronts: Awaited<ReturnType<typeof startFront>>[] = [];

afterEach(async () => {
  for (const front of fronts.splice(0)) await front.stop();
});

/** The fax interface behind a server of its own. */
async function faxesOnline() {
  const made = faxWorld();
  const front = await startFront({
    faxOut: made.api,
    ringOut: { answer: async () => 'FAILED' },
    addressOf,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  fronts.push(front);
  return { ...made, ...front };
}

describe('faxapi.asp over sockets', () => {
  test('a list of 10,000 recipients is refused with 5 before its body is read to the end', async () => {
    const { port, taken } = await faxesOnline();
    const body = multipart(...WHO, ...Array.from({ length: 10_000 }, (_, index): Part => ['Recipient', `+1650555${index}`]), ['Attachment', 'a', 'a.txt']);
    const half = body.subarray(0, body.length / 2);

    // The rest never comes: whoever waits for it has no answer.
    const answer = await exchange(port, Buffer.concat([headOf(body.length), half]), false);

    expect(answer).toBe('5');
    expect(taken).toEqual([]);
  });

  test(`${REQUESTS} fuzzed requests: always one digit with HTTP 200, a fax for each 0 and no other, and no file left`, { timeout: 3_600_000 }, async () => {
    console.log(`fuzzing faxapi.asp with TRUNKLINE_TEST_SEED=${SEED}`);
    const { port, server, taken, lines, open } = await faxesOnline();
    const digits = new Map<string, number>();
    let next = 0;
    let faxes = 0;

    const work = async () => {
      while (next < REQUESTS) {
        const number = next;
        next += 1;
        const { bytes, isTorn } = fuzzedRequest(randomFrom(SEED + number));
        const digit = await exchange(port, bytes, isTorn).catch((error: unknown) => {
          throw new Error(`request ${number} of seed ${SEED}: ${String(error)}\n${JSON.stringify(bytes.toString('latin1', 0, 2_000))}`);
        });
        digits.set(digit, (digits.get(digit) ?? 0) + 1);
        // What the world remembers is the test's memory, not the gateway's.
        faxes += taken.length;
        taken.length = 0;
        lines.length = 0;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));

    expect([...digits.keys()].filter((digit) => !/^[0-5]$/.test(digit))).toEqual([]);
    expect(faxes).toBe(digits.get('0'));
    // The fuzzing reaches what it is to reach.
    for (const digit of ['0', '1', '5']) expect(digits.get(digit), digit).toBeGreaterThan(0);
    await expect.poll(() => connectionsOf(server), { timeout: 10_000 }).toBe(0);
    expect(open.files).toBe(0);
  });
});

function headOf(length: number, contentType = MULTIPART, more = ''): Buffer {
  return Buffer.from(`POST /faxapi.asp HTTP/1.1\r\nHost: x\r\nContent-Type: ${contentType}\r\n${more}Content-Length: ${length}\r\n\r\n`, 'latin1');
}

/** @param isTorn  whether nothing follows. @returns the body of the answer, whose status is 200 */
function exchange(port: number, bytes: Buffer, isTorn: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    const patience = setTimeout(() => finish(true), PATIENCE_MS);
    const finish = (isOver: boolean) => {
      const answer = readRawAnswer(Buffer.concat(chunks), isOver);
      const length = Number(answer?.headers.get('content-length') ?? Number.NaN);
      if (!isOver && !(answer && answer.body.length >= length)) return;
      clearTimeout(patience);
      socket.destroy();
      if (answer?.status === 200) resolve(answer.body.toString('latin1', 0, length));
      else reject(new Error(`no answer with status 200, but ${JSON.stringify(Buffer.concat(chunks).toString('latin1'))}`));
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      finish(false);
    });
    socket.on('close', () => finish(true));
    socket.write(bytes);
    if (isTorn) socket.end();
  });
}

const NAMES = [
  'Username',
  'password',
  'Recipient',
  'RECIPIENTS',
  'Attachment',
  'Attachment[]',
  'Coverpage',
  'Sendtime',
  '__proto__',
  'x"; filename="y',
  '\0',
  '',
];
const VALUES = ['15556090455', 'qwerty', '5556465589|Jane', '911', '@/etc/passwd', 'ä\u0000', '99:99:99 99:99', '\r\n--', `\r\n--${BOUNDARY}--\r\n`, '%00', ''];
const FILES = [undefined, undefined, 'a.pdf', 'a.exe', '../../etc/passwd', 'C:\\a.tif', '', '"', 'con', 'a'.repeat(3_000)];
const PART_HEADERS = [
  '',
  'Content-Type: text/plain\r\n',
  'Content-Type\r\n',
  ': \r\n',
  'Content-Transfer-Encoding: base64\r\n',
  `X: ${'y'.repeat(20_000)}\r\n`,
];
const TYPES = [
  MULTIPART,
  MULTIPART,
  MULTIPART,
  MULTIPART,
  'multipart/form-data',
  'multipart/mixed; boundary=x',
  'application/x-www-form-urlencoded',
  'text/html',
  '',
];
const HEADERS = [
  '',
  '',
  '',
  'Connection: close\r\n',
  'Cookie: a=b\r\n',
  'Content-Encoding: gzip\r\n',
  'Expect: 100-continue\r\n',
  `X: ${'z'.repeat(9_000)}\r\n`,
];

/** A fax, whole or torn, with anything in its places; its path and the lines of its head are left whole. */
function fuzzedRequest(random: Random): { readonly bytes: Buffer; readonly isTorn: boolean } {
  const some = Array.from(
    { length: random.below(6) },
    (): Part => [
      random.of(NAMES),
      random.chance(0.05) ? Buffer.alloc(random.below(300_000), 'x') : random.of(VALUES),
      random.of(FILES),
      random.of(PART_HEADERS),
    ],
  );
  const usual = random.chance(0.7) ? GOOD : GOOD.filter(() => random.chance(0.7));
  let body = multipart(...(random.chance(0.5) ? [...usual, ...some] : [...some, ...usual]));
  if (random.chance(0.3)) body = broken(random, body);
  const head = headOf(body.length, random.chance(0.8) ? MULTIPART : random.of(TYPES), random.of(HEADERS));
  const isTorn = random.chance(0.3);
  return { bytes: Buffer.concat([head, isTorn ? body.subarray(0, random.below(body.length)) : body]), isTorn };
}

function broken(random: Random, body: Buffer): Buffer {
  const at = random.below(body.length);
  const to = Math.min(body.length, at + random.below(40));
  const kind = random.below(4);
  if (kind === 0) return Buffer.concat([body.subarray(0, at), body.subarray(to)]);
  if (kind === 1) return Buffer.concat([body.subarray(0, to), body.subarray(at)]);
  if (kind === 2) return Buffer.concat([body.subarray(0, at), Buffer.from(`\r\n--${BOUNDARY}\r\n`), body.subarray(at)]);
  const changed = Buffer.from(body);
  changed[at] = random.below(256);
  return changed;
}

function connectionsOf(server: { getConnections(callback: (error: Error | null, count: number) => void): void }): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
}
