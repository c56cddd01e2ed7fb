import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Outside, outside, type Reply, TOKEN } from '../../../test/sandbox-world.ts';
import { systemRandom } from '../../runtime/random.ts';
import { DEMO_DATA } from '../demo.ts';
import { Directory } from '../directory.ts';
import { forgetfulJournal } from '../forgetful-journal.ts';
import type { SandboxOptions } from '../start.ts';
import { RingCx } from './ring-cx.ts';

const EXCHANGE = '/api/auth/login/rc/accesstoken';
const REFRESH = '/api/auth/token/refresh';
const LOGIN = '/api/auth/login/admin';
const USERS = '/voice/api/v1/admin/users';
const ACCOUNTS = '/voice/api/v1/admin/accounts';
const API_TOKENS = '/voice/api/v1/admin/token';
const VALID = '/voice/api/v1/auth/isTokenValid';
const BACK_OFFICE = { grant_type: 'password', username: '18887776655', extension: '102', password: 'Myp@ssw0rd' };
const WAREHOUSE = { grant_type: 'password', username: '18559100010', extension: '101', password: '121212' };
const FAX_DESK = { grant_type: 'password', username: '15556090455', password: 'qwerty' };
const FIVE_MINUTES_MS = 300_000;

// As the documents print it.
const PRINTED = {
  refreshToken: expect.stringMatching(/^SBX/),
  accessToken: expect.stringMatching(/^SBX/),
  tokenType: 'Bearer',
  agentDetails: [
    {
      agentId: 111111,
      firstName: 'John',
      lastName: 'Wang',
      email: 'john.wang@example.com',
      username: 'john.wang@example.com',
      agentType: 'AGENT',
      rcUserId: 222222,
      accountId: '333333',
      accountName: 'RingForce',
      agentGroupId: null,
      allowLoginControl: true,
      allowLoginUpdates: true,
    },
  ],
  adminId: 1111,
  adminUrl: '/voice/admin/',
  agentUrl: '/voice/agent/',
  ssoLogin: true,
};

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface Center extends Outside {
  readonly rcAccessToken: string;
  /** With the RingCentral token, for tokens of RingCX's. */
  exchange(query?: string, form?: Readonly<Record<string, string>> | string): Promise<Reply>;
  refreshed(refreshToken: string): Promise<Reply>;
  tokens(): Promise<Tokens>;
  withAuthToken(method: string, path: string, token: string): Promise<Reply>;
}

/** A sandbox with somebody signed in to RingCentral. */
async function center(who: Readonly<Record<string, string>> = BACK_OFFICE, options: SandboxOptions & { readonly limited?: boolean } = {}): Promise<Center> {
  const world = await outside(options);
  const rcAccessToken = String((await world.postForm(TOKEN, who)).json.access_token);
  const exchange: Center['exchange'] = (query = '?includeRefresh=true', form = { rcAccessToken, rcTokenType: 'Bearer' }) =>
    world.postForm(`${EXCHANGE}${query}`, form, '');
  return {
    ...world,
    rcAccessToken,
    exchange,
    refreshed: (refreshToken) => world.postForm(REFRESH, { refresh_token: refreshToken, rcTokenType: 'Bearer' }, ''),
    tokens: async () => (await exchange()).json as unknown as Tokens,
    withAuthToken: (method, path, token) => world.ask(path, { method, headers: { 'x-auth-token': token } }),
  };
}

function plain({ status, text, headers }: Reply): readonly unknown[] {
  return [status, text, headers['content-type']];
}

function fault({ status, json }: Reply): readonly unknown[] {
  return [status, json.errorCode];
}

function list({ text }: Reply): Record<string, unknown>[] {
  return JSON.parse(text) as Record<string, unknown>[];
}

describe('exchanging a RingCentral token', () => {
  test('answers what the documents print', async () => {
    const { exchange } = await center();

    const answer = await exchange();

    expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([200, 'application/json;charset=UTF-8', 'no-store']);
    expect(answer.json).toMatchObject(PRINTED);
    expect(Object.keys(answer.json).slice(0, 8)).toEqual(Object.keys(PRINTED));
    expect(answer.json).toMatchObject({ mainAccountId: '333330', platformId: 'SBX80' });
  });

  test.each([
    ['', null],
    ['?includeRefresh=false', null],
    ['?includeRefresh=TRUE', expect.any(String)],
  ])('with "%s" the refresh token is %s', async (query, refreshToken) => {
    const { exchange } = await center();

    expect((await exchange(query)).json.refreshToken).toEqual(refreshToken);
  });

  test('takes its parameters from the query too, and any case of Bearer, or none', async () => {
    const { ask, exchange, rcAccessToken } = await center();

    const inQuery = await ask(`${EXCHANGE}?includeRefresh=true&rcTokenType=Bearer&rcAccessToken=${rcAccessToken}`, { method: 'POST' });
    const lower = await exchange('', { rcAccessToken, rcTokenType: 'bearer' });
    const without = await exchange('', { rcAccessToken });

    expect([inQuery, lower, without].map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test.each([
    ['nothing', ''],
    ['an empty token', 'rcAccessToken=&rcTokenType=Bearer'],
    ['another kind of token', 'rcAccessToken=x&rcTokenType=MAC'],
    ['a token twice', 'rcAccessToken=x&rcAccessToken=x&rcTokenType=Bearer'],
  ])('%s is a bad request, in the shape of RingCX', async (_what, form) => {
    const { exchange, clock } = await center();

    const refused = await exchange('', form);

    expect(refused.status).toBe(400);
    expect(refused.json).toEqual({
      errorCode: expect.any(String),
      generalMessage: expect.any(String),
      details: expect.any(String),
      requestUri: 'api/auth/login/rc/accesstoken - POST',
      timestamp: clock.now(),
    });
  });

  test('JSON is a bad request', async () => {
    const { postJson, rcAccessToken } = await center();

    expect((await postJson(EXCHANGE, { rcAccessToken })).status).toBe(400);
  });

  test('a token that is none, or is over, is refused with 401', async () => {
    const { exchange, rcAccessToken, postForm, sandbox } = await center();

    expect((await exchange('', { rcAccessToken: 'nonsense' })).status).toBe(401);
    await sandbox.advance(3_600_000);
    expect((await exchange()).status).toBe(401);
    await postForm('/restapi/oauth/revoke', { token: rcAccessToken });
    expect((await exchange()).status).toBe(401);
  });

  test('an account that has no RingCX is told that there is nothing; an app without ReadAccounts, that it may not', async () => {
    const unlinked = await center(FAX_DESK);
    const apps = DEMO_DATA.apps.map((app) => ({ ...app, permissions: ['RingOut'] }));
    const without = await center(BACK_OFFICE, { data: { ...DEMO_DATA, apps } });

    expect((await unlinked.exchange()).status).toBe(404);
    expect(fault(await without.exchange())).toEqual([403, 'access.denied.exception']);
  });

  test('takes part in RingCentral: the token counts as used', async () => {
    const { exchange, refresh, postForm, sandbox } = await center();
    const { json } = await postForm(TOKEN, BACK_OFFICE);
    const { json: rotated } = await refresh(String(json.refresh_token));
    await exchange('', { rcAccessToken: String(rotated.access_token) });

    await sandbox.advance(10_000);

    expect((await refresh(String(json.refresh_token))).status).toBe(400);
  });

  test('may be done five times a minute; then 429 says when again', async () => {
    const { exchange, sandbox } = await center(BACK_OFFICE, { limited: true });

    for (let times = 0; times < 5; times++) {
      expect((await exchange()).status).toBe(200);
      await sandbox.advance(1_000);
    }
    const refused = await exchange();

    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '55']);
    await sandbox.advance(54_999);
    expect((await exchange()).status).toBe(429);
    await sandbox.advance(1);
    expect((await exchange()).status).toBe(200);
  });
});

describe("RingCX's access token", () => {
  test('lives five minutes, whatever lifetimes are set; then the gateway says so in plain text', async () => {
    const { sandbox, tokens, get } = await center();
    await sandbox.setLifetimes({ accessSeconds: 5, refreshSeconds: 60 });
    const { accessToken } = await tokens();

    await sandbox.advance(FIVE_MINUTES_MS - 1);
    expect((await get(USERS, accessToken)).status).toBe(200);
    await sandbox.advance(1);

    const refused = await get(USERS, accessToken);
    expect(plain(refused)).toEqual([401, 'Jwt is expired', 'text/plain']);
    expect(refused.headers['www-authenticate']).toBe(`Bearer realm="${sandbox.origin}${USERS}", error="invalid_token"`);
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['nothing', {}, 'Jwt is missing'],
    ['another scheme', { authorization: 'Basic eDp5' }, 'Jwt is missing'],
    ['a token that is none', { authorization: 'Bearer nonsense' }, 'Jwt verification fails'],
  ])('in its place %s: 401, %s', async (_what, headers, text) => {
    const { ask } = await center();

    expect(plain(await ask(ACCOUNTS, { headers }))).toEqual([401, text, 'text/plain']);
  });

  test('is asked for by a challenge that no path can break', async () => {
    const { ask, sandbox } = await center();

    const { status, headers } = await ask(`${USERS}/"\\`);

    expect([status, headers['www-authenticate']]).toEqual([401, `Bearer realm="${sandbox.origin}${USERS}/??"`]);
  });

  test("in the place of its access token a refresh token and RingCentral's are none", async () => {
    const { get, tokens, rcAccessToken } = await center();
    const { refreshToken } = await tokens();

    for (const token of [refreshToken, rcAccessToken]) expect((await get(ACCOUNTS, token)).text).toBe('Jwt verification fails');
  });

  test("is none of RingCentral's", async () => {
    const { get, tokens } = await center();

    expect((await get('/restapi/v1.0/account/~', (await tokens()).accessToken)).status).toBe(401);
  });

  test('may be used 120 times a minute, in all sessions of its user', async () => {
    const { get, tokens } = await center(BACK_OFFICE, { limited: true });
    const sessions = [await tokens(), await tokens()];

    const statuses: number[] = [];
    for (let times = 0; times < 122; times++) statuses.push((await get(ACCOUNTS, sessions[times % 2]?.accessToken ?? '')).status);

    expect(statuses.filter((status) => status === 200)).toHaveLength(120);
    expect(statuses.slice(120)).toEqual([429, 429]);
  });
});

describe('refreshing', () => {
  test('brings new tokens in the same shape, and is for one use', async () => {
    const { tokens, refreshed, get } = await center();
    const first = await tokens();

    const answer = await refreshed(first.refreshToken);

    expect(answer.json).toMatchObject(PRINTED);
    expect([answer.json.accessToken, answer.json.refreshToken]).not.toEqual([first.accessToken, first.refreshToken]);
    expect(fault(await refreshed(first.refreshToken))).toEqual([401, 'authentication.exception']);
    expect((await refreshed(String(answer.json.refreshToken))).status).toBe(200);
    // Nobody takes a signed token back: the old one is good until its own end.
    expect((await get(ACCOUNTS, first.accessToken)).status).toBe(200);
  });

  test('goes on for long, and each access token ends after its own five minutes', async () => {
    const { tokens, refreshed, get, sandbox } = await center();
    let { refreshToken, accessToken } = await tokens();

    for (let times = 0; times < 20; times++) {
      const before = accessToken;
      await sandbox.advance(FIVE_MINUTES_MS);
      expect((await get(ACCOUNTS, before)).text).toBe('Jwt is expired');
      ({ refreshToken, accessToken } = (await refreshed(refreshToken)).json as unknown as Tokens);
      expect((await get(ACCOUNTS, accessToken)).status).toBe(200);
      expect((await get(ACCOUNTS, before)).text).toBe('Jwt is expired');
    }
  });

  test('is over a day after the last', async () => {
    const { tokens, refreshed, sandbox } = await center();
    const { refreshToken } = await tokens();

    await sandbox.advance(24 * 3_600_000);

    expect((await refreshed(refreshToken)).status).toBe(401);
  });

  test.each([['refresh_token='], ['refresh_token=a&refresh_token=b'], ['']])('with "%s" is a bad request', async (form) => {
    const { postForm } = await center();

    expect((await postForm(REFRESH, form, '')).status).toBe(400);
  });

  test.each([['nonsense'], ['SBXD']])('with %s is refused', async (token) => {
    const { refreshed } = await center();

    expect((await refreshed(token)).status).toBe(401);
  });

  test('with an access token is refused', async () => {
    const { tokens, refreshed } = await center();

    expect((await refreshed((await tokens()).accessToken)).status).toBe(401);
  });

  test('and what was signed in before outlive a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trunkline-ringcx-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'sandbox.db');
    const first = await center(BACK_OFFICE, { file });
    const { accessToken, refreshToken } = await first.tokens();
    const { text: apiToken } = await first.ask(API_TOKENS, { method: 'POST', headers: { authorization: `Bearer ${accessToken}` } });
    await first.sandbox.close();

    const second = await outside({ file });

    expect((await second.get(ACCOUNTS, accessToken)).status).toBe(200);
    expect((await second.ask(ACCOUNTS, { headers: { 'x-auth-token': apiToken } })).status).toBe(200);
    expect((await second.postForm(REFRESH, { refresh_token: refreshToken }, '')).status).toBe(200);
    await second.sandbox.reset();
    expect((await second.get(ACCOUNTS, accessToken)).text).toBe('Jwt verification fails');
    expect((await second.ask(ACCOUNTS, { headers: { 'x-auth-token': apiToken } })).status).toBe(401);
  });
});

describe('signing in with a password', () => {
  test('brings tokens without RingCentral', async () => {
    const { ask, get, refreshed } = await center();

    const answer = await ask(`${LOGIN}?username=john.wang@example.com&password=RingCX-1111&platformId=SBX80`, { method: 'POST' });

    expect(answer.json).toMatchObject({ ...PRINTED, ssoLogin: false });
    expect((await get(USERS, String(answer.json.accessToken))).status).toBe(200);
    expect((await refreshed(String(answer.json.refreshToken))).json.ssoLogin).toBe(false);
  });

  test.each([
    ['a wrong password', { username: 'john.wang@example.com', password: 'x', platformId: 'SBX80' }, 401],
    ['another platform', { username: 'john.wang@example.com', password: 'RingCX-1111', platformId: 'SBX81' }, 401],
    ['an unknown user', { username: 'nobody@example.com', password: 'RingCX-1111', platformId: 'SBX80' }, 401],
    ['a user without a password', { username: 'warehouse@example.com', password: '', platformId: 'SBX80' }, 400],
    ['a user that is disabled', { username: 'richard.roe@example.com', password: 'RingCX-1113', platformId: 'SBX80' }, 401],
    ['no platform', { username: 'john.wang@example.com', password: 'RingCX-1111' }, 400],
  ])('%s is refused', async (_what, form: Record<string, string>, status) => {
    const { postForm } = await center();

    expect((await postForm(LOGIN, form, '')).status).toBe(status);
  });
});

describe('users and accounts', () => {
  test('the users are those of the main account, with those below them', async () => {
    const { get, tokens } = await center();

    const [top, ...others] = list(await get(USERS, (await tokens()).accessToken));

    expect(others).toEqual([]);
    expect(top).toMatchObject({
      userId: 1111,
      userName: 'john.wang@example.com',
      fullName: 'John Wang',
      enabled: true,
      rcUserId: 222222,
      rcAccountId: '1110475004',
      rootUser: true,
      userManagedByRC: true,
      children: [
        { userId: 1112, enabled: true, children: [] },
        { userId: 1113, enabled: false, children: [] },
      ],
    });
    expect(top?.roles).toMatchObject([{ roleType: 'SUPER_USER' }, { roleType: 'MANAGE_USERS' }, { roleType: 'USER' }]);
  });

  test('flatten gives them side by side, activeOnly those who are enabled', async () => {
    const { get, tokens } = await center();
    const { accessToken } = await tokens();
    const ids = async (query: string) => list(await get(`${USERS}${query}`, accessToken)).map(({ userId }) => userId);

    expect(await ids('?flatten=true')).toEqual([1111, 1112, 1113]);
    expect(await ids('?flatten=true&activeOnly=true')).toEqual([1111, 1112]);
    expect(list(await get(`${USERS}?activeOnly=true`, accessToken))).toMatchObject([{ userId: 1111, children: [{ userId: 1112 }] }]);
  });

  test('one user by id, and nobody by another', async () => {
    const { get, tokens } = await center();
    const { accessToken } = await tokens();

    expect((await get(`${USERS}/1112`, accessToken)).json).toMatchObject({ userId: 1112, firstName: 'Mary' });
    expect((await get(`${USERS}/1`, accessToken)).status).toBe(404);
  });

  test('whoever may not manage users is denied them, and sees the accounts', async () => {
    const { get, tokens, clock } = await center(WAREHOUSE);
    const { accessToken } = await tokens();

    const denied = await get(USERS, accessToken);

    expect(denied.status).toBe(403);
    expect(denied.json).toMatchObject({
      errorCode: 'access.denied.exception',
      generalMessage: 'You do not have permission to access this resource',
      timestamp: clock.now(),
    });
    expect((await get(ACCOUNTS, accessToken)).status).toBe(200);
  });

  test('the accounts are the sub-accounts, one by id too', async () => {
    const { get, tokens } = await center();
    const { accessToken } = await tokens();

    const accounts = list(await get(ACCOUNTS, accessToken));

    expect(accounts).toMatchObject([
      { accountId: '333333', accountName: 'RingForce', mainAccountId: '333330' },
      { accountId: '333334', mainAccountId: '333330' },
    ]);
    expect((await get(`${ACCOUNTS}/333333`, accessToken)).json).toEqual(accounts[0]);
    expect((await get(`${ACCOUNTS}/333330`, accessToken)).status).toBe(404);
  });
});

describe('permanent API tokens', () => {
  test('are made, listed, used and deleted', async () => {
    const { ask, tokens, withAuthToken } = await center();
    const bearer = { authorization: `Bearer ${(await tokens()).accessToken}` };

    const made = await ask(API_TOKENS, { method: 'POST', headers: bearer });
    const second = await withAuthToken('POST', API_TOKENS, made.text);

    expect(made.text).toMatch(/^SBX80:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(made.headers['content-type']).toBe('text/plain;charset=UTF-8');
    expect(list(await ask(API_TOKENS, { headers: bearer }))).toEqual([made.text, second.text]);
    expect((await withAuthToken('GET', USERS, made.text)).status).toBe(200);
    expect(plain(await withAuthToken('DELETE', `${API_TOKENS}/${made.text}`, second.text))).toEqual([200, 'true', 'text/plain;charset=UTF-8']);
    expect((await withAuthToken('GET', USERS, made.text)).status).toBe(401);
    expect((await withAuthToken('DELETE', `${API_TOKENS}/${made.text}`, second.text)).status).toBe(404);
  });

  test('do not end', async () => {
    const { ask, tokens, withAuthToken, sandbox } = await center();
    const { text } = await ask(API_TOKENS, { method: 'POST', headers: { authorization: `Bearer ${(await tokens()).accessToken}` } });

    await sandbox.advance(10 * 365 * 24 * 3_600_000);

    expect((await withAuthToken('GET', USERS, text)).status).toBe(200);
  });

  test("are deleted by those above their user, not by those below, and listed as their user's own", async () => {
    const above = await center();
    const { accessToken } = await above.tokens();
    const { json } = await above.postForm(TOKEN, WAREHOUSE);
    const below = (await above.exchange('', { rcAccessToken: String(json.access_token) })).json.accessToken;
    const make = (token: unknown) => above.ask(API_TOKENS, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    const remove = (token: string, by: unknown) => above.ask(`${API_TOKENS}/${token}`, { method: 'DELETE', headers: { authorization: `Bearer ${by}` } });
    const [ofAbove, ofBelow] = [await make(accessToken), await make(below)];

    expect(list(await above.get(API_TOKENS, accessToken))).toEqual([ofAbove.text]);
    expect((await remove(ofAbove.text, below)).status).toBe(404);
    expect((await remove(ofBelow.text, accessToken)).status).toBe(200);
  });
});

describe('the legacy portals', () => {
  const PORTAL = '/api/v1/auth/login';
  const JOHN = { username: 'john.wang@example.com', password: 'RingCX-1111' };

  test('answer a password with an auth token, which serves where a permanent one does', async () => {
    const { postForm, withAuthToken } = await center();

    const { json } = await postForm(PORTAL, JOHN, '');

    expect(json).toMatchObject({
      authToken: expect.stringMatching(/^SBX80-/),
      platformHost: expect.any(String),
      user: { userId: 1111 },
      accounts: [{ accountId: '333333' }, {}],
    });
    const made = await withAuthToken('POST', '/api/v1/admin/token', String(json.authToken));
    expect(list(await withAuthToken('GET', '/api/v1/admin/users', made.text))).toHaveLength(1);
    expect(fault(await withAuthToken('GET', '/api/v1/admin/users', 'nonsense'))).toEqual([401, 'authentication.exception']);
    expect((await postForm(PORTAL, { ...JOHN, password: 'x' }, '')).status).toBe(401);
  });

  test.each<[string, Record<string, string>, number]>([
    ['an hour', {}, 3_600_000],
    ['two weeks', { stayLoggedIn: 'true' }, 14 * 24 * 3_600_000],
  ])('an auth token lives %s from its last use on', async (_long, more, lifetimeMs) => {
    const { postForm, withAuthToken, sandbox } = await center();
    const authToken = String((await postForm(PORTAL, { ...JOHN, ...more }, '')).json.authToken);
    const use = async () => (await withAuthToken('GET', '/api/v1/admin/accounts', authToken)).status;

    await sandbox.advance(lifetimeMs - 1);
    expect(await use()).toBe(200);
    await sandbox.advance(lifetimeMs - 1);
    expect(await use()).toBe(200);
    await sandbox.advance(lifetimeMs);
    expect(await use()).toBe(401);
  });
});

describe('isTokenValid', () => {
  test('says of a token of any kind whether it is good', async () => {
    const { tokens, get, postForm, sandbox, ask } = await center();
    const { accessToken } = await tokens();
    const { text: apiToken } = await ask(API_TOKENS, { method: 'POST', headers: { authorization: `Bearer ${accessToken}` } });
    const { json } = await postForm('/voice/api/v1/auth/login', { username: 'john.wang@example.com', password: 'RingCX-1111' }, '');
    const judged = async (by: string) =>
      Promise.all(
        [accessToken, apiToken, String(json.authToken), 'nonsense'].map(async (token) => (await get(`${VALID}?token=${encodeURIComponent(token)}`, by)).text),
      );

    expect(await judged(accessToken)).toEqual(['true', 'true', 'true', 'false']);
    await sandbox.advance(3_600_000);
    const { json: fresh } = await postForm(LOGIN, { username: 'john.wang@example.com', password: 'RingCX-1111', platformId: 'SBX80' }, '');
    expect(await judged(String(fresh.accessToken))).toEqual(['false', 'true', 'false', 'false']);
    expect((await get(VALID, String(fresh.accessToken))).status).toBe(400);
  });
});

describe('where RingCX has nothing', () => {
  test.each(['/voice/api', '/voice/api/v1/weather', '/voice/api/cx/integration/v1/x', '/platform/api/media', '/api/auth', '/api/v2/x'])(
    '%s answers 404 in its shape',
    async (path) => {
      const { ask, clock } = await center();

      const { status, json } = await ask(path);

      expect([status, json]).toEqual([
        404,
        {
          errorCode: 'resource.not.found.exception',
          generalMessage: 'The resource you have requested does not exist',
          details: 'The resource you have requested does not exist',
          requestUri: `${path.slice(1)} - GET`,
          timestamp: clock.now(),
        },
      ]);
    },
  );

  test('another method answers 405 with those there are', async () => {
    const { ask } = await center();

    const answer = await ask(EXCHANGE);

    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
  });

  test.each(['/voice', '/apis', '/platform'])("%s is RingCentral's to answer", async (path) => {
    const { ask } = await center();

    expect((await ask(path)).json.errorCode).toBe('CMN-120');
  });
});

describe('RingCx', () => {
  test('forgets sign-ins that nothing can come of any more', () => {
    let now = 0;
    const kept = new Set<string>();
    const journal = {
      ...forgetfulJournal(),
      put: (_kind: string, id: string) => void kept.add(id),
      remove: (_kind: string, id: string) => void kept.delete(id),
    };
    const directory = new Directory(DEMO_DATA, journal);
    const ringCx = new RingCx({ data: DEMO_DATA.ringCx ?? [], now: () => now, random: systemRandom, journal, directory, limitScale: () => 1 });
    const member = ringCx.findMember(1111);
    if (!member) throw new Error('the demo has changed');
    const signIn = (hasRefresh: boolean) => ringCx.signIn(member, { hasRefresh, ssoLogin: true });
    const [without, withRefresh] = [signIn(false), signIn(true)];

    now = 2 * 3_600_000;
    const later = signIn(false);
    expect([...kept]).toEqual([withRefresh.id, later.id]);
    now = 25 * 3_600_000;
    const last = signIn(false);

    expect([...kept]).toEqual([last.id]);
    for (const { accessTokens } of [without, withRefresh, later]) expect(ringCx.judgeBearer(accessTokens[0]?.token ?? '').state).toBe('unknown');
  });
});
