import { execFile } from 'node:child_process';
import { createServer, request as httpRequest } from 'node:http';
import { createServer as createTlsServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../../../test/certificate.ts';
import { type Outside, outside, type Reply, TOKEN } from '../../../test/sandbox-world.ts';

// The requests of RingCentral's "Obtaining a RingCX access token with a RingCentral login", as they go over the wire.
const FORM = 'application/x-www-form-urlencoded';
const run = promisify(execFile);

async function backOffice(): Promise<Outside & { readonly rcAccessToken: string; exchange(query: string): Promise<Reply> }> {
  const world = await outside();
  const { json } = await world.postForm(TOKEN, { grant_type: 'password', username: '18887776655', extension: '102', password: 'Myp@ssw0rd' });
  const rcAccessToken = String(json.access_token);
  const body = `rcAccessToken=${rcAccessToken}&rcTokenType=Bearer`;
  return {
    ...world,
    rcAccessToken,
    exchange: (query) => world.ask(`/api/auth/login/rc/accesstoken${query}`, { method: 'POST', headers: { 'content-type': FORM }, body }),
  };
}

describe("the documents' requests", () => {
  test('from the exchange to the refresh, in their order', async () => {
    const { exchange, get, ask, sandbox } = await backOffice();

    const first = await exchange('?includeRefresh=true');
    const users = await get('/voice/api/v1/admin/users', String(first.json.accessToken));
    const accounts = await get('/voice/api/v1/admin/accounts', String(first.json.accessToken));
    await sandbox.advance(300_000);
    const late = await get('/voice/api/v1/admin/users', String(first.json.accessToken));
    const body = `refresh_token=${first.json.refreshToken}&rcTokenType=Bearer`;
    const second = await ask('/api/auth/token/refresh', { method: 'POST', headers: { 'content-type': FORM }, body });

    expect([first, users, accounts, late, second].map(({ status }) => status)).toEqual([200, 200, 200, 401, 200]);
    expect(late.text).toBe('Jwt is expired');
    expect((await get('/voice/api/v1/admin/users', String(second.json.accessToken))).status).toBe(200);
  });

  test('curl, with two -d', async () => {
    const { sandbox, rcAccessToken } = await backOffice();

    const { stdout } = await run('curl', [
      ...['-s', '-XPOST', `${sandbox.origin}/api/auth/login/rc/accesstoken`],
      ...['-d', `rcAccessToken=${rcAccessToken}`, '-d', 'rcTokenType=Bearer'],
    ]);
    const { accessToken } = JSON.parse(stdout) as { accessToken: string };
    const accounts = await run('curl', ['-s', '-X', 'GET', `${sandbox.origin}/voice/api/v1/admin/accounts`, '-H', `Authorization: Bearer ${accessToken}`]);

    expect(JSON.parse(accounts.stdout)).toMatchObject([{ accountId: '333333', accountName: 'RingForce' }, {}]);
  });

  test('Node, writing its body in chunks, over HTTP and over TLS in front', async () => {
    const { sandbox, rcAccessToken } = await backOffice();
    const { cert, origin } = await tlsInFront(sandbox.origin);
    const body = `rcAccessToken=${rcAccessToken}&rcTokenType=Bearer`;
    const options = { path: '/api/auth/login/rc/accesstoken', method: 'POST', headers: { 'Content-Type': FORM }, agent: false as const };

    const answers = await Promise.all(
      [sandbox.origin, origin].map(
        (one) =>
          new Promise<{ accessToken: string }>((resolve, reject) => {
            const { protocol, hostname: host, port } = new URL(one);
            const send = protocol === 'https:' ? httpsRequest : httpRequest;
            const request = send({ ...options, host, port, ca: cert }, (response) => {
              let text = '';
              response.on('data', (chunk) => {
                text += chunk;
              });
              response.on('end', () => resolve(JSON.parse(text) as { accessToken: string }));
            });
            request.on('error', reject);
            request.write(body);
            request.end();
          }),
      ),
    );

    for (const { accessToken } of answers) expect(accessToken).toMatch(/^SBX/);
  });
});

/** Something that speaks TLS and hands everything on to the sandbox. */
async function tlsInFront(target: string): Promise<{ readonly origin: string; readonly cert: string }> {
  const certificate = selfSigned();
  const plain = createServer((incoming, response) => {
    const onward = httpRequest(`${target}${incoming.url}`, { method: incoming.method, headers: incoming.headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  const server = createTlsServer(certificate, (incoming, response) => void plain.emit('request', incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, cert: certificate.cert };
}
