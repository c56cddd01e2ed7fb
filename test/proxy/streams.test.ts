import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { inFrontOf } from './odd-platform.ts';

const PATH = '/restapi/v1.0/account/~/extension/~';

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
}

async function ask(
  { port, key }: { port: number; key: string },
  { method = 'GET', path = PATH, headers = {}, body }: Asked = {},
): Promise<IncomingMessage & { body: Buffer }> {
  const request = httpRequest({ host: '127.0.0.1', port, method, path, agent: false, headers: { authorization: `Bearer ${key}`, ...headers } });
  request.end(body);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return Object.assign(answer, { body: await buffer(answer) });
}

describe('what streams through', () => {
  test('P1: a large body arrives byte for byte, and so does a large answer', async () => {
    const sent = randomBytes(3 * 1024 * 1024);
    const at = await inFrontOf((request, response) => request.pipe(response.writeHead(200, { 'content-type': 'application/octet-stream' })));

    const answer = await ask(at, { method: 'POST', body: sent, headers: { 'content-length': String(sent.length) } });

    expect(createHash('sha256').update(answer.body).digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'));
  });

  test('30: the platform gets its own host and token, and nothing of the caller’s', async () => {
    const at = await inFrontOf((request, response) => response.end(JSON.stringify(request.headers)));

    const { body } = await ask(at, { headers: { cookie: 'a=b', 'x-forwarded-for': '192.0.2.1', 'trunkline-connection': 'desk', 'x-user-agent': 'old' } });

    const seen = JSON.parse(String(body)) as Record<string, string>;
    expect(seen).toMatchObject({ host: new URL(at.platformOrigin).host, 'x-user-agent': 'old' });
    expect(seen.authorization).toMatch(/^Bearer A\d+$/);
    expect(Object.keys(seen).filter((name) => /cookie|forwarded|trunkline/.test(name))).toEqual([]);
  });

  test('34: a redirect is passed back, and never followed', async () => {
    let asked = 0;
    const at = await inFrontOf((_request, response) => {
      asked += 1;
      response.writeHead(302, { location: 'https://elsewhere.example.com/x' }).end();
    });

    const answer = await ask(at);

    expect([answer.statusCode, answer.headers.location, asked]).toEqual([302, 'https://elsewhere.example.com/x', 1]);
  });

  test('HEAD, 204 and ranges keep their meaning', async () => {
    const at = await inFrontOf(({ method, headers }, response) => {
      if (method === 'DELETE') response.writeHead(204).end();
      else if (headers.range) response.writeHead(206, { 'content-range': 'bytes 0-1/4', 'content-length': 2 }).end('ab');
      else response.writeHead(200, { 'content-length': 4 }).end(method === 'HEAD' ? undefined : 'abcd');
    });

    const head = await ask(at, { method: 'HEAD' });
    const gone = await ask(at, { method: 'DELETE' });
    const part = await ask(at, { headers: { range: 'bytes=0-1' } });

    expect([head.statusCode, head.headers['content-length'], head.body.length]).toEqual([200, '4', 0]);
    expect([gone.statusCode, gone.body.length]).toEqual([204, 0]);
    expect([part.statusCode, part.headers['content-range'], String(part.body)]).toEqual([206, 'bytes 0-1/4', 'ab']);
  });

  test('trailers come through', async () => {
    const at = await inFrontOf((_request, response) => {
      response.writeHead(200, { trailer: 'X-Sum' });
      response.write('body');
      response.addTrailers({ 'X-Sum': '42' });
      response.end();
    });

    const answer = await ask(at);

    expect([String(answer.body), answer.trailers['x-sum']]).toEqual(['body', '42']);
  });

  test('G6: an upload that meets a 401 because of its token is sent again whole, once', async () => {
    const sent = randomBytes(600 * 1024);
    const bodies: string[] = [];
    const at = await inFrontOf(async (request, response) => {
      const body = await buffer(request);
      bodies.push(createHash('sha256').update(body).digest('hex'));
      if (bodies.length === 1)
        response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ errorCode: 'TokenInvalid', errors: [{ errorCode: 'OAU-213' }] }));
      else response.end('done');
    });

    const answer = await ask(at, { method: 'POST', body: sent });

    expect([answer.statusCode, String(answer.body)]).toEqual([200, 'done']);
    expect(bodies).toEqual(Array(2).fill(createHash('sha256').update(sent).digest('hex')));
  });

  test('P5: what may have been acted on is not sent a second time', async () => {
    let asked = 0;
    const at = await inFrontOf(async (request) => {
      asked += 1;
      await buffer(request);
      request.socket.destroy();
    });

    const answer = await ask(at, { method: 'POST', path: `${PATH}/ring-out`, body: Buffer.from('{}') });

    expect([answer.statusCode, answer.headers['trunkline-error'], asked]).toEqual([502, 'platform_unreachable', 1]);
  });

  test('17: a caller that goes away frees the platform’s side', async () => {
    let closed: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const at = await inFrontOf((_request, response) => {
      response.write('a');
      response.once('close', () => closed?.());
    });

    const request = httpRequest({ host: '127.0.0.1', port: at.port, path: PATH, agent: false, headers: { authorization: `Bearer ${at.key}` } });
    request.on('error', () => undefined);
    request.end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.on('error', () => undefined);
    answer.destroy();

    await gone;
  });

  test('an answer that breaks off is not passed for whole', async () => {
    const at = await inFrontOf((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
      setImmediate(() => response.destroy());
    });

    await expect(ask(at)).rejects.toThrow();
  });

  test('Expect: 100-continue is answered once the request may be forwarded, and not before', async () => {
    const at = await inFrontOf((request, response) => request.pipe(response));

    const refused = await rawExpect(at.port, 'tlk_unknown');
    const taken = await rawExpect(at.port, at.key);

    expect(refused).toMatch(/^HTTP\/1\.1 401 /);
    expect(taken).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });

  test('WebSocket: once the platform has changed, bytes pass both ways', async () => {
    const at = await inFrontOf((_request, response) => response.writeHead(426).end(), {
      platform: (server) =>
        server.on('upgrade', (request, socket) => {
          socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Token: ${request.headers.authorization}\r\n\r\n`);
          socket.pipe(socket);
        }),
    });

    const socket = connect(at.port, '127.0.0.1');
    socket.write(
      `GET ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${at.key}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a\r\n\r\n`,
    );
    let text = '';
    socket.on('data', (piece) => {
      text += piece;
      if (text.includes('\r\n\r\n') && !text.includes('ping')) socket.write('ping');
      if (text.endsWith('ping')) socket.end();
    });
    await once(socket, 'close');

    expect(text).toMatch(/^HTTP\/1\.1 101 .*X-Token: Bearer A\d+\r\n\r\nping$/s);
  });
});

async function rawExpect(port: number, key: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n`);
  let text = '';
  socket.on('data', (piece) => {
    text += piece;
    if (text === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write('ok');
  });
  await once(socket, 'close');
  return text;
}
