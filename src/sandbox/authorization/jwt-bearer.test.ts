import { createHmac, createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../start.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const USER = { username: '18889363711', extension: '101' };
const APP = 'YourAppKey:YourAppSecret';
const OTHER_APP = 'TrunklineDemoKey:TrunklineDemoSecret';

describe('the JWT bearer grant', () => {
  test('63: signs in the user whose credential it is, with a refresh token', async () => {
    const sandbox = await start();
    const { jwt } = await sandbox.issueJwt(USER);

    const { status, body } = await signIn(sandbox, jwt);

    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'bearer', owner_id: expect.stringMatching(/^\d+$/), refresh_token: expect.any(String) });
    expect(parts(jwt)[0]).toEqual({ typ: 'JWT', alg: 'RS256', kid: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(parts(jwt)[1]).toMatchObject({ aud: `${sandbox.origin}/restapi/oauth/token`, iss: sandbox.origin, sub: body.owner_id });
  });

  test.each([
    ['no JWT', () => 'rubbish'],
    ['a changed claim', (jwt: string) => rebuilt(jwt, {}, { sub: '1110475004' })],
    ['alg none', (jwt: string) => `${rebuilt(jwt, { alg: 'none' }, {}).split('.').slice(0, 2).join('.')}.`],
    ['alg none with a signature', (jwt: string) => rebuilt(jwt, { alg: 'none' }, {})],
    ['HS256 with some key', (jwt: string) => hs256(jwt)],
    ['a key of its own in the header', (jwt: string) => rebuilt(jwt, { jwk: { kty: 'RSA' } }, {})],
    ['a key address in the header', (jwt: string) => rebuilt(jwt, { jku: 'https://evil.example/keys' }, {})],
    ['another key id', (jwt: string) => rebuilt(jwt, { kid: '0'.repeat(32) }, {})],
    ['four parts', (jwt: string) => `${jwt}.x`],
  ])('63: %s is refused', async (_what, forge) => {
    const sandbox = await start();
    const { jwt } = await sandbox.issueJwt(USER);

    const { status, body } = await signIn(sandbox, forge(jwt));

    expect([status, body.error]).toEqual([400, 'invalid_grant']);
  });

  test('63: a credential that expired, was revoked, is for another app, or from another environment is refused', async () => {
    const sandbox = await start();
    const elsewhere = await start();
    const soon = await sandbox.issueJwt({ ...USER, expiresInSeconds: 60 });
    const revoked = await sandbox.issueJwt(USER);
    const limited = await sandbox.issueJwt({ ...USER, clientIds: ['TrunklineDemoKey'] });
    const foreign = await elsewhere.issueJwt(USER);
    const before = await signIn(sandbox, soon.jwt);

    await sandbox.revokeJwt(revoked.id);
    await sandbox.advance(60_000);
    const after = await Promise.all([soon, revoked, limited, foreign].map(({ jwt }) => signIn(sandbox, jwt)));

    expect(before.status).toBe(200);
    expect(after.map(({ body }) => body.error)).toEqual(['invalid_grant', 'invalid_grant', 'invalid_grant', 'invalid_grant']);
    expect((await signIn(sandbox, limited.jwt, OTHER_APP)).status).toBe(200);
  });

  test('a credential and its key outlive a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trunkline-sandbox-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const first = await start({ file: join(folder, 'sandbox.db') });
    const { jwt } = await first.issueJwt(USER);
    const port = Number(new URL(first.origin).port);
    await first.close();

    const second = await start({ file: join(folder, 'sandbox.db'), port });

    expect((await signIn(second, jwt)).status).toBe(200);
  });

  test('is made over HTTP too, for users that there are', async () => {
    const sandbox = await start();
    const post = (body: object) =>
      fetch(`${sandbox.origin}/_sandbox/jwt-credentials`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

    const made = (await (await post(USER)).json()) as { jwt: string };
    const unknown = await post({ username: '15555550199' });

    expect((await signIn(sandbox, made.jwt)).status).toBe(200);
    expect(unknown.status).toBe(400);
  });
});

describe('the strict profile', () => {
  test.each([
    ['platform', 200],
    ['strict', 400],
  ] as const)('59: %s answers a refresh token that was exchanged before with %i', async (profile, status) => {
    const sandbox = await start({ profile });
    const { jwt } = await sandbox.issueJwt(USER);
    const { refresh_token = '' } = (await signIn(sandbox, jwt)).body;
    const refresh = () => token(sandbox, { grant_type: 'refresh_token', refresh_token });
    await refresh();

    const again = await refresh();

    expect(again.status).toBe(status);
  });
});

async function start(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  await sandbox.setLimits({ scale: 0 });
  return sandbox;
}

function signIn(sandbox: Sandbox, assertion: string, app = APP) {
  return token(sandbox, { grant_type: JWT_BEARER, assertion }, app);
}

async function token(sandbox: Sandbox, form: Record<string, string>, app = APP) {
  const response = await fetch(`${sandbox.origin}/restapi/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(app).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

function parts(jwt: string): Record<string, unknown>[] {
  return jwt
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
}

/** The same signature under another header and other claims. */
function rebuilt(jwt: string, header: object, claims: object): string {
  const [oldHeader, oldClaims] = parts(jwt);
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return [encode({ ...oldHeader, ...header }), encode({ ...oldClaims, ...claims }), jwt.split('.')[2]].join('.');
}

function hs256(jwt: string): string {
  const signed = rebuilt(jwt, { alg: 'HS256' }, {}).split('.').slice(0, 2).join('.');
  const key = createPublicKey({ key: { kty: 'RSA', n: Buffer.alloc(256, 1).toString('base64url'), e: 'AQAB' }, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  });
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}
