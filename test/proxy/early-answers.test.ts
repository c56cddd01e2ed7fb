import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { inFrontOf } from './odd-platform.ts';
import { type RawCaller, rawCaller, statusOf } from './raw.ts';

const PATH = '/restapi/v1.0/account/~/extension/~/fax';
const MIB = 1024 * 1024;
const SIZE = 32 * MIB;
// Of an upload, what its first attempt has.
const FIRST = 300_000;

function post(key: string, length: number): string {
  return `POST ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Length: ${length}\r\n\r\n`;
}

/** Sends a body to its end before anything is read, as many programs do. @returns whether all of it was taken */
async function sendAll({ socket, closed }: RawCaller, bytes: number): Promise<boolean> {
  socket.pause();
  const piece = Buffer.alloc(256 * 1024);
  for (let sent = 0; sent < bytes; sent += piece.length) {
    if (socket.destroyed) return false;
    if (!socket.write(piece)) await Promise.race([emitted(socket, 'drain'), closed]);
  }
  socket.resume();
  return true;
}

// Not `once` of node:events, which fails with the connection.
function emitted(socket: Socket, event: 'drain' | 'end'): Promise<void> {
  return new Promise((resolve) => socket.once(event, () => resolve()));
}

/** A platform that answers as soon as it has the head, and reads nothing. */
async function hasty(status: number) {
  let received: IncomingMessage | undefined;
  let closed = false;
  let asked = 0;
  const at = await inFrontOf((request, response) => {
    received = request;
    asked += 1;
    request.on('error', () => undefined);
    request.socket.once('close', () => {
      closed = true;
    });
    const body = '{"errorCode":"OAU-1","message":"early"}';
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  });
  return { ...at, isClosed: () => closed, asked: () => asked, bytesAtPlatform: () => received?.socket.bytesRead ?? 0 };
}

function connections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));
}

describe('an answer that comes before the request is whole', () => {
  test.each([413, 403, 401, 200])('P1: a %i reaches a caller that sends all before it reads; the platform’s connection is closed at once', async (status) => {
    const at = await hasty(status);
    const caller = await rawCaller(at.port, post(at.key, SIZE));

    const taken = await sendAll(caller, SIZE);
    await caller.closed;

    expect([taken, statusOf(caller.text()), caller.text().endsWith('"message":"early"}'), /connection: close/i.test(caller.text())]).toEqual([
      true,
      status,
      true,
      true,
    ]);
    expect([at.isClosed(), at.bytesAtPlatform() < 16 * MIB]).toEqual([true, true]);
  });

  test('P1: so does a refusal of our own', async () => {
    const at = await hasty(200);
    const caller = await rawCaller(at.port, post('tlk_unknown', SIZE));

    const taken = await sendAll(caller, SIZE);
    await caller.closed;

    expect([taken, statusOf(caller.text()), at.bytesAtPlatform()]).toEqual([true, 401, 0]);
  });

  test('39: a caller that stays, and sends nothing, is let go after some seconds', async () => {
    const at = await hasty(413);
    const caller = await rawCaller(at.port, `${post(at.key, SIZE)}${'a'.repeat(MIB)}`);
    // It keeps its own side open, whatever comes.
    caller.socket.removeAllListeners('end');
    const ended = emitted(caller.socket, 'end');
    await caller.until(/early/);
    const answered = performance.now();
    await ended;

    const open = await connections(at.server.server);
    while ((await connections(at.server.server)) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const letGoMs = performance.now() - answered;
    caller.socket.destroy();

    expect(open).toBe(1);
    expect(letGoMs).toBeGreaterThan(2_000);
    expect(letGoMs).toBeLessThan(9_000);
  });

  test('39: one that never ends is cut off after 64 MiB, or ten seconds', async () => {
    const at = await hasty(413);
    const caller = await rawCaller(at.port, post(at.key, 1024 * MIB).replace('Content-Length: 1073741824', 'Transfer-Encoding: chunked'));
    // It does not mind that the gateway has ended its own side.
    caller.socket.removeAllListeners('end');
    const chunk = Buffer.concat([Buffer.from(`${MIB.toString(16)}\r\n`), Buffer.alloc(MIB), Buffer.from('\r\n')]);

    let sent = 0;
    while (!caller.socket.destroyed && sent < 512 * MIB) {
      sent += MIB;
      if (!caller.socket.write(chunk)) await Promise.race([emitted(caller.socket, 'drain'), caller.closed]);
    }
    await caller.closed;

    expect([statusOf(caller.text()), sent < 128 * MIB]).toEqual([413, true]);
  });

  test('37: what is sent behind a body that nobody wanted is not taken for a request', async () => {
    const at = await hasty(413);
    const caller = await rawCaller(at.port, `${post(at.key, MIB)}${'a'.repeat(100_000)}`);
    caller.socket.removeAllListeners('end');
    await caller.until(/early/);

    caller.write(`${'a'.repeat(MIB - 100_000)}GET ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${at.key}\r\n\r\n`);
    while ((await connections(at.server.server)) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    caller.socket.destroy();

    expect([caller.text().match(/^HTTP\/1\.1 \d/gm)?.length, at.asked()]).toEqual([1, 1]);
  });

  test('G6: an upload whose token is refused while it is still coming is sent again whole', async () => {
    const sent = randomBytes(3 * MIB);
    const bodies: string[] = [];
    const at = await inFrontOf(async (request, response) => {
      bodies.push('begun');
      if (bodies.length === 1) {
        for (let received = 0; received < FIRST; ) received += ((await once(request, 'data')) as [Buffer])[0].length;
        response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ errorCode: 'TokenInvalid', errors: [{ errorCode: 'OAU-213' }] }));
        return;
      }
      bodies.push(
        createHash('sha256')
          .update(await buffer(request))
          .digest('hex'),
      );
      response.end('done');
    });
    const caller = await rawCaller(at.port, post(at.key, sent.length));

    // What comes after the second attempt has begun is what the first one was still waiting for.
    caller.write(sent.subarray(0, FIRST));
    while (bodies.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    for (let from = FIRST; from < sent.length; from += 100_000) {
      caller.write(sent.subarray(from, from + 100_000));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await caller.until(/done/);
    caller.socket.destroy();

    expect(bodies).toEqual(['begun', 'begun', createHash('sha256').update(sent).digest('hex')]);
  });
});
