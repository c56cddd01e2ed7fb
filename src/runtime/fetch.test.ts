import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createFetch } from './fetch.ts';

const PIECE_BYTES = 256 * 1024;
const PIECES = 200;

describe('a body that is not in memory', () => {
  test('is asked for as fast as it leaves, arrives byte for byte, and none of it is kept', async () => {
    let given = 0;
    let givenUnread = 0;
    let kept = 0;
    const { post } = await world(async (request, response) => {
      // Time enough to be given all of it, for whoever does not wait.
      await new Promise((resolve) => setTimeout(resolve, 500));
      givenUnread = given;
      const hash = createHash('sha256');
      for await (const chunk of request) hash.update(chunk as Buffer);
      kept = buffersInUse() - before;
      response.end(hash.digest('hex'));
    });
    const before = buffersInUse();

    const response = await post(
      (async function* () {
        for (; given < PIECES; given += 1) yield Buffer.alloc(PIECE_BYTES, given);
      })(),
      PIECES * PIECE_BYTES,
    );

    const hash = createHash('sha256');
    for (let piece = 0; piece < PIECES; piece += 1) hash.update(Buffer.alloc(PIECE_BYTES, piece));
    expect(await response.text()).toBe(hash.digest('hex'));
    // What the sockets of both sides hold.
    expect(givenUnread).toBeLessThan(PIECES / 2);
    expect(kept).toBeLessThan((PIECES * PIECE_BYTES) / 4);
  });

  test('is answered with status, headers and body; a redirect is not followed, and there may be no body', async () => {
    const asked: (string | undefined)[] = [];
    const { post } = await world(async (request, response) => {
      asked.push(request.url);
      await buffer(request);
      if (asked.length === 1) response.writeHead(307, { location: '/elsewhere', 'x-what': ['one', 'two'] }).end('moved');
      else response.writeHead(204).end();
    });

    const [moved, empty] = [await post(pieces(), 3), await post(pieces(), 3)];

    expect([moved.status, moved.headers.get('x-what'), await moved.text()]).toEqual([307, 'one, two', 'moved']);
    expect([empty.status, await empty.text()]).toEqual([204, '']);
    expect(asked).toEqual(['/', '/']);
  });

  test('that breaks leaves the request unfinished', async () => {
    let isWhole: boolean | undefined;
    const { post } = await world((request, response) => {
      request.on('error', () => undefined).resume();
      response.on('close', () => {
        isWhole = request.complete;
      });
    });

    const answer = post(
      (async function* () {
        yield Buffer.from('a');
        throw new RangeError('no more of it');
      })(),
      3,
    );

    await expect(answer).rejects.toThrow('no more of it');
    await expect.poll(() => isWhole).toBe(false);
  });

  test('is not waited for beyond the signal', async () => {
    const { post } = await world((request) => void request.resume());

    const answer = post(pieces(), 3, AbortSignal.timeout(100));

    await expect(answer).rejects.toThrow(/timeout/);
  });
});

/** In bytes, what nobody needs any more collected. */
function buffersInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().arrayBuffers;
}

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('ab');
  yield Buffer.from('c');
}

async function world(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { fetch, close } = createFetch();
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const post = (body: AsyncIterable<Uint8Array>, bytes: number, signal?: AbortSignal) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-length': String(bytes) },
      body,
      duplex: 'half',
      redirect: 'manual',
      ...(signal && { signal }),
    } as unknown as RequestInit);
  return { post };
}
