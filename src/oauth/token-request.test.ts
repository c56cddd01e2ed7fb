import { describe, expect, test } from 'vitest';
import { PlatformUnreachable } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import { jwtBearerGrantRequest } from './jwt-bearer.ts';
import { passwordGrantRequest } from './password.ts';
import { refreshGrantRequest } from './refresh.ts';
import { processRevokeAnswer, revokeRequest } from './revoke.ts';
import { tokenRequest } from './token-request.ts';

const APP = { name: 'main', platformOrigin: 'https://platform.example.com', clientId: 'my-app_1.x', clientSecret: new Secret('s3cret-_.~') };

describe('tokenRequest', () => {
  test('12: id and secret travel raw in Basic, as the SDKs send them, and never in the body or the URL', async () => {
    const { sent, wire } = capture();

    await tokenRequest(APP, 'password', { username: 'a' }, wire);

    expect(sent.url).toBe('https://platform.example.com/restapi/oauth/token');
    expect(basic(sent)).toBe('my-app_1.x:s3cret-_.~');
    expect(sent.body).toBe('username=a&grant_type=password');
    expect(sent.init.redirect).toBe('manual');
  });

  test('12: only what Basic cannot carry is encoded: a colon in the id, and what is not ASCII', async () => {
    const { sent, wire } = capture();

    await tokenRequest({ ...APP, clientId: 'a:b', clientSecret: new Secret('100%:+é') }, 'password', {}, wire);

    expect(basic(sent)).toBe('a%3Ab:100%:+%C3%A9');
  });

  test('a public App has no Authorization header, and its id in the body', async () => {
    const { sent, wire } = capture();

    await tokenRequest({ ...APP, clientSecret: undefined }, 'password', {}, wire);

    expect(new Headers(sent.init.headers).has('authorization')).toBe(false);
    expect(sent.body).toContain('client_id=my-app_1.x');
  });

  test('15: an answer over 64 KiB is not read to its end', async () => {
    const { wire } = capture(new Response('x'.repeat(65_537)));

    expect((await tokenRequest(APP, 'password', {}, wire)).text).toBeUndefined();
    expect((await tokenRequest(APP, 'password', {}, capture(new Response('x'.repeat(65_536))).wire)).text).toHaveLength(65_536);
  });

  test('no answer is unclear', async () => {
    const wire = { signal: AbortSignal.timeout(1_000), fetch: () => Promise.reject(new TypeError('fetch failed')) };

    await expect(tokenRequest(APP, 'password', {}, wire)).rejects.toBeInstanceOf(PlatformUnreachable);
  });
});

describe('the grants', () => {
  test('each sends its own parameters', async () => {
    const { sent, wire } = capture();
    const bodies = [];

    await passwordGrantRequest(APP, { kind: 'password', username: '15555550100', extension: '7', password: new Secret('p&w') }, wire);
    bodies.push(sent.body);
    await refreshGrantRequest(APP, new Secret('r'), wire);
    bodies.push(sent.body);
    await jwtBearerGrantRequest(APP, { kind: 'jwt', assertion: new Secret('a.b.c') }, wire);
    bodies.push(sent.body);

    expect(bodies).toEqual([
      'username=15555550100&extension=7&password=p%26w&grant_type=password',
      'refresh_token=r&grant_type=refresh_token',
      'assertion=a.b.c&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer',
    ]);
  });

  test('20: revoking posts the token with its hint; only 200 is success, and 503 says how long to wait', async () => {
    const { sent, wire } = capture();

    const refresh = { token: new Secret('r'), hint: 'refresh_token' } as const;
    const busy = new Response('', { status: 503, headers: { 'retry-after': '60' } });

    const done = processRevokeAnswer(await revokeRequest(APP, refresh, wire), 0);
    const refused = processRevokeAnswer(await revokeRequest(APP, refresh, capture(busy).wire), 0);
    const unclear = processRevokeAnswer(await revokeRequest(APP, refresh, capture(new Response('', { status: 400 })).wire), 0);

    expect(sent.url).toBe('https://platform.example.com/restapi/oauth/revoke');
    expect(Object.fromEntries(new URLSearchParams(sent.body))).toEqual({ token: 'r', token_type_hint: 'refresh_token' });
    expect([done, refused, unclear]).toEqual([{ ended: true }, { ended: false, waitMs: 60_000 }, { ended: false }]);
  });
});

function capture(answer?: Response) {
  const sent = { url: '', body: '', init: {} as RequestInit };
  const fetch = async (url: string | URL, init: RequestInit = {}) => {
    Object.assign(sent, { url: String(url), body: String(init.body), init });
    return answer ?? new Response('{}');
  };
  return { sent, wire: { fetch, signal: AbortSignal.timeout(1_000) } };
}

function basic(sent: { init: RequestInit }): string {
  const [, encoded = ''] = (new Headers(sent.init.headers).get('authorization') ?? '').split(' ');
  return Buffer.from(encoded, 'base64').toString();
}
