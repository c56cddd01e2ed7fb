import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainUpstream, rawServer, until } from './upstream-world.ts';

const LIMITS = { maxSockets: 4, maxWaiting: 6, breaker: { failures: 1_000, coolMs: 10, maxCoolMs: 10 } };

// What the server does with a request, told in its path, and what the caller does with its own.
const plan = fc.record({
  server: fc.constantFrom('answer', 'answer', 'answer', 'chunks', 'close', 'half', 'reset', 'early', 'nothing', 'until-close', 'more'),
  caller: fc.constantFrom('wait', 'wait', 'wait', 'abort', 'abort-on-head', 'abort-on-data', 'pause', 'throw'),
  body: fc.constantFrom('none', 'none', 'buffer', 'stream', 'endless', 'broken'),
  turns: fc.nat(4),
});

describe('a pool under all that may happen at once', () => {
  test('17: each request ends exactly once, nobody gets the answer of another, and nothing is left over', async () => {
    const server = await rawServer(serve);
    const upstream = plainUpstream(server.origin, LIMITS);

    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 30 }), async (plans) => {
        const ends = plans.map(() => 0);
        const wrong: string[] = [];
        const streams: PassThrough[] = [];
        await Promise.all(
          plans.map(async ({ server, caller, body, turns }, nth) => {
            for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
            await new Promise<void>((resolve) => {
              const over = () => {
                ends[nth] = (ends[nth] ?? 0) + 1;
                resolve();
              };
              const exchange = upstream.request(
                { method: body === 'none' ? 'GET' : 'POST', path: `/${server}/${nth}`, headers: [], ...bodyOf(body, streams) },
                {
                  onHead(_status, _reason, rawHeaders) {
                    if (rawHeaders[1] !== `/${server}/${nth}`) wrong.push(`${nth} got ${rawHeaders[1]}`);
                    if (caller === 'abort-on-head') exchange.abort();
                    if (caller === 'throw') throw new Error('a defect');
                  },
                  onData() {
                    if (caller === 'abort-on-data') exchange.abort();
                    if (caller !== 'pause') return true;
                    setImmediate(() => exchange.resume());
                    return false;
                  },
                  onEnd: over,
                  onError: over,
                },
              );
              // What is never answered has to be given up by somebody.
              const patience = server === 'nothing' || server === 'early' || body === 'endless' ? 30 : caller === 'abort' ? 1 : undefined;
              if (patience !== undefined) setTimeout(() => exchange.abort(), patience);
              const { open, connecting } = upstream.state();
              if (open + connecting > LIMITS.maxSockets) wrong.push(`${open} open, ${connecting} connecting`);
            });
          }),
        );
        for (const stream of streams) stream.destroy();

        expect(wrong).toEqual([]);
        expect(ends).toEqual(plans.map(() => 1));
        expect(upstream.state()).toMatchObject({ waiting: 0, breaker: 'closed' });
        await until(() => upstream.state().connecting === 0 && upstream.state().open === upstream.state().idle);
      }),
      { numRuns: process.env.TRUNKLINE_TEST_LONG ? 1_000 : 40 },
    );

    upstream.destroy();
    expect(upstream.state()).toMatchObject({ open: 0, idle: 0, connecting: 0, waiting: 0 });
    await server.close();
  });
});

/** Reads requests one after the other, as a proper server does, and does with each what its path says. */
function serve(socket: Socket): void {
  let text = '';
  socket.on('data', (packet) => {
    text += packet.toString('latin1');
    for (let request = takeRequest(); request !== undefined; request = takeRequest()) react(socket, request);
  });

  function takeRequest(): string | undefined {
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const head = text.slice(0, end);
    const path = head.split(' ')[1] as string;
    // Both of these do not wait for a body.
    if (/early|reset/.test(path)) {
      text = '';
      return path;
    }
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const rest = text.slice(end + 4);
    const size = /chunked/.test(head) ? rest.indexOf('0\r\n\r\n') + 5 : length;
    if (rest.length < size || size === 4) return undefined;
    text = rest.slice(size);
    return path;
  }
}

function react(socket: Socket, path: string): void {
  const head = `HTTP/1.1 200 OK\r\nX-Path: ${path}\r\n`;
  const whole = `${head}Content-Length: 5\r\n\r\nhello`;
  switch (path.split('/')[1]) {
    case 'answer':
      return void socket.write(whole);
    case 'chunks':
      return void socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`);
    case 'close':
      return void socket.end();
    case 'half':
      return void socket.end(`${head}Content-Length: 50\r\n\r\nhello`);
    case 'reset':
      return void socket.resetAndDestroy();
    case 'early':
      return void socket.write(whole);
    case 'until-close':
      return void socket.end(`${head}\r\nhello`);
    case 'more':
      return void socket.write(`${whole}HTTP/1.1 200 OK\r\nX-Path: /evil\r\nContent-Length: 4\r\n\r\nevil`);
  }
}

function bodyOf(kind: string, streams: PassThrough[]) {
  if (kind === 'none') return {};
  if (kind === 'buffer') return { body: Buffer.from('hello') };
  const body = new PassThrough();
  streams.push(body);
  body.write('hello');
  if (kind === 'stream') body.end(' world');
  if (kind === 'broken') setImmediate(() => body.destroy(new Error('the disk is gone')));
  return kind === 'stream' && streams.length % 2 === 0 ? { body, bodyLength: 11 } : { body };
}
