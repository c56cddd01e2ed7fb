import { once } from 'node:events';
import { createServer as createTcp, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../certificate.ts';
import { until, world } from '../world.ts';

const HOUR_MS = 3_600_000;
const DEADLINE_MS = 10_000;
const CANARY = 'canary-of-the-answer';

const answer =
  (headers: string, body: string | Buffer = '', status = '200 OK') =>
  (socket: Socket) => {
    socket.write(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n`);
    socket.end(body);
  };
const json = `{"access_token":"${CANARY}","token_type":"bearer","expires_in":3600`;

describe('a token endpoint that goes wrong', () => {
  test.each<readonly [string, (socket: Socket) => unknown, string, RegExp]>([
    [
      'redirects',
      answer('Location: https://login.example.com/\r\nContent-Length: 0', '', '302 Found'),
      'platform_unreachable',
      /redirects \(HTTP 302\).*platformOrigin/,
    ],
    ['answers with a web page', answer('Content-Type: text/html', `<html>${CANARY}</html>`), 'platform_answer_unusable', /web page.*proxy or a firewall/],
    ['answers 403 with a web page', answer('Content-Type: text/html', '<html></html>', '403 Forbidden'), 'platform_unreachable', /HTTP 403 with a web page/],
    [
      'breaks off in the middle',
      answer('Content-Type: application/json\r\nContent-Length: 500', json),
      'platform_unreachable',
      /broke off|connection was closed/,
    ],
    ['closes without a word', (socket) => socket.destroy(), 'platform_unreachable', /connection was closed/],
    ['speaks another protocol', (socket) => socket.end('220 mail.example.com ESMTP\r\n'), 'platform_unreachable', /does not speak HTTP/],
    [
      'says gzip and sends none',
      answer('Content-Type: application/json\r\nContent-Encoding: gzip', `${json}}`),
      'platform_unreachable',
      /not encoded as it says/,
    ],
    [
      'sends a gzip bomb',
      answer('Content-Type: application/json\r\nContent-Encoding: gzip', gzipSync(Buffer.alloc(50_000_000))),
      'platform_answer_unusable',
      /64 KiB/,
    ],
    ['never stops', endless, 'platform_answer_unusable', /64 KiB/],
  ])('35: that %s has a named error, and the Grant is untouched', async (_what, behave, code, message) => {
    const { ask, grant, stored, logged } = await facing(createTcp(onRequest(behave)));

    const error = await ask();

    expect(error).toMatchObject({ code });
    expect(String((error as Error).message)).toMatch(message);
    expect(await stored()).toEqual(grant);
    expect(logged.join()).not.toContain(CANARY);
  });

  test.each<readonly [string, (socket: Socket) => unknown]>([
    ['takes the connection and never answers', () => undefined],
    ['stops in the middle of its answer', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{')],
  ])('35: that %s is given up at the deadline', async (_what, behave) => {
    let met = 0;
    const { ask, grant, stored, clock } = await facing(
      createTcp(
        onRequest((socket) => {
          met += 1;
          behave(socket);
        }),
      ),
    );

    const asking = ask();
    await until(() => met === 1);
    clock.advance(DEADLINE_MS);
    const caller = await asking;
    await until(() => met === 2);
    clock.advance(DEADLINE_MS);

    expect(caller).toMatchObject({ code: expect.stringMatching(/^(token_pending|platform_unreachable)$/) });
    expect(await stored()).toEqual(grant);
  });

  test('35: whose certificate nobody vouches for, or that speaks no TLS, is named', async () => {
    const untrusted = await facing(
      createTls(selfSigned(), (socket) => socket.resume()),
      'https',
    );
    const plain = await facing(createTcp(onRequest(answer('Content-Length: 0'))), 'https');

    expect(String(await untrusted.ask())).toMatch(/certificate is not trusted/);
    expect(String(await plain.ask())).toMatch(/does not speak TLS/);
    expect(await untrusted.stored()).toEqual(untrusted.grant);
  });

  test.each([
    ['has expired', selfSigned({ until: '260101000000Z' }), /certificate has expired/],
    ["is another host's", selfSigned({ address: false }), /certificate is another host's/],
  ])('35: whose certificate %s is named, though its issuer is trusted', async (_what, certificate, words) => {
    const at = await facing(
      createTls(certificate, (socket) => socket.resume()),
      'https',
      '127.0.0.1',
      certificate.cert,
    );

    expect(String(await at.ask())).toMatch(words);
    expect(await at.stored()).toEqual(at.grant);
  });

  test('35: that is not there, or whose name is not known, is named', async () => {
    const nobody = await facing(createTcp());
    nobody.end();

    const nameless = await facing(createTcp(), 'https', 'nowhere.invalid');

    expect(String(await nobody.ask())).toMatch(/nothing listens there/);
    expect(String(await nameless.ask())).toMatch(/name is not known|name server does not answer/);
  });
});

/** A Connection with a Grant that is due, whose App's token endpoint is now this server. */
async function facing(server: Server, scheme = 'http', host = '127.0.0.1', trusted?: string) {
  const at = await world(trusted === undefined ? {} : { trusted });
  const { tokens, store, clock, logged } = at;
  await tokens.usableGrant('front-desk');
  const grant = await store.findGrant('front-desk');
  server.on('connection', (socket: Socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const app = await store.findApp('demo');
  if (!app) throw new Error('no App');
  const findApp = async () => ({ ...app, platformOrigin: `${scheme}://${host}:${port}` });
  Object.assign(store, { findApp });
  clock.advance(HOUR_MS);
  return {
    clock,
    logged,
    grant,
    ask: () => tokens.usableGrant('front-desk').catch((error: unknown) => error),
    stored: () => store.findGrant('front-desk'),
    end: () => server.close(),
  };
}

function onRequest(behave: (socket: Socket) => unknown): (socket: Socket) => void {
  return (socket) => void socket.once('data', () => behave(socket));
}

function endless(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n');
  const more = () => {
    while (socket.writable && socket.write(' '.repeat(16_384)));
  };
  socket.on('drain', more);
  more();
}
