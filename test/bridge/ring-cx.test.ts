import { describe, expect, test } from 'vitest';
import { ringCxRequests } from '../broker/ring-cx-world.ts';
import { type BridgeWorld, bridgeWorld, EXTENSION, PASSWORD_GRANT, REVOKE_PATH, type Told } from './world.ts';

const EXCHANGE = '/api/auth/login/rc/accesstoken';
const REFRESH = '/api/auth/token/refresh';
const ACCOUNTS = '/voice/api/v1/admin/accounts';
const USERS = '/voice/api/v1/admin/users';

/** A program that has signed in. */
async function signedIn() {
  const world = await bridgeWorld();
  const { body } = await world.send(PASSWORD_GRANT);
  return { world, accessToken: String(body.access_token), refreshToken: String(body.refresh_token) };
}

function exchange(world: BridgeWorld, rcAccessToken: string, query = '?includeRefresh=true'): Promise<Told> {
  return world.send({ rcAccessToken, rcTokenType: 'Bearer' }, '', EXCHANGE + query);
}

function refresh(world: BridgeWorld, refreshToken: unknown): Promise<Told> {
  return world.send({ refresh_token: String(refreshToken), rcTokenType: 'Bearer' }, '', REFRESH);
}

describe('the exchange of the RingCX Bridge', () => {
  test('a token of ours brings a pair of ours, with all that RingCX says of the user in its own shape', async () => {
    const { world, accessToken } = await signedIn();
    const platform = await world.sendToPlatform({ grant_type: 'password', username: '18889363711', extension: '101', password: '1234' });
    const theirs = await world.sendToPlatform(
      { rcAccessToken: String(platform.body.access_token), rcTokenType: 'Bearer' },
      '',
      `${EXCHANGE}?includeRefresh=true`,
    );

    const ours = await exchange(world, accessToken);

    const { platformId, rcUser, accessToken: _theirs, refreshToken: _too, ...same } = theirs.body;
    expect(ours.status).toBe(200);
    expect(ours.body).toEqual({ ...same, accessToken: expect.stringMatching(/^tlb_[\w-]{22}A/), refreshToken: expect.stringMatching(/^tlb_[\w-]{22}R/) });
    expect([ours.headers.get('cache-control'), typeof platformId, typeof rcUser]).toEqual(['no-store', 'string', 'object']);
  });

  test('the pair is good for RingCX: users and accounts; and for nothing else', async () => {
    const { world, accessToken } = await signedIn();
    const { accessToken: ours } = (await exchange(world, accessToken)).body;

    const [users, accounts, elsewhere] = [await world.call(ours, USERS), await world.call(ours, ACCOUNTS), await world.call(ours, EXTENSION)];

    expect([users.status, accounts.status, elsewhere.status]).toEqual([200, 200, 401]);
    expect(accounts.text).toContain('RingForce');
    expect(elsewhere.body).toMatchObject({ errorCode: 'TokenInvalid' });
  });

  test('a gateway key brings one too, for the Connection that it names; without includeRefresh there is no refresh token', async () => {
    const world = await bridgeWorld();
    const key = await world.key(undefined, ['front-desk'], 'contact-center');

    const bare = await exchange(world, key, '');
    const { accessToken } = bare.body;

    expect(bare.body).toMatchObject({ refreshToken: null, tokenType: 'Bearer', mainAccountId: '333330', adminId: 1111 });
    expect((await world.call(accessToken, ACCOUNTS)).status).toBe(200);
  });

  test('a gateway key brings none for a Connection that its Client has not, whichever it is', async () => {
    const world = await bridgeWorld();
    const key = await world.key(undefined, ['front-desk'], 'contact-center');
    const wanted = async (connection: string) => {
      const headers = { 'trunkline-connection': connection, 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await fetch(world.origin + EXCHANGE, { method: 'POST', headers, body: `rcAccessToken=${key}` });
      return [answer.status, answer.headers.get('trunkline-error')];
    };

    expect([await wanted('front-desk'), await wanted('back-office'), await wanted('no-such')]).toEqual([
      [200, null],
      [403, 'policy_forbids'],
      [403, 'policy_forbids'],
    ]);
  });

  test('parameters without a value count as absent; a body that is no form is refused as RingCX refuses it', async () => {
    const { world, accessToken } = await signedIn();
    const json = async (origin: string, rcAccessToken: unknown) => {
      const answer = await fetch(`${origin}${EXCHANGE}?rcAccessToken=${rcAccessToken}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      const { timestamp: _at, ...said } = (await answer.json()) as Record<string, unknown>;
      return [answer.status, said];
    };

    const empty = await world.send({ rcAccessToken: accessToken, rcTokenType: '', includeRefresh: '' }, '', EXCHANGE);

    expect([empty.status, empty.body.refreshToken]).toEqual([200, null]);
    const theirs = await world.sendToPlatform({ ...PASSWORD_GRANT, password: '1234' });
    expect(await json(world.origin, accessToken)).toEqual(await json(world.sandbox.origin, theirs.body.access_token));
  });

  test('a hundred at once cost RingCX one exchange, and who comes later none', async () => {
    const { world, accessToken } = await signedIn();

    const answers = await Promise.all(Array.from({ length: 100 }, () => exchange(world, accessToken)));
    await exchange(world, accessToken);

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.accessToken)).size).toBe(100);
    expect(ringCxRequests(world)).toHaveLength(1);
  });

  test('while the Connection needs a sign-in, whoever RingCX knows still gets a pair, and its calls say why they fail', async () => {
    const { world, accessToken } = await signedIn();
    await exchange(world, accessToken);
    const { generation = 0 } = (await world.store.findGrant('front-desk')) ?? {};
    await world.store.replaceCredentials('front-desk', []);
    await world.store.needSignIn('front-desk', generation, { at: world.clock.now(), code: 'OAU-140' });

    const still = await exchange(world, accessToken);
    const again = await refresh(world, still.body.refreshToken);
    const call = await world.call(again.body.accessToken, ACCOUNTS);

    expect([still.status, again.status, call.status]).toEqual([200, 200, 502]);
    expect(call.body).toMatchObject({ errorCode: 'grant_dead' });
  });

  test.each([
    ['nothing', '', 400, 'invalid.data.exception'],
    ['a token type that nobody has', 'rcAccessToken=x&rcTokenType=MAC', 400, 'invalid.data.exception'],
    ['one that stands there twice', 'rcAccessToken=x&rcAccessToken=x', 400, 'invalid.data.exception'],
    ['a token that nobody knows', 'rcAccessToken=nobody&rcTokenType=Bearer', 401, 'authentication.exception'],
    ['a token of ours that never was', `rcAccessToken=tlb_${'x'.repeat(22)}A${'y'.repeat(43)}`, 401, 'authentication.exception'],
    ['a key that never was', 'rcAccessToken=tlk_nobody', 401, 'authentication.exception'],
  ])('%s is refused as RingCX refuses it, and stands in the audit trail', async (_what, form, status, errorCode) => {
    const { world } = await signedIn();

    const ours = await world.send(form, '', EXCHANGE);
    const theirs = await world.sendToPlatform(form, '', EXCHANGE);

    const { timestamp: _ours, ...said } = ours.body;
    const { timestamp: _theirs, ...saidThere } = theirs.body;
    expect([ours.status, said.errorCode]).toEqual([status, errorCode]);
    expect(said).toEqual(saidThere);
  });
});

describe('the refresh of the RingCX Bridge', () => {
  test('after five minutes the token is over, in RingCX’s own plain text; the refresh token brings the next pair', async () => {
    const { world, accessToken } = await signedIn();
    const first = await exchange(world, accessToken);
    world.clock.advance(5 * 60_000);

    const late = await world.call(first.body.accessToken, ACCOUNTS);
    const second = await refresh(world, first.body.refreshToken);
    const again = await world.call(second.body.accessToken, ACCOUNTS);

    expect([late.status, late.text, late.headers.get('content-type')]).toEqual([401, 'Jwt is expired', 'text/plain']);
    expect(second.body).toEqual({ ...first.body, accessToken: expect.any(String), refreshToken: expect.any(String) });
    expect(second.body.refreshToken).not.toBe(first.body.refreshToken);
    expect(again.status).toBe(200);
  });

  test('a lost answer is asked for again with the same refresh token: the same pair', async () => {
    const { world, accessToken } = await signedIn();
    const { refreshToken } = (await exchange(world, accessToken)).body;

    const [one, other] = [await refresh(world, refreshToken), await refresh(world, refreshToken)];

    expect(other.body).toEqual(one.body);
  });

  test('neither kind of refresh token is taken where the other is, nor is a pair of RingCX’s exchanged for another', async () => {
    const { world, accessToken, refreshToken } = await signedIn();
    const cx = (await exchange(world, accessToken)).body;

    const answers = [
      await refresh(world, refreshToken),
      await refresh(world, cx.accessToken),
      await exchange(world, String(cx.accessToken)),
      await world.send({ grant_type: 'refresh_token', refresh_token: String(cx.refreshToken) }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 400]);
    expect(answers[0]?.body).toMatchObject({ errorCode: 'authentication.exception', generalMessage: 'Authentication failed' });
  });

  test('while the Client is frozen neither route gives anything; afterwards the pair goes on', async () => {
    const { world, accessToken } = await signedIn();
    const cx = (await exchange(world, accessToken)).body;
    await world.manage('POST', 'clients/old/freeze', {});

    const frozen = [await exchange(world, accessToken), await refresh(world, cx.refreshToken)];
    await world.manage('POST', 'clients/old/thaw');

    expect(frozen.map(({ status, body }) => [status, body.errorCode])).toEqual([
      [503, 'frozen'],
      [503, 'frozen'],
    ]);
    expect((await refresh(world, cx.refreshToken)).status).toBe(200);
  });

  test('from where the Client may not call, neither route gives anything', async () => {
    const world = await bridgeWorld({ client: { policy: { ipAllow: ['127.0.0.1'] } } });
    const { body } = await world.send(PASSWORD_GRANT);
    const token = String(body.access_token);
    const cx = (await exchange(world, token)).body;

    const elsewhere = [
      await world.sendFrom('192.0.2.9', { rcAccessToken: token }, EXCHANGE),
      await world.sendFrom('192.0.2.9', { refresh_token: String(cx.refreshToken) }, REFRESH),
    ];

    expect(elsewhere.map(({ status, body: { errorCode } }) => [status, errorCode])).toEqual([
      [403, 'access.denied.exception'],
      [401, 'authentication.exception'],
    ]);
    expect((await refresh(world, cx.refreshToken)).status).toBe(200);
  });

  test('logging out ends the pair that was exchanged for the session, too', async () => {
    const { world, accessToken } = await signedIn();
    const cx = (await exchange(world, accessToken)).body;
    const next = (await refresh(world, cx.refreshToken)).body;

    await world.send({ token: accessToken }, undefined, REVOKE_PATH);

    const answers = [await world.call(next.accessToken, ACCOUNTS), await refresh(world, next.refreshToken), await exchange(world, accessToken)];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  });

  test('a session that refreshes meanwhile, or expires, ends no pair', async () => {
    const { world, accessToken, refreshToken } = await signedIn();
    const cx = (await exchange(world, accessToken)).body;
    await world.send({ grant_type: 'refresh_token', refresh_token: refreshToken });
    world.clock.advance(3_600_000);

    expect((await refresh(world, cx.refreshToken)).status).toBe(200);
  });

  test('a pair ends with the gateway key that was exchanged for it, and not with the other one', async () => {
    const world = await bridgeWorld();
    const first = await world.key(undefined, ['front-desk'], 'contact-center');
    const second = String((await world.manage('POST', 'clients/contact-center/keys', {})).body.key);
    const pairs = [(await exchange(world, first)).body, (await exchange(world, second)).body];
    await world.manage('DELETE', 'clients/contact-center/keys/1');

    const calls = await Promise.all(pairs.map(({ accessToken }) => world.call(accessToken, ACCOUNTS)));
    const refreshed = await Promise.all(pairs.map(({ refreshToken }) => refresh(world, refreshToken)));

    expect([...calls, ...refreshed].map(({ status }) => status)).toEqual([401, 200, 401, 200]);
  });

  test('a Client that is removed has no pair any more, from that instant on', async () => {
    const { world, accessToken } = await signedIn();
    const cx = (await exchange(world, accessToken)).body;
    await world.manage('DELETE', 'clients/old');

    const answers = [await world.call(cx.accessToken, ACCOUNTS), await refresh(world, cx.refreshToken)];

    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
  });
});
