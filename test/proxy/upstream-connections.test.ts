import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { type Duplex, PassThrough } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import type { UpstreamFault } from '../../src/proxy/upstream/faults.ts';
import { createUpstream, type Upstream } from '../../src/proxy/upstream/upstream.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { selfSigned } from '../certificate.ts';
import { ManualClock } from '../manual-clock.ts';
import { advanceUntil, ask, until } from './upstream-world.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const { key, cert } = selfSigned();
const servers: Server[] = [];
const upstreams: Upstream[] = [];

afterEach(async () => {
  for (const upstream of upstreams.splice(0)) upstream.destroy();
  for (const server of servers.splice(0)) {
    server.close();
    (server as Partial<ReturnType<typeof createHttpServer>>).closeAllConnections?.();
    await once(server, 'close');
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function reach(origin: string, options: Partial<Parameters<typeof createUpstream>[1]> = {}): Upstream {
  const upstream = createUpstream(origin, { clock: systemClock, ...options });
  upstreams.push(upstream);
  return upstream;
}

async function tls(options: TlsOptions = {}) {
  const sockets: TLSSocket[] = [];
  const server = createTlsServer({ key, cert, ...options }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('data', () => socket.write(ANSWER));
  });
  return { port: await listen(server), sockets };
}

describe('TLS', () => {
  test('40: an upstream whose certificate is trusted is spoken to, by name and in HTTP/1.1', async () => {
    const { port, sockets } = await tls({ ALPNProtocols: ['h2', 'http/1.1'] });

    expect((await ask(reach(`https://localhost:${port}`, { trusted: cert }))).ended).toBe(true);

    expect(sockets[0]).toMatchObject({ alpnProtocol: 'http/1.1', servername: 'localhost' });
  });

  test('40: a certificate that nobody vouches for is refused, and nothing is sent; no environment changes that', async () => {
    const { port } = await tls();
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';

    const { fault } = await ask(reach(`https://localhost:${port}`)).finally(() => {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    });

    expect(fault).toMatchObject({ kind: 'unreachable', sent: 'nothing', cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
  });

  test("40: another host's certificate is refused", async () => {
    const other = selfSigned({ address: false });
    const { port } = await tls(other);

    const { fault } = await ask(reach(`https://127.0.0.1:${port}`, { trusted: other.cert }));

    expect(fault).toMatchObject({ kind: 'unreachable', sent: 'nothing', cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
  });

  test('40: TLS 1.1 is refused', async () => {
    const { port } = await tls({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });

    const { fault } = await ask(reach(`https://localhost:${port}`, { trusted: cert }));

    expect(fault).toMatchObject({ kind: 'unreachable', sent: 'nothing' });
  });

  test('a later socket resumes the session of an earlier one', async () => {
    const { port, sockets } = await tls();
    const upstream = reach(`https://localhost:${port}`, { trusted: cert });
    await ask(upstream);
    sockets[0]?.end();
    await until(() => upstream.state().open === 0);

    await ask(upstream);

    expect(sockets[1]?.isSessionReused()).toBe(true);
  });

  test('35: a handshake that does not end is given up in time', async () => {
    const clock = new ManualClock();
    const port = await listen(createTcpServer((socket) => void socket.on('error', () => {}).resume()));
    const upstream = reach(`https://localhost:${port}`, { clock, limits: { connectMs: 5_000 } });
    let fault: UpstreamFault | undefined;
    void ask(upstream).then((outcome) => {
      fault = outcome.fault;
    });

    await advanceUntil(clock, 250, () => fault !== undefined);

    expect(fault).toMatchObject({ kind: 'unreachable', sent: 'nothing', cause: { code: 'ETIMEDOUT' } });
    expect(clock.monotonic()).toBeGreaterThanOrEqual(5_000);
    expect(upstream.state()).toMatchObject({ open: 0, connecting: 0 });
  });

  test('35: an upstream that does not speak TLS is told as such', async () => {
    const port = await listen(
      createTcpServer(
        (socket) =>
          void socket
            .on('error', () => {})
            .resume()
            .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      ),
    );

    const { fault } = await ask(reach(`https://localhost:${port}`));

    expect(fault).toMatchObject({ kind: 'unreachable', sent: 'nothing', cause: { code: 'ERR_SSL_WRONG_VERSION_NUMBER' } });
  });

  test('an early answer is passed on where the upstream then closes, and we learn it by writing', async () => {
    const body = new PassThrough();
    const server = createTlsServer({ key, cert }, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno', () => {
          socket.destroy();
          setImmediate(() => {
            for (let i = 0; i < 5; i += 1) body.write('more');
            process.nextTick(() => body.write('and more'));
          });
        });
      });
    });
    const asked = ask(reach(`https://localhost:${await listen(server)}`, { trusted: cert }), { method: 'POST', body });
    body.write('a beginning');

    const { status, ended, fault } = await asked;

    expect({ status, ended, fault }).toEqual({ status: 413, ended: true, fault: undefined });
  });

  test('P1: a large body comes through whole, however often it is paused', async () => {
    const body = randomBytes(8 * 1024 * 1024);
    const server = createHttpsServer({ key, cert }, (_request, response) => response.end(body));
    const upstream = reach(`https://localhost:${await listen(server)}`, { trusted: cert });
    const got: Buffer[] = [];

    await new Promise<void>((resolve, reject) => {
      const exchange = upstream.request(
        { method: 'GET', path: '/', headers: [] },
        {
          onHead() {},
          onData(chunk) {
            got.push(chunk);
            setImmediate(() => exchange.resume());
            return false;
          },
          onEnd: resolve,
          onError: reject,
        },
      );
    });

    expect(Buffer.concat(got).equals(body)).toBe(true);
  });
});

describe.each(['http', 'https'])('a change of protocol by %s', (scheme) => {
  const listenFor = (server: ReturnType<typeof createHttpServer>) => listen(server).then((port) => `${scheme}://localhost:${port}`);
  const create = () => (scheme === 'http' ? createHttpServer() : createHttpsServer({ key, cert }));

  test('hands over the socket, and what came in the new protocol already', async () => {
    const server = create();
    server.on('upgrade', (request, socket: Duplex) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\nX-Key: k\r\n\r\nfirst words`);
      socket.on('data', (words) => socket.end(`echo ${words}`));
    });
    const upstream = reach(await listenFor(server), { trusted: cert });

    const { rawHeaders, socket, head } = await new Promise<{ rawHeaders: string[]; socket: Duplex; head: Buffer }>((resolve, reject) => {
      upstream.request(
        { method: 'GET', path: '/ws', headers: ['Sec-WebSocket-Version', '13'], upgrade: 'websocket' },
        { onHead() {}, onData() {}, onEnd() {}, onError: reject, onUpgrade: (rawHeaders, socket, head) => resolve({ rawHeaders, socket, head }) },
      );
    });
    const got: Buffer[] = [head];
    socket.on('data', (chunk) => got.push(chunk)).resume();
    await until(() => Buffer.concat(got).toString() === 'first words');
    socket.write('hello');
    await once(socket, 'end');

    expect(rawHeaders).toContain('X-Key');
    expect(Buffer.concat(got).toString()).toBe('first wordsecho hello');
    expect(upstream.state()).toMatchObject({ open: 0, connecting: 0 });
    await upstream.close();
    socket.destroy();
    await until(() => socket.destroyed);
  });

  test('that is refused is an ordinary answer', async () => {
    const server = create();
    server.on('upgrade', (_request, socket: Duplex) => socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno'));
    const upstream = reach(await listenFor(server), { trusted: cert });

    const outcome = await ask(upstream, { upgrade: 'websocket' });

    expect(outcome).toMatchObject({ ended: true, status: 401 });
    expect(upstream.state().open).toBe(0);
  });

  test('that nobody takes is closed', async () => {
    const server = create();
    let theirs: Duplex | undefined;
    server.on('upgrade', (_request, socket: Duplex) => {
      theirs = socket;
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
    void ask(reach(await listenFor(server), { trusted: cert }), { upgrade: 'websocket' });

    await until(() => theirs?.destroyed === true || theirs?.readableEnded === true);
    theirs?.destroy();
  });
});

describe('a plain upstream', () => {
  test('is reached by its name', async () => {
    const port = await listen(createTcpServer((socket) => void socket.on('error', () => {}).on('data', () => socket.end(ANSWER))));

    expect((await ask(reach(`http://localhost:${port}`))).ended).toBe(true);
  });
});

describe('an upgrade', () => {
  test('without the field that says to what is refused', async () => {
    const port = await listen(createTcpServer((socket) => void socket.on('error', () => {}).on('data', () => socket.write('HTTP/1.1 101 Hm\r\n\r\n'))));

    const { fault } = await ask(reach(`http://localhost:${port}`), { upgrade: 'websocket' });

    expect(fault?.kind).toBe('unusable');
  });

  test('17: that is given up while its socket is being opened is not asked for', async () => {
    let bytes = 0;
    let connections = 0;
    const port = await listen(
      createTcpServer((socket) => {
        connections += 1;
        socket.on('error', () => {});
        socket.on('data', (packet) => {
          bytes += packet.length;
        });
      }),
    );
    const upstream = reach(`http://127.0.0.1:${port}`);
    const controller = new AbortController();
    const asked = ask(upstream, { upgrade: 'websocket', signal: controller.signal });
    expect(upstream.state().connecting).toBe(1);

    controller.abort();

    expect((await asked).fault).toMatchObject({ kind: 'aborted', sent: 'nothing' });
    await until(() => connections === 1 && upstream.state().connecting === 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(bytes).toBe(0);
    expect(upstream.state().open).toBe(0);
  });

  test('to where nothing listens is told as such', async () => {
    const port = await listen(createTcpServer());
    servers.pop()?.close();

    const { fault } = await ask(reach(`http://127.0.0.1:${port}`), { upgrade: 'websocket' });

    expect(fault).toMatchObject({ kind: 'unreachable', sent: 'nothing' });
  });
});
