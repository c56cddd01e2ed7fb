import { createHash } from 'node:crypto';
import RingCentral from '@rc-ex/core';
import type RestException from '@rc-ex/core/RestException';
import { describe, expect, test } from 'vitest';
import { ACCOUNT, EXTENSION, type Outside, REVOKE } from '../sandbox-world.ts';
import { answered, failureOf, goThroughPages, PUBLIC_APP, REDIRECT_URI, sdkWorld, tokenRequests } from './world.ts';

const FRONT_DESK_ID = 403_141_004;
const VERIFIER = 'a-verifier-of-at-least-forty-three-characters';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

describe('@rc-ex/core: sign-in', () => {
  test('by JWT, with Basic and client_id at once', async () => {
    const world = await sdkWorld();
    const rc = client(world);

    const token = await rc.authorize(await jwtOf(world));

    expect(token).toMatchObject({ token_type: 'bearer', expires_in: 3_600, refresh_token_expires_in: 604_800, owner_id: String(FRONT_DESK_ID) });
    expect(await rc.restapi().account().extension().get()).toMatchObject({ id: FRONT_DESK_ID, extensionNumber: '101' });
  });

  test('by JWT, with lifetimes of its own', async () => {
    const world = await sdkWorld();

    const token = await client(world).authorize(await jwtOf(world), { access_token_ttl: 1_800, refresh_token_ttl: 302_400 });

    expect(token).toMatchObject({ expires_in: 1_800, refresh_token_expires_in: 302_400 });
  });

  test('by authorization code', async () => {
    const world = await sdkWorld();
    const rc = client(world);
    const code = await codeFor(world, { client_id: 'YourAppKey' });

    await rc.authorize({ code, redirect_uri: REDIRECT_URI });

    expect(await rc.restapi().account().extension().get()).toMatchObject({ id: FRONT_DESK_ID });
  });

  test('by authorization code with PKCE, without a secret', async () => {
    const world = await sdkWorld();
    const rc = new RingCentral({ server: world.sandbox.origin, clientId: PUBLIC_APP });
    const code = await codeFor(world, { client_id: PUBLIC_APP, code_challenge: CHALLENGE, code_challenge_method: 'S256' });

    await rc.authorize({ code, redirect_uri: REDIRECT_URI, code_verifier: VERIFIER });
    await rc.refresh();
    await rc.revoke();

    expect(tokenRequests(world)).toEqual(['authorization_code 200', 'refresh_token 200']);
    expect(answered(world, REVOKE)).toEqual(['POST 200']);
  });

  test('a refusal is a RestException that has the answer', async () => {
    const world = await sdkWorld();

    const { response } = await failureOf<RestException>(client(world).authorize({ jwt: 'a.b.c' }));

    expect([response.status, response.data]).toMatchObject([400, { error: 'invalid_grant', error_description: 'Invalid assertion' }]);
  });
});

describe('@rc-ex/core: calls', () => {
  test('typed calls read what the sandbox answers', async () => {
    const { rc } = await signedIn();
    const extension = rc.restapi().account().extension();

    const placed = await extension.ringOut().post({ from: { phoneNumber: '6505551231' }, to: { phoneNumber: '6505551230' }, playPrompt: false });
    const read = await extension.ringOut(placed.id).get();
    const numbers = await extension.forwardingNumber().list({ perPage: 2 });

    expect(read).toMatchObject({ id: placed.id, status: { callStatus: 'InProgress' } });
    expect(numbers.records).toHaveLength(2);
    expect((await rc.delete(`${EXTENSION}/ring-out/${placed.id}`)).status).toBe(204);
  });

  test('a path that is not there is a 404', async () => {
    const { rc } = await signedIn();

    const { response } = await failureOf<RestException>(rc.get('/restapi/v1.0/not-there'));

    expect([response.status, response.data]).toMatchObject([404, { errorCode: 'CMN-120' }]);
  });

  test('an access token that has expired is a 401, and a refresh by hand helps', async () => {
    const { world, rc } = await signedIn();
    await world.sandbox.advance(3_601_000);

    const { response } = await failureOf<RestException>(rc.get(ACCOUNT));
    await rc.refresh();

    expect([response.status, response.data]).toMatchObject([401, { errorCode: 'TokenExpired' }]);
    expect((await rc.get(ACCOUNT)).status).toBe(200);
    expect(answered(world, ACCOUNT)).toEqual(['GET 401', 'GET 200']);
  });

  test('a call too many has what its rate-limit extension reads: status and x-rate-limit-window', async () => {
    const { rc } = await signedIn({ limited: true });
    for (let count = 0; count < 50; count += 1) await rc.get(ACCOUNT);

    const { response } = await failureOf<RestException>(rc.get(ACCOUNT));

    expect(response.status).toBe(429);
    expect(response.headers).toMatchObject({ 'x-rate-limit-window': '60', 'retry-after': '60', 'x-rate-limit-group': 'light' });
  });
});

describe('@rc-ex/core: refresh', () => {
  test('gives another access token; the old one is dead', async () => {
    const { world, rc } = await signedIn();
    const before = rc.token?.access_token ?? '';

    await rc.refresh();

    expect(rc.token?.access_token).not.toBe(before);
    expect((await world.get(ACCOUNT, before)).status).toBe(401);
  });

  test('the old refresh token is good again right away', async () => {
    const { rc } = await signedIn();
    const old = rc.token?.refresh_token ?? '';
    const { access_token: first } = await rc.refresh();

    const { access_token: again } = await rc.refresh(old);

    expect(again).toBe(first);
    expect((await rc.get(ACCOUNT)).status).toBe(200);
  });

  test('an hour later the old refresh token is not', async () => {
    const { world, rc } = await signedIn();
    const old = rc.token?.refresh_token ?? '';
    await rc.refresh();
    await world.sandbox.advance(3_601_000);

    const { response } = await failureOf<RestException>(rc.refresh(old));

    expect([response.status, response.data]).toMatchObject([400, { error: 'invalid_grant', errors: [{ errorCode: 'OAU-213' }] }]);
  });
});

describe('@rc-ex/core: revoke', () => {
  test('ends the session, and reads the empty answer', async () => {
    const { world, rc } = await signedIn();
    const { access_token = '', refresh_token = '' } = rc.token ?? {};

    await rc.revoke();

    expect(rc.token).toBeUndefined();
    expect((await world.get(ACCOUNT, access_token)).status).toBe(401);
    expect((await world.refresh(refresh_token)).status).toBe(400);
  });

  test('by refresh token as well, and of a token that nobody knows without an error', async () => {
    const { world, rc } = await signedIn();
    const { access_token = '', refresh_token = '' } = rc.token ?? {};

    await rc.revoke('a token that nobody knows');
    const before = await world.get(ACCOUNT, access_token);
    await rc.revoke(refresh_token);
    const after = await world.get(ACCOUNT, access_token);

    expect([before.status, after.status]).toEqual([200, 401]);
  });
});

function client({ sandbox }: Outside): RingCentral {
  return new RingCentral({ server: sandbox.origin, clientId: 'YourAppKey', clientSecret: 'YourAppSecret' });
}

async function signedIn(options: Parameters<typeof sdkWorld>[0] = {}): Promise<{ readonly world: Outside; readonly rc: RingCentral }> {
  const world = await sdkWorld(options);
  const rc = client(world);
  await rc.authorize(await jwtOf(world));
  return { world, rc };
}

async function jwtOf({ sandbox }: Outside): Promise<{ readonly jwt: string }> {
  const { jwt } = await sandbox.issueJwt({ username: '18889363711', extension: '101' });
  return { jwt };
}

async function codeFor(world: Outside, more: Readonly<Record<string, string>>): Promise<string> {
  const query = new URLSearchParams({ response_type: 'code', redirect_uri: REDIRECT_URI, ...more });
  return new URLSearchParams(await goThroughPages(world, `${world.sandbox.origin}/restapi/oauth/authorize?${query}`, 'allow')).get('code') ?? '';
}
