import { type RealAccount, refusalOf, type Seen } from './real-account.ts';
import { always, type Statement } from './statement.ts';

const BASE_FIELDS = ['access_token', 'token_type', 'expires_in', 'scope', 'owner_id', 'endpoint_id', 'session_id'];
const REFRESH_DOCUMENT = { source: 'RingCentral "Refresh tokens", from an experiment of 2020', date: '2023-06' };
const EXPERIMENT = { source: 'experiment of an SDK maintainer on the platform', date: '2020-07' };
// A little beyond the ten seconds that the platform gives.
const GRACE_OVER_MS = 12_000;

/** Signing in, and what the token endpoint refuses. */
export const tokenStatements: readonly Statement[] = [
  {
    name: 'token answer',
    asks: 'a sign-in with a JWT',
    expected: always({ missing: [], token_type: 'bearer', expires_in: 'about 3600', stored: 'no-store' }),
    source: 'RingCentral OpenAPI TokenInfo; RFC 6749 §5.1',
    date: '2026-08-13',
    tokenRequests: 2,
    observe: async (account) => {
      const { answer } = await account.signIn();
      return {
        missing: BASE_FIELDS.filter((name) => !(name in answer.json)),
        token_type: answer.json.token_type,
        expires_in: about(answer.json.expires_in),
        stored: /no-store/.test(answer.headers.get('cache-control') ?? '') ? 'no-store' : 'not said',
      };
    },
  },
  {
    name: 'access token lifetime, too short',
    asks: 'access_token_ttl=60',
    expected: always('about 600'),
    source: 'RingCentral "Authentication", access_token_ttl',
    date: '2026-04-28',
    tokenRequests: 2,
    observe: (account) => lifetime(account, { access_token_ttl: '60' }),
  },
  {
    name: 'access token lifetime, too long',
    asks: 'access_token_ttl=7200',
    expected: always('about 3600'),
    source: 'RingCentral "Authentication", access_token_ttl',
    date: '2026-04-28',
    tokenRequests: 2,
    observe: (account) => lifetime(account, { access_token_ttl: '7200' }),
  },
  {
    name: 'access token lifetime, negative',
    asks: "access_token_ttl=-1, as RingCentral's JavaScript SDK sends after a 401",
    expected: always('about 600'),
    source: 'inferred from the documented rule',
    date: '2026-11',
    tokenRequests: 2,
    observe: (account) => lifetime(account, { access_token_ttl: '-1' }),
  },
  {
    name: 'no refresh token',
    asks: 'refresh_token_ttl=0',
    expected: always('no refresh token'),
    source: 'community articles 231 and 1426',
    date: '2020',
    tokenRequests: 2,
    observe: async (account) => ((await account.signIn({ refresh_token_ttl: '0' })).refreshToken === undefined ? 'no refresh token' : 'a refresh token'),
  },
  {
    name: 'unknown App',
    asks: 'a token with the client id "trunkline-no-such-app"',
    expected: always('400 invalid_client OAU-153'),
    source: 'capture of an SDK',
    date: '2017-04',
    tokenRequests: 1,
    observe: async (account) => refusalOf(await account.token({ grant_type: 'refresh_token', refresh_token: 'x' }, NO_SUCH_APP)),
  },
  {
    name: 'no App',
    asks: 'a token without a client id',
    expected: always('400 invalid_client OAU-123'),
    source: 'capture in a pull request of ringcentral-api-docs',
    date: '2018',
    tokenRequests: 1,
    observe: async (account) => refusalOf(await account.token({ grant_type: 'refresh_token', refresh_token: 'x' }, '')),
  },
  {
    name: 'unknown grant',
    asks: 'grant_type=trunkline',
    expected: always('400 unsupported_grant_type OAU-250'),
    source: 'inferred; the code was seen for a grant that is not enabled',
    date: '2026-11',
    tokenRequests: 1,
    observe: async (account) => refusalOf(await account.token({ grant_type: 'trunkline' })),
  },
  {
    name: 'bad JWT',
    asks: 'an assertion that is no JWT',
    expected: always('400 invalid_grant OAU-140'),
    source: 'inferred; users report the text "Invalid assertion" without a code',
    date: '2026-11',
    tokenRequests: 1,
    observe: async (account) => refusalOf(await account.token({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'no-jwt' })),
  },
  {
    name: 'token request that is no form',
    asks: 'a token with a JSON body',
    expected: always(415),
    source: 'RingCentral OpenAPI getToken',
    date: '2026-08-13',
    tokenRequests: 1,
    observe: async (account) => (await account.tokenAsJson()).status,
  },
];

/** What becomes of a pair of tokens that is refreshed. */
export const refreshStatements: readonly Statement[] = [
  {
    name: 'refresh',
    asks: 'a new pair for a refresh token',
    expected: always({ status: 200, accessToken: 'new', refreshToken: 'new' }),
    ...REFRESH_DOCUMENT,
    tokenRequests: 3,
    observe: async (account) => {
      const before = await account.signInToRefresh();
      const { status, json } = await account.refresh(before.refreshToken);
      return { status, accessToken: compared(json.access_token, before.accessToken), refreshToken: compared(json.refresh_token, before.refreshToken) };
    },
  },
  {
    name: 'unknown refresh token',
    asks: 'a new pair for a refresh token that never was',
    expected: always('400 invalid_grant OAU-213'),
    source: "table of RingCentral's web client",
    date: '2023',
    tokenRequests: 1,
    observe: async (account) => refusalOf(await account.refresh('trunkline-no-such-token')),
  },
  {
    name: 'grace while the new access token is unused',
    asks: 'the exchanged refresh token again, before the new access token is used',
    expected: { platform: 'the same access token', strict: '400 invalid_grant OAU-213' },
    ...REFRESH_DOCUMENT,
    tokenRequests: 4,
    observe: async (account) => {
      const { first, again } = await refreshedTwice(account, async () => {});
      return repetition(first, again);
    },
  },
  {
    name: 'grace just after the new access token is used',
    asks: 'the exchanged refresh token again, right after the new access token was used',
    expected: { platform: 'the same access token', strict: '400 invalid_grant OAU-213' },
    ...REFRESH_DOCUMENT,
    tokenRequests: 4,
    observe: async (account) => {
      const { first, again } = await refreshedTwice(account, (accessToken) => use(account, accessToken));
      return repetition(first, again);
    },
  },
  {
    name: 'end of the grace',
    asks: 'the exchanged refresh token again, 12 s after the new access token was used',
    expected: always('400 invalid_grant OAU-213'),
    ...REFRESH_DOCUMENT,
    tokenRequests: 4,
    observe: async (account) => {
      const { first, again } = await refreshedTwice(account, async (accessToken) => {
        await use(account, accessToken);
        await account.sleep(GRACE_OVER_MS);
      });
      return repetition(first, again);
    },
  },
  {
    name: 'old access token right after a refresh',
    asks: 'the account with the access token that was just replaced',
    expected: always('401 TokenInvalid OAU-129'),
    ...EXPERIMENT,
    tokenRequests: 3,
    observe: async (account) => {
      const { accessToken, refreshToken } = await account.signInToRefresh();
      await account.refresh(refreshToken);
      return refusalOf(await account.ask(OWN_ACCOUNT, { group: 'Light', authorization: `Bearer ${accessToken}` }));
    },
  },
  {
    name: 'old access token a little later',
    asks: 'the same, 12 s after the refresh',
    expected: always('401 TokenInvalid OAU-213'),
    ...EXPERIMENT,
    tokenRequests: 3,
    observe: async (account) => {
      const { accessToken, refreshToken } = await account.signInToRefresh();
      await account.refresh(refreshToken);
      await account.sleep(GRACE_OVER_MS);
      return refusalOf(await account.ask(OWN_ACCOUNT, { group: 'Light', authorization: `Bearer ${accessToken}` }));
    },
  },
];

/** The end of a session. */
export const revokeStatements: readonly Statement[] = [
  {
    name: 'revoke',
    asks: 'the end of a session by its access token',
    expected: always({ status: 200, body: 'empty' }),
    source: 'RingCentral OpenAPI revokeToken; test of the .NET SDK',
    date: '2026-08-13',
    tokenRequests: 2,
    observe: async (account) => {
      const { accessToken } = await account.signIn();
      const { status, text } = await account.revoke(accessToken);
      return { status, body: text === '' ? 'empty' : 'not empty' };
    },
  },
  {
    name: 'access token of a revoked session',
    asks: 'the account with it',
    expected: always('401 TokenInvalid OAU-213'),
    source: 'community topic 1221',
    date: '2020',
    tokenRequests: 2,
    observe: async (account) => {
      const { accessToken } = await account.signIn();
      await account.revoke(accessToken);
      return refusalOf(await account.ask(OWN_ACCOUNT, { group: 'Light', authorization: `Bearer ${accessToken}` }));
    },
  },
  {
    name: 'refresh token of a revoked session',
    asks: 'a new pair for it',
    expected: always('400 invalid_grant OAU-211'),
    source: "test data of RingCentral's web client",
    date: '2023',
    tokenRequests: 3,
    observe: async (account) => {
      const { accessToken, refreshToken } = await account.signInToRefresh();
      await account.revoke(accessToken);
      return refusalOf(await account.refresh(refreshToken));
    },
  },
  {
    name: 'revoke of an unknown token',
    asks: 'the end of a session that never was',
    expected: always(200),
    source: 'RFC 7009 §2.2; RingCentral OAuth guide',
    date: '2016',
    tokenRequests: 1,
    observe: async (account) => (await account.revoke('trunkline-no-such-token')).status,
  },
];

const OWN_ACCOUNT = '/restapi/v1.0/account/~';
const NO_SUCH_APP = `Basic ${Buffer.from('trunkline-no-such-app:none').toString('base64')}`;

async function lifetime(account: RealAccount, form: Readonly<Record<string, string>>): Promise<string> {
  return about((await account.signIn(form)).answer.json.expires_in);
}

// The platform is often a second or two short.
function about(seconds: unknown): string {
  if (typeof seconds !== 'number') return 'none';
  const near = [600, 3_600].find((whole) => Math.abs(whole - seconds) <= 5);
  return near === undefined ? String(seconds) : `about ${near}`;
}

function compared(token: unknown, before: string): string {
  if (typeof token !== 'string') return 'none';
  return token === before ? 'the same' : 'new';
}

async function refreshedTwice(account: RealAccount, between: (accessToken: string) => Promise<void>): Promise<{ first: Seen; again: Seen }> {
  const { refreshToken } = await account.signInToRefresh();
  const first = await account.refresh(refreshToken);
  await between(String(first.json.access_token));
  return { first, again: await account.refresh(refreshToken) };
}

async function use(account: RealAccount, accessToken: string): Promise<void> {
  await account.ask(OWN_ACCOUNT, { group: 'Light', authorization: `Bearer ${accessToken}` });
}

function repetition(first: Seen, again: Seen): string {
  if (again.status !== 200) return refusalOf(again);
  return again.json.access_token === first.json.access_token ? 'the same access token' : 'another access token';
}
