import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts';
import { Browser } from '../sandbox-browser.ts';
import { type Reply, type Sent, StillClock } from '../sandbox-world.ts';
import { exchange, type Printed, type RawAnswer } from './raw-exchange.ts';

// The documents print blanks at the ends of some lines; they stand here too.
const APP = 'WW91ckFwcEtleTpZb3VyQXBwU2VjcmV0';
// This one is redacted in the document and decodes to nothing: a live value takes its place.
const REDACTED = 'cmVsLWFsbC1wZXJtaXNzaWXFjMmpRZmlQcnlkSUkweE92QQ==';
const PRINTED_CODE = [
  'U0pDMTFQMDFQQVMwM',
  'XxBQUJfTVpHWk5lM29zNVFmWnNHQ01MSmJuMHJmNGlRcnRaeEptTWlPS0MzUTdYRDdSTURiaHBuWHZINGM2WTdqaWlBOE',
  'VhRHNxRWdJVUNYQjd4dmJsWHJoVVlWQVN2SFo2YWJPanJsRkFWZk9SMm5lek0tWnF5d3h8C3AnYOPxO0flEwO6Ffoq9Tl',
  'qs1s',
].join('');
const PRINTED_TOKEN = '2YotnFZFEjr1zCsicMWpAA';
const PRINTED_REVOKED = 'U0pDMDFQMDFKV1MwMXwJ_W7L1fG4eGXBW9Pp-otywzriCw';
const PRINTED_CX_TOKENS = { rcAccessToken: '<rcAccessToken>', access: '<rcRingCXAccessToken>', refresh: '<rcRingCXRefreshToken>' };

const CONTACT_PATH = '/restapi/v1.0/account/1110475004/extension/1110475004/address-book/contact/29874662828';
const CX_PATH = 'https://engage.ringcentral.com';
const FORM = 'Content-Type: application/x-www-form-urlencoded';

const CODE: Printed = {
  head: ['POST /restapi/oauth/token HTTP/1.1 ', 'Accept: application/json ', `${FORM} `, `Authorization: Basic ${REDACTED}`],
  body: [`code=${PRINTED_CODE}`, '&grant_type=authorization_code&redirect_uri=https%3A%2F%2Fmyapp.acme.com%2Foauth2redirect'],
};
const PASSWORD: Printed = {
  head: ['POST /restapi/oauth/token HTTP/1.1 ', 'Accept: application/json ', `${FORM} `, `Authorization: Basic ${REDACTED}`],
  body: ['grant_type=password&username=18559100010&extension=101&password=121212'],
};
const SIGNUP: Printed = {
  head: ['POST /restapi/oauth/token HTTP/1.1', FORM, `Authorization: Basic ${APP}`, 'Accept: application/json'],
  body: ['access_token_ttl=7200&grant_type=client_credentials&brand_id=1234'],
};
const ACCOUNT_SESSION: Printed = {
  head: ['POST /restapi/oauth/token HTTP/1.1', FORM, `Authorization: Basic ${APP} `, 'Accept: application/json'],
  body: ['partner_account_id=BAN0009&access_token_ttl=7200&grant_type=client_credentials&brand_id=1234'],
};
const CLIENT_AUTHENTICATION: Printed = {
  head: ['POST /restapi/oauth/token HTTP/1.1  ', 'Host: platform.ringcentral.com', `Authorization: Basic ${APP} `, `${FORM};charset=UTF-8`],
  body: ['grant_type=password&username=18887776655&extension=102&password=Myp@ssw0rd'],
};
const CONTACT_BY_HEADER: Printed = {
  head: [
    `GET ${CONTACT_PATH}`,
    `Authorization: Bearer ${PRINTED_TOKEN} `,
    'Host: platform.ringcentral.com',
    'Accept: application/json  ',
    'Connection: keep-alive',
  ],
};
const CONTACT_BY_QUERY: Printed = {
  head: [`GET ${CONTACT_PATH}?access_token=${PRINTED_TOKEN}`, 'Host: platform.ringcentral.com', 'Accept: application/json  ', 'Connection: keep-alive'],
};
const REVOKE: Printed = {
  head: ['POST /restapi/oauth/revoke  HTTP/1.1', FORM, `Authorization: Basic ${APP}`],
  body: [`token=${PRINTED_REVOKED}`],
};
const CX_EXCHANGE: Printed = {
  head: [`POST ${CX_PATH}/api/auth/login/rc/accesstoken`, FORM],
  body: [`rcAccessToken=${PRINTED_CX_TOKENS.rcAccessToken}&rcTokenType=Bearer`],
};
const CX_EXCHANGE_WITH_REFRESH: Printed = { ...CX_EXCHANGE, head: [`POST ${CX_PATH}/api/auth/login/rc/accesstoken?includeRefresh=true`, FORM] };
const CX_USERS: Printed = { head: [`GET ${CX_PATH}/voice/api/v1/admin/users`, `Authorization: Bearer ${PRINTED_CX_TOKENS.access}`] };
const CX_ACCOUNTS: Printed = { head: [`GET ${CX_PATH}/voice/api/v1/admin/accounts`, `Authorization: Bearer ${PRINTED_CX_TOKENS.access}`] };
const CX_REFRESH: Printed = {
  head: [`POST ${CX_PATH}/api/auth/token/refresh`, FORM],
  body: [`refresh_token=${PRINTED_CX_TOKENS.refresh}&rcTokenType=Bearer`],
};

const AGENT = {
  agentId: 111111,
  firstName: 'John',
  lastName: 'Wang',
  agentType: 'AGENT',
  rcUserId: 222222,
  accountId: '333333',
  accountName: 'RingForce',
  agentGroupId: null,
  allowLoginControl: true,
  allowLoginUpdates: true,
};
const CX_SESSION = {
  accessToken: expect.any(String),
  tokenType: 'Bearer',
  agentDetails: [expect.objectContaining(AGENT)],
  adminId: 1111,
  adminUrl: '/voice/admin/',
  agentUrl: '/voice/agent/',
  ssoLogin: true,
};

const SECONDS = expect.toSatisfy((value: unknown) => Number.isInteger(value) && Number(value) > 3_500 && Number(value) <= 3_600);
const BARE_TOKENS = { access_token: expect.any(String), token_type: 'bearer', expires_in: SECONDS };
const USER_TOKENS = {
  ...BARE_TOKENS,
  refresh_token: expect.any(String),
  refresh_token_expires_in: expect.toSatisfy((value: unknown) => Number(value) > 604_700 && Number(value) <= 604_800),
};

describe.each([{ scheme: 'http' }, { scheme: 'https' }] as const)("the documents' requests, as they are printed, over $scheme", ({ scheme }) => {
  let it: DocumentWorld;
  beforeEach(async () => {
    it = await documentWorld(scheme);
  });

  test('the redirect after consent carries code, state and expires_in=60, in this order', async () => {
    const location = await codeRedirect(it, 'https://myapp.example.com/oauth2Callback');

    expect(location).toMatch(/^https:\/\/myapp\.example\.com\/oauth2Callback\?code=[\w-]+&state=xyz&expires_in=60$/);
  });

  test('authorization code', async () => {
    const code = new URL(await codeRedirect(it, 'https://myapp.acme.com/oauth2redirect')).searchParams.get('code') ?? '';

    const answer = await it.send(CODE, { [REDACTED]: APP, [PRINTED_CODE]: code });

    expectTokens(answer, { ...USER_TOKENS, scope: expect.stringContaining('SMS'), owner_id: '256440016' });
  });

  test('password', async () => {
    const answer = await it.send(PASSWORD, { [REDACTED]: APP });

    expectTokens(answer, { ...USER_TOKENS, owner_id: '256440016' });
  });

  test('signup session: no refresh token and no owner; the lifetime is cut to an hour; an account is out of its reach', async () => {
    const answer = await it.send(SIGNUP);

    const { access_token, ...rest } = expectTokens(answer, { ...BARE_TOKENS, scope: expect.stringMatching(/\bAccounts\b.*\bNumberLookup\b/) });
    expect(rest).not.toHaveProperty('refresh_token');
    expect(rest).not.toHaveProperty('owner_id');
    expect(await it.status('/restapi/v1.0/account/~', access_token)).toBe('HTTP/1.1 401 Unauthorized');
    expect(await it.status('/restapi/v1.0/dictionary/country', access_token)).toBe('HTTP/1.1 200 OK');
  });

  test('account-centric session: its own account, and no other', async () => {
    const answer = await it.send(ACCOUNT_SESSION);

    const { access_token } = expectTokens(answer, { ...BARE_TOKENS, scope: expect.stringMatching(/\bAccounts\b/) });
    expect(await it.status('/restapi/v1.0/account/~', access_token)).toBe('HTTP/1.1 200 OK');
    expect(await it.status('/restapi/v1.0/account/1110475004', access_token)).toBe('HTTP/1.1 401 Unauthorized');
  });

  test('client authentication, with a charset and a raw @ in the form', async () => {
    const answer = await it.send(CLIENT_AUTHENTICATION);

    expectTokens(answer, { ...USER_TOKENS, owner_id: '1110475004' });
  });

  test.each([
    { by: 'header', printed: CONTACT_BY_HEADER },
    { by: 'query', printed: CONTACT_BY_QUERY },
  ])('a contact of the address book, the token in the $by', async ({ printed }) => {
    const { access_token } = tokensOf(await it.send(CLIENT_AUTHENTICATION));

    const answer = await it.send(printed, { [PRINTED_TOKEN]: String(access_token) });

    expect(answer.statusLine).toBe('HTTP/1.1 200 OK');
    expect(JSON.parse(answer.text)).toMatchObject({ id: 29_874_662_828, uri: `${it.sandbox.origin}${CONTACT_PATH}` });
  });

  test.each([{ which: 'access_token' }, { which: 'refresh_token' }])('revocation by $which: 200 without a body, and nothing is left', async ({ which }) => {
    const tokens = tokensOf(await it.send(CLIENT_AUTHENTICATION));

    const answer = await it.send(REVOKE, { [PRINTED_REVOKED]: String(tokens[which]) });

    expect([answer.statusLine, answer.text]).toEqual(['HTTP/1.1 200 OK', '']);
    expect(await it.status('/restapi/v1.0/account/~', tokens.access_token)).toBe('HTTP/1.1 401 Unauthorized');
  });

  test('revocation of the printed token, which nobody knows, is a success too', async () => {
    expect((await it.send(REVOKE)).statusLine).toBe('HTTP/1.1 200 OK');
  });

  test('RingCX: exchange, without and with a refresh token', async () => {
    const { access_token } = tokensOf(await it.send(CLIENT_AUTHENTICATION));
    const live = { [PRINTED_CX_TOKENS.rcAccessToken]: String(access_token) };

    const plain = await it.send(CX_EXCHANGE, live);
    const withRefresh = await it.send(CX_EXCHANGE_WITH_REFRESH, live);

    expect([plain.statusLine, withRefresh.statusLine]).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);
    expect(JSON.parse(plain.text)).toMatchObject(CX_SESSION);
    expect(JSON.parse(plain.text).refreshToken ?? null).toBeNull();
    expect(JSON.parse(withRefresh.text)).toMatchObject({ ...CX_SESSION, refreshToken: expect.any(String) });
  });

  test('RingCX: users and accounts; after five minutes the token is over, in plain text; refresh', async () => {
    const { access_token } = tokensOf(await it.send(CLIENT_AUTHENTICATION));
    const first = tokensOf(await it.send(CX_EXCHANGE_WITH_REFRESH, { [PRINTED_CX_TOKENS.rcAccessToken]: String(access_token) }));
    const live = { [PRINTED_CX_TOKENS.access]: String(first.accessToken), [PRINTED_CX_TOKENS.refresh]: String(first.refreshToken) };

    const users = await it.send(CX_USERS, live);
    const accounts = await it.send(CX_ACCOUNTS, live);
    await it.sandbox.advance(301_000);
    const late = await it.send(CX_USERS, live);
    const refreshed = await it.send(CX_REFRESH, live);
    const second = tokensOf(refreshed);
    const again = await it.send(CX_USERS, { [PRINTED_CX_TOKENS.access]: String(second.accessToken) });

    expect([users, accounts, again].map(({ statusLine }) => statusLine)).toEqual(Array(3).fill('HTTP/1.1 200 OK'));
    expect(JSON.parse(accounts.text)).toContainEqual(expect.objectContaining({ accountId: '333333', accountName: 'RingForce' }));
    expect([late.statusLine, late.text]).toEqual(['HTTP/1.1 401 Unauthorized', 'Jwt is expired']);
    expect(second).toMatchObject({ ...CX_SESSION, refreshToken: expect.any(String) });
    expect(second.refreshToken).not.toBe(first.refreshToken);
  });
});

function expectTokens(answer: RawAnswer, printed: object): Record<string, unknown> {
  expect(answer.statusLine).toBe('HTTP/1.1 200 OK');
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(tokensOf(answer)).toMatchObject(printed);
  return tokensOf(answer);
}

function tokensOf({ text }: RawAnswer): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

interface DocumentWorld {
  readonly sandbox: Sandbox;
  send(printed: Printed, live?: Readonly<Record<string, string>>): Promise<RawAnswer>;
  /** The status line of a GET with this token. */
  status(path: string, token: unknown): Promise<string>;
}

async function documentWorld(scheme: 'http' | 'https'): Promise<DocumentWorld> {
  const sandbox = await startSandbox({ clock: new StillClock(), tls: scheme === 'https' });
  onTestFinished(() => sandbox.close());
  await sandbox.setLimits({ scale: 0 });
  expect(sandbox.origin).toMatch(new RegExp(`^${scheme}:`));
  const send: DocumentWorld['send'] = (printed, live) => exchange(sandbox.origin, printed, live, sandbox.ca);
  return {
    sandbox,
    send,
    status: async (path, token) => (await send({ head: [`GET ${path} HTTP/1.1`, `Authorization: Bearer ${String(token)}`] })).statusLine,
  };
}

/** Has the warehouse's user sign in and allow, after a form POST as the documents describe it. @returns where the browser is sent */
async function codeRedirect({ send }: DocumentWorld, redirectUri: string): Promise<string> {
  const browser = new Browser({ ask: (path, sent = {}) => askRaw(send, path, sent) });
  const fields = { response_type: 'code', client_id: 'YourAppKey', redirect_uri: redirectUri, state: 'xyz' };
  const { headers } = await browser.post('/restapi/oauth/authorize', fields);
  const login = await browser.open(headers.location ?? '');
  const consent = await browser.submit(login, { username: '18559100010', extension: '101', password: '121212' });
  return (await browser.submit(consent, { decision: 'allow' })).headers.location ?? '';
}

async function askRaw(send: DocumentWorld['send'], path: string, { method = 'GET', headers = {}, body }: Sent): Promise<Reply> {
  const head = [`${method} ${path} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  const answer = await send({ head, ...(body !== undefined && { body: [String(body)] }) });
  const cookies = answer.headers.get('set-cookie');
  const location = answer.headers.get('location');
  return {
    status: Number(answer.statusLine.split(' ')[1]),
    headers: { ...(cookies !== undefined && { 'set-cookie': [cookies] }), ...(location !== undefined && { location }) },
    text: answer.text,
    bytes: Buffer.from(answer.text),
    json: {},
  };
}
