import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { AuditLine } from '../../src/domain/audit.ts';
import { inFrontOf } from './odd-platform.ts';
import { rawAnswer, rawCaller, statusOf } from './raw.ts';

const PATH = '/restapi/v1.0/account/~/extension/~';
const KIB = 1024;

/** A gateway, what of the callers reached the platform, and the lines of the audit trail about them. */
async function audited(odd: Parameters<typeof inFrontOf>[1] = {}) {
  const reached: string[] = [];
  const lines: AuditLine[] = [];
  const keep = (line: AuditLine) => void lines.push(line);
  const trail = { record: async () => undefined, note: async () => undefined, refused: async (line: AuditLine) => keep(line), counted: keep };
  const at = await inFrontOf(
    async (request, response) => {
      const body = await buffer(request).catch(() => undefined);
      reached.push(`${request.method} ${request.url} ${body === undefined ? 'broken off' : body.toString('latin1').slice(0, 100)}`);
      response.end('served');
    },
    { trail, ...odd },
  );
  return { ...at, reached, lines, with: (rest: string) => `${rest}Authorization: Bearer ${at.key}\r\n` };
}

const POST = `POST ${PATH} HTTP/1.1\r\nHost: x\r\n`;
const GET = `GET ${PATH} HTTP/1.1\r\nHost: x\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n\r\n';

const IN_DOUBT: Readonly<Record<string, string>> = {
  'Content-Length and Transfer-Encoding': `${POST}KEYContent-Length: 3\r\n${CHUNKED}0\r\n\r\n`,
  'Transfer-Encoding and Content-Length': `${POST}KEYTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
  'the same Content-Length twice': `${POST}KEYContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc`,
  'two Content-Lengths': `${POST}KEYContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
  'a list for Content-Length': `${POST}KEYContent-Length: 3, 3\r\n\r\nabc`,
  'a signed Content-Length': `${POST}KEYContent-Length: +3\r\n\r\nabc`,
  'a hexadecimal Content-Length': `${POST}KEYContent-Length: 0x3\r\n\r\nabc`,
  'an empty Content-Length': `${POST}KEYContent-Length:\r\n\r\nabc`,
  'a folded Transfer-Encoding': `${POST}KEYTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding: xchunked': `${POST}KEYTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding: gzip, chunked': `${POST}KEYTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding: chunked, identity': `${POST}KEYTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
  'chunked twice': `${POST}KEYTransfer-Encoding: chunked\r\n${CHUNKED}0\r\n\r\n`,
  'Transfer-Encoding behind a vertical tab': `${POST}KEYTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
  'a space before the colon': `${POST}KEYTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
  'chunks in HTTP/1.0': `POST ${PATH} HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\nKEY${CHUNKED}0\r\n\r\n`,
  'a chunk size that is no number': `${POST}KEY${CHUNKED}zz\r\nabc\r\n0\r\n\r\n`,
  'a negative chunk size': `${POST}KEY${CHUNKED}-3\r\nabc\r\n0\r\n\r\n`,
  'a chunk size with 0x': `${POST}KEY${CHUNKED}0x3\r\nabc\r\n0\r\n\r\n`,
  'a chunk size with a space': `${POST}KEY${CHUNKED}3 \r\nabc\r\n0\r\n\r\n`,
  'a chunk size beyond 64 bits': `${POST}KEY${CHUNKED}fffffffffffffffff\r\nabc\r\n0\r\n\r\n`,
  'a chunk that is longer than its size': `${POST}KEY${CHUNKED}3\r\nabcXX\r\n0\r\n\r\n`,
  'line feeds alone around chunks': `${POST}KEY${CHUNKED}3\nabc\n0\n\n`,
  'a line feed alone in a chunk extension': `${POST}KEY${CHUNKED}3;a\nabc\r\n0\r\n\r\n`,
  'a length among the trailers': `${POST}KEY${CHUNKED}0\r\nContent-Length: 5\r\n\r\n`,
  'a line feed alone behind the request line': `GET ${PATH} HTTP/1.1\nHost: x\r\nKEY\r\n`,
  'a line feed alone behind a header': `${GET}KEYX-A: b\nX-B: c\r\n\r\n`,
  'a carriage return alone': `${GET}KEYX-A: b\rX-B: c\r\n\r\n`,
  'NUL in a value': `${GET}KEYX-A: b\0c\r\n\r\n`,
  'NUL in a name': `${GET}KEYX\0A: b\r\n\r\n`,
  'NUL in the path': `GET ${PATH}\0 HTTP/1.1\r\nHost: x\r\nKEY\r\n`,
  'a header line without colon': `${GET}KEYfoo\r\n\r\n`,
  'a folded first line': `GET ${PATH} HTTP/1.1\r\n Host: x\r\nKEY\r\n`,
  'a whole URL with another host': `GET http://elsewhere.example.com${PATH} HTTP/1.1\r\nHost: x\r\nKEY\r\n`,
  'no Host': `GET ${PATH} HTTP/1.1\r\nKEY\r\n`,
  'two Hosts': `${GET}Host: elsewhere.example.com\r\nKEY\r\n`,
  'HTTP/2.0': `GET ${PATH} HTTP/2.0\r\nHost: x\r\nKEY\r\n`,
  'HTTP/0.9': `GET ${PATH}\r\n\r\n`,
};

describe('callers whose framing is in doubt', () => {
  test('37: each is answered with 400 and closed, with one audit line; neither it nor what follows reaches the platform', async () => {
    const at = await audited();
    const next = `${at.with('GET /restapi/smuggled HTTP/1.1\r\nHost: x\r\n')}\r\n`;

    const met: Record<string, unknown> = {};
    for (const [what, bytes] of Object.entries(IN_DOUBT)) {
      const answer = await rawAnswer(at.port, bytes.replace('KEY', at.with('')) + next);
      const answers = answer.match(/^HTTP\/1\.1 \d/gm)?.length;
      met[what] = [statusOf(answer), answers, /connection: close/i.test(answer), at.lines.splice(0).map(({ result }) => result), at.reached.splice(0)];
    }

    expect(met).toEqual(Object.fromEntries(Object.keys(IN_DOUBT).map((what) => [what, [400, 1, true, ['framing_unclear'], []]])));
  });

  test('37: a chunk extension, which means nothing here, does not reach the platform', async () => {
    const at = await audited();

    const answer = await rawAnswer(at.port, `${at.with(POST)}Connection: close\r\n${CHUNKED}3;a="b"\r\nabc\r\n0;c\r\n\r\n`);

    expect([statusOf(answer), at.reached]).toEqual([200, [`POST ${PATH} abc`]]);
  });

  test('37: a chunk that breaks far into a body: the platform’s request is broken off as well, and never passes for whole', async () => {
    const at = await audited();
    const chunk = `${(64 * KIB).toString(16)}\r\n${'a'.repeat(64 * KIB)}\r\n`;

    const caller = await rawCaller(at.port, `${at.with(POST)}${CHUNKED}${chunk}${chunk}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    caller.write('zz\r\n');
    await caller.closed;

    expect([statusOf(caller.text()), at.lines.map(({ result }) => result)]).toEqual([400, ['framing_unclear']]);
    expect(at.reached.filter((request) => !request.endsWith('broken off'))).toEqual([]);
  });

  test('37: what cannot be parsed behind a whole request does not cost it its answer', async () => {
    const at = await audited();

    const answer = await rawAnswer(at.port, `${at.with(GET)}\r\n\0\0\0`);

    expect([statusOf(answer), answer.endsWith('served'), at.reached.length]).toEqual([200, true, 1]);
  });

  test('38: TRACE and CONNECT are refused with 405', async () => {
    const at = await audited();

    const trace = await rawAnswer(at.port, `${at.with(`TRACE ${PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`)}\r\n`);
    const connects = await rawAnswer(at.port, `CONNECT elsewhere.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n\r\n`);

    expect([statusOf(trace), statusOf(connects), at.reached]).toEqual([405, 405, []]);
    expect(at.lines.map(({ result }) => result)).toEqual(['method_not_forwarded', 'method_not_forwarded']);
  });
});

describe('callers that send too much, or too slowly', () => {
  test('P7, 39: path and query of 64 KiB are taken, one more byte is 414', async () => {
    const at = await audited();
    const get = (bytes: number) => `${at.with(`GET ${`${PATH}?a=`.padEnd(bytes, 'b')} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`)}\r\n`;

    const taken = await rawAnswer(at.port, get(64 * KIB));
    const refused = await rawAnswer(at.port, get(64 * KIB + 1));

    expect([statusOf(taken), statusOf(refused), at.reached.length]).toEqual([200, 414, 1]);
    expect(refused).toMatch(/trunkline-error: target_too_long/i);
  });

  test.each([
    ['one header line is too long', `X-A: ${'b'.repeat(64 * KIB)}\r\n`],
    ['there are more than 200 header lines', 'X-A: b\r\n'.repeat(200)],
    ['the head is longer than the server takes', `X-A: ${'b'.repeat(256 * KIB)}\r\n`],
  ])('39: 431 where %s', async (_what, headers) => {
    const at = await audited();

    const answer = await rawAnswer(at.port, `${at.with(GET)}Connection: close\r\n${headers}\r\n`);

    expect([statusOf(answer), at.reached, at.lines.map(({ result }) => result)]).toEqual([431, [], ['headers_too_large']]);
  });

  test('39: a body in chunks is held to the limit of the Client as one of a known length is', async () => {
    const at = await audited({ limits: { bodyBytes: 100 * KIB } });
    const chunk = `${(64 * KIB).toString(16)}\r\n${'a'.repeat(64 * KIB)}\r\n`;

    const known = await rawAnswer(at.port, `${at.with(POST)}Content-Length: ${101 * KIB}\r\n\r\n`);
    const chunks = await rawAnswer(at.port, `${at.with(POST)}${CHUNKED}${chunk}${chunk}`);

    expect([statusOf(known), statusOf(chunks)]).toEqual([413, 413]);
    expect(at.reached.filter((request) => !request.endsWith('broken off'))).toEqual([]);
  });

  test('39: a head that comes byte by byte is given up with 408', async () => {
    const at = await audited({ front: (server) => Object.assign(server, { headersTimeout: 400, connectionsCheckingInterval: 50 }) });
    const caller = await rawCaller(at.port);
    let sent = 0;
    const dripping = setInterval(() => caller.write(GET[sent++ % GET.length] ?? ''), 30);

    await caller.closed;
    clearInterval(dripping);

    expect([statusOf(caller.text()), at.reached, at.lines.map(({ result }) => result)]).toEqual([408, [], ['request_too_slow']]);
  });

  test.each([
    ['a small body', 1_000],
    ['a large one', 200 * KIB],
  ])('39: %s that stands still is given up with 408, and with it what is at the platform', async (_what, length) => {
    const at = await audited({ limits: { idleSeconds: 1, concurrency: 1 } });
    const caller = await rawCaller(at.port, `${at.with(POST)}Content-Length: ${length}\r\n\r\nabc`);

    await caller.closed;
    const next = await rawAnswer(at.port, `${at.with(GET)}Connection: close\r\n\r\n`);

    expect([statusOf(caller.text()), statusOf(next)]).toEqual([408, 200]);
    expect(at.reached.filter((request) => !request.endsWith('broken off'))).toEqual([`GET ${PATH} `]);
  });

  test('P1, 39: a caller that does not read has nothing piled up for it, and is given up', async () => {
    let written = 0;
    let blocked = false;
    const at = await inFrontOf(
      (_request, response) => {
        const piece = Buffer.alloc(64 * KIB);
        const more = () => {
          while (written < 256 * KIB * KIB && !response.destroyed) {
            written += piece.length;
            if (!response.write(piece)) {
              blocked = true;
              response.once('drain', more);
              return;
            }
          }
        };
        more();
      },
      { limits: { idleSeconds: 1, concurrency: 1 } },
    );
    const before = process.memoryUsage().rss;
    const caller = await rawCaller(at.port, `${GET}Authorization: Bearer ${at.key}\r\n\r\n`);
    caller.socket.pause();

    await new Promise((resolve) => setTimeout(resolve, 3_000));
    caller.socket.resume();
    await caller.closed;

    // What the sockets of the machine hold, on both ways.
    expect([blocked, written < 32 * KIB * KIB]).toEqual([true, true]);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * KIB * KIB);
  });
});
