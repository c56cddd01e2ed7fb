import { describe, expect, test } from 'vitest';
import { gateway, TOKEN } from './gateway.ts';

const FRONT_DESK = 'connections/front-desk/token';
const HOUR_MS = 3_600_000;

describe('GET connections/{name}/token', () => {
  test('41: a Client without Policy is handed the access token, which no cache keeps', async () => {
    const { ask, key, store } = await gateway();

    const { status, body, headers } = await ask('GET', FRONT_DESK, await key());

    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: (await store.findGrant('front-desk'))?.accessToken.reveal(),
      token_type: 'bearer',
      expires_in: 3_600 - 60,
      scope: expect.stringContaining('RingOut'),
      owner_id: '403141004',
    });
    expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
  });

  test('G5: expires_in is the time until the token is no longer handed out, and then the next one is', async () => {
    const { ask, key, clock } = await gateway();
    const bearer = await key();
    const first = await ask('GET', FRONT_DESK, bearer);

    clock.advance(HOUR_MS - 61_500);
    const last = await ask('GET', FRONT_DESK, bearer);
    clock.advance(1_750);
    const next = await ask('GET', FRONT_DESK, bearer);

    expect(last.body).toMatchObject({ access_token: first.body.access_token, expires_in: 1 });
    expect(next.body).toMatchObject({ expires_in: 3_540 });
    expect(next.body.access_token).not.toBe(first.body.access_token);
  });

  test('G5: a token that is over by the time its line is written is not handed out, but the next one', async () => {
    const { ask, key, clock, store, tokenRequests } = await gateway();
    const bearer = await key();
    const first = await ask('GET', FRONT_DESK, bearer);
    const { appendAudit } = store;
    store.appendAudit = (line) => {
      store.appendAudit = appendAudit;
      clock.advance(HOUR_MS);
      return appendAudit(line);
    };

    const next = await ask('GET', FRONT_DESK, bearer);

    expect(next.body).toMatchObject({ access_token: (await store.findGrant('front-desk'))?.accessToken.reveal(), expires_in: 3_540 });
    expect(next.body.access_token).not.toBe(first.body.access_token);
    expect(tokenRequests()).toEqual(['password', 'refresh_token']);
  });

  test.each([
    ['no credential', undefined],
    ['the admin token', TOKEN],
    ['a key that nobody has', `tlk_${'x'.repeat(43)}`],
    ['something else', 'tlk_short'],
  ])('23: %s is refused, and no token leaves', async (_what, bearer) => {
    const { ask, tokenRequests } = await gateway();

    const answers = [await ask('GET', FRONT_DESK, bearer), await ask('POST', FRONT_DESK, bearer, { rejected: 'x' })];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [401, 'client_unknown'],
      [401, 'client_unknown'],
    ]);
    expect(answers[0]?.headers).toMatchObject({ 'cache-control': 'no-store', 'www-authenticate': 'Bearer realm="Trunkline"' });
    expect(tokenRequests()).toEqual([]);
  });

  test('the gateway key manages nothing', async () => {
    const { ask, key } = await gateway();
    const bearer = await key();

    const answers = [await ask('GET', 'apps', bearer), await ask('POST', 'connections/front-desk/refresh', bearer)];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [401, 'admin_token_wrong'],
      [401, 'admin_token_wrong'],
    ]);
  });

  test.each([
    ['an empty Policy', {}, 'token'],
    ['a Policy that does not mention tokens', { methods: ['GET'] }, 'token'],
    ['a Policy that says no', { token: false }, 'token'],
    ['another network', { token: true, ipAllow: ['192.0.2.0/24'] }, 'ipAllow'],
    ['an empty list of networks', { token: true, ipAllow: [] }, 'ipAllow'],
  ])('23: %s forbids it', async (_what, policy, part) => {
    const { ask, key, tokenRequests } = await gateway();

    const answer = await ask('GET', FRONT_DESK, await key(policy));

    expect(answer).toMatchObject({ status: 403, body: { code: 'policy_forbids', detail: expect.stringContaining(`(${part})`) } });
    expect(tokenRequests()).toEqual([]);
  });

  test('a Policy that says so allows it, from where it says', async () => {
    const { ask, key } = await gateway();
    const bearer = await key({ token: true, ipAllow: ['192.0.2.0/24'] });

    const answers = [await ask('GET', FRONT_DESK, bearer, undefined, '::ffff:192.0.2.7'), await ask('GET', FRONT_DESK, bearer, undefined, '192.0.3.7')];

    expect(answers.map(({ status }) => status)).toEqual([200, 403]);
  });

  test("a Connection that is not the Client's is refused alike, whether it is there or not", async () => {
    const { ask, key } = await gateway({ names: ['front-desk', 'back-office'] });
    const bearer = await key();

    const [there, nowhere] = [await ask('GET', 'connections/back-office/token', bearer), await ask('GET', 'connections/nowhere/token', bearer)];

    expect([there.status, nowhere.status]).toEqual([403, 403]);
    expect(there.text.replace('back-office', 'nowhere')).toBe(nowhere.text);
  });

  test('the key of a Client that was removed is not known any more', async () => {
    const { ask, key, manage } = await gateway();
    const bearer = await key();
    const before = await ask('GET', FRONT_DESK, bearer);

    await manage('DELETE', 'clients/crm');
    const after = await ask('GET', FRONT_DESK, bearer);

    expect([before.status, after.status, after.body.code]).toEqual([200, 401, 'client_unknown']);
  });

  test('42: it is reached where programs are, not on a listener for management only', async () => {
    const data = await gateway({ planes: ['data'] });
    const admin = await gateway({ planes: ['admin'] });

    const answers = [await data.ask('GET', FRONT_DESK, 'tlk_x'), await admin.ask('GET', FRONT_DESK, 'tlk_x'), await data.ask('GET', 'apps', TOKEN)];

    expect(answers.map(({ status }) => status)).toEqual([401, 404, 404]);
  });
});

describe('POST connections/{name}/token', () => {
  test('a token that is not the present one any more is answered with the present one, without a Refresh', async () => {
    const { ask, key, tokenRequests } = await gateway();
    const bearer = await key();
    const present = await ask('GET', FRONT_DESK, bearer);
    const before = tokenRequests();

    const answer = await ask('POST', FRONT_DESK, bearer, { rejected: 'an-older-token' });

    expect(answer).toMatchObject({ status: 200, body: { access_token: present.body.access_token }, headers: { 'cache-control': 'no-store' } });
    expect(tokenRequests()).toEqual(before);
  });

  test('G6: the present one is replaced by one forced Refresh, however many ask', async () => {
    const { ask, key, tokenRequests } = await gateway();
    const bearer = await key();
    const { body } = await ask('GET', FRONT_DESK, bearer);
    const before = tokenRequests();

    const answers = await Promise.all(Array.from({ length: 50 }, () => ask('POST', FRONT_DESK, bearer, { rejected: body.access_token })));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => answer.body.access_token)).size).toBe(1);
    expect(answers[0]?.body.access_token).not.toBe(body.access_token);
    expect(tokenRequests().slice(before.length)).toEqual(['refresh_token']);
  });

  test('G6: a forced Refresh that fails is not forced again within the minute', async () => {
    const { ask, key, sandbox, tokenRequests } = await gateway();
    const bearer = await key();
    const { body } = await ask('GET', FRONT_DESK, bearer);
    await sandbox.addFault({ match: { path: '/restapi/oauth/token' }, times: 2, action: { status: 503, body: '{}' } });
    const first = await ask('POST', FRONT_DESK, bearer, { rejected: body.access_token });
    const asked = tokenRequests();

    const second = await ask('POST', FRONT_DESK, bearer, { rejected: body.access_token });

    expect(first.status).toBeGreaterThanOrEqual(500);
    expect(second).toMatchObject({ status: 503, body: { code: 'refresh_too_soon' }, headers: { 'retry-after': '60' } });
    expect(tokenRequests()).toEqual(asked);
  });

  test.each([[{}], [{ rejected: '' }], [{ rejected: 'x', surprise: 1 }]])('%j is refused', async (body) => {
    const { ask, key } = await gateway();

    expect(await ask('POST', FRONT_DESK, await key(), body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });
});

describe('POST connections/{name}/refresh', () => {
  test('forces one Refresh, and shows the Connection', async () => {
    const { manage, tokenRequests } = await gateway();
    const signedIn = await manage('POST', 'connections/front-desk/refresh');

    const refreshed = await manage('POST', 'connections/front-desk/refresh');

    expect([signedIn.body.generation, refreshed.body.generation]).toEqual([1, 2]);
    expect(tokenRequests()).toEqual(['password', 'refresh_token']);
    expect(refreshed.text).not.toMatch(/SBX[AR][\w-]{20}/);
  });

  test('a Connection that is not there is not found', async () => {
    const { manage } = await gateway();

    expect(await manage('POST', 'connections/nowhere/refresh')).toMatchObject({ status: 404, body: { code: 'connection_not_found' } });
  });
});
