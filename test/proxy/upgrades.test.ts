import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { Drain } from '../../src/http/drain.ts';
import { inFrontOf, type Odd } from './odd-platform.ts';
import { rawAnswer, rawCaller, statusOf } from './raw.ts';

const PATH = '/restapi/v1.0/account/~/extension/~';
const WEBSOCKET = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: a\r\n';

const BYTES = 8 * 1024 * 1024;

/** A platform that changes to WebSocket, and echoes. */
async function changing(odd: Odd = {}) {
  const sockets: Duplex[] = [];
  const at = await inFrontOf(async (request, response) => response.end(`${request.method} ${await buffer(request)}`), {
    platform: (server) =>
      server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
        sockets.push(socket);
        socket.on('error', () => undefined);
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
        socket.on('data', (piece) => socket.write(piece));
        socket.on('end', () => socket.end());
      }),
    ...odd,
  });
  const head = (method: string, more: string) => `${method} ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${at.key}\r\n${more}`;
  const open = async () => {
    const caller = await rawCaller(at.port, `${head('GET', WEBSOCKET)}\r\n`);
    await caller.until(/^HTTP\/1\.1 101 .*\r\n\r\n/s);
    return { caller, socket: sockets.at(-1) as Duplex };
  };
  return { ...at, head, open, sockets };
}

function closed(socket: Duplex): Promise<unknown> {
  return socket.destroyed ? Promise.resolve() : once(socket, 'close');
}

describe('a connection that has changed to WebSocket', () => {
  test.each(['end', 'destroy', 'resetAndDestroy'] as const)('17: when its caller is gone (%s), the platform’s is closed within a second', async (way) => {
    const at = await changing();
    const { caller, socket } = await at.open();

    const left = performance.now();
    caller.socket[way]();
    await closed(socket);

    expect(performance.now() - left).toBeLessThan(1_000);
  });

  test.each(['end', 'destroy'] as const)('17: when the platform is gone (%s), the caller gets all that came, and is closed', async (way) => {
    const at = await changing();
    const { caller, socket } = await at.open();

    // It reads slowly, so that much is still on its way when the platform goes.
    caller.socket.on('data', () => {
      caller.socket.pause();
      setTimeout(() => caller.socket.resume(), 5);
    });
    socket.write(Buffer.alloc(BYTES, 'a'), () => socket[way]());
    await caller.closed;

    expect(caller.text().split('\r\n\r\n')[1]?.length).toBe(BYTES);
  });

  test('39: it takes up one of its Client’s places until it is closed', async () => {
    const at = await changing({ limits: { concurrency: 1 } });
    const { caller } = await at.open();
    const get = `${at.head('GET', 'Connection: close\r\n')}\r\n`;

    const meanwhile = await rawAnswer(at.port, get);
    caller.socket.destroy();
    let next = await rawAnswer(at.port, get);
    for (let again = 0; again < 50 && statusOf(next) === 429; again += 1) next = await rawAnswer(at.port, get);

    expect([statusOf(meanwhile), statusOf(next)]).toEqual([429, 200]);
  });

  test('39: it is not ended for standing still', async () => {
    const at = await changing({ limits: { idleSeconds: 1 } });
    const { caller } = await at.open();

    await new Promise((resolve) => setTimeout(resolve, 2_500));
    caller.write('still here');

    await caller.until(/still here/);
    caller.socket.destroy();

    expect(caller.text()).toMatch(/still here$/);
  });

  test('31: at the end of the gateway it is closed, on both sides, when nothing else is under way', async () => {
    let drain: Drain | undefined;
    let answer: (() => void) | undefined;
    const at = await changing({
      front: (server) => {
        drain = new Drain(server);
      },
    });
    const { caller, socket } = await at.open();
    at.platform.removeAllListeners('request');
    at.platform.on('request', (_request, response) => {
      answer = () => response.end('slow');
    });
    const slow = await rawCaller(at.port, `${at.head('GET', '')}\r\n`);
    while (!answer) await new Promise((resolve) => setTimeout(resolve, 5));

    drain?.begin();
    const ended = new Promise((resolve) => at.server.server.close(resolve));
    drain?.endChanged();
    await new Promise((resolve) => setTimeout(resolve, 100));
    caller.write('meanwhile');
    await caller.until(/meanwhile/);
    answer();
    await Promise.all([slow.closed, caller.closed, closed(socket), ended]);

    expect(slow.text()).toMatch(/slow/);
  });
});

describe('a request for a change', () => {
  test('G6: a 401 with another cause is passed on, and forces no Refresh', async () => {
    let tokens = 0;
    let asked = 0;
    const at = await inFrontOf(() => undefined, {
      platform: (server) =>
        server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
          asked += 1;
          socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n{"errorCode":"AGW-401"}');
        }),
      token: (response) => {
        tokens += 1;
        const pair = { access_token: 'A', refresh_token: 'R', token_type: 'bearer', expires_in: 3_600, refresh_token_expires_in: 604_800 };
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...pair, owner_id: '1', session_id: 'S', scope: 'ReadAccounts' }));
      },
    });

    const answer = await rawAnswer(at.port, `GET ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${at.key}\r\n${WEBSOCKET}\r\n`);

    expect([statusOf(answer), answer.endsWith('{"errorCode":"AGW-401"}'), asked, tokens]).toEqual([401, true, 1, 1]);
  });

  test('17: a caller that goes before the platform has changed leaves nothing behind', async () => {
    let arrived: Duplex | undefined;
    const at = await changing({
      platform: (server) =>
        server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
          arrived = socket.on('error', () => undefined).on('end', () => socket.end());
          socket.resume();
        }),
    });
    const caller = await rawCaller(at.port, `${at.head('GET', WEBSOCKET)}\r\n`);
    while (!arrived) await new Promise((resolve) => setTimeout(resolve, 5));

    const left = performance.now();
    caller.socket.destroy();
    await closed(arrived);

    expect(performance.now() - left).toBeLessThan(1_000);
  });

  test('RFC 9110 §7.8: one to anything but WebSocket is served as if it had not asked, its body included, and the connection is kept', async () => {
    const at = await changing();
    const h2c = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n';
    const caller = await rawCaller(at.port, `${at.head('POST', h2c)}Content-Length: 6\r\n\r\nab`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    caller.write('cdef');

    await caller.until(/POST abcdef/);
    caller.write(`${at.head('POST', h2c)}Transfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\n\r\n`);
    await caller.until(/POST xyz/);
    caller.socket.destroy();

    expect(at.sockets).toEqual([]);
  });
});
