import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Browser, formOf } from '../../../test/sandbox-browser.ts';
import { APP, codes, EXTENSION, FRONT_DESK, OTHER_APP, type Outside, outside, type Reply, TOKEN } from '../../../test/sandbox-world.ts';
import { DEMO_DATA } from '../demo.ts';
import type { App, SandboxData } from '../directory.ts';

const AUTHORIZE = '/restapi/oauth/authorize';
const CALLBACK = 'https://myapp.example.com/oauth2Callback';
const LOGIN = { username: '18889363711', extension: '101', password: '1234' };
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const [DEMO_APP] = DEMO_DATA.apps as readonly [App];

function withApps(...apps: readonly Partial<App>[]): SandboxData {
  return { ...DEMO_DATA, apps: [...DEMO_DATA.apps, ...apps.map((app) => ({ ...DEMO_APP, ...app }))] };
}

function link(more: Readonly<Record<string, string>> = {}): string {
  return `${AUTHORIZE}?${new URLSearchParams({ response_type: 'code', client_id: 'YourAppKey', redirect_uri: CALLBACK, state: 'x y', ...more })}`;
}

function back(reply: Reply): Record<string, string> {
  return Object.fromEntries(new URL(reply.headers.location ?? '').searchParams);
}

/** Signs front-desk in and lets the app in, where that was not done before. */
async function allow(world: Outside, more?: Readonly<Record<string, string>>, browser = new Browser(world)): Promise<Record<string, string>> {
  const next = await browser.submit(await browser.open(link(more)), LOGIN);
  return back(next.status === 302 ? next : await browser.submit(next, { decision: 'allow' }));
}

function redeem({ postForm }: Outside, code: string | undefined, more: Readonly<Record<string, string>> = {}, app = APP): Promise<Reply> {
  return postForm(TOKEN, { grant_type: 'authorization_code', code: code ?? '', redirect_uri: CALLBACK, ...more }, app);
}

describe('signing in by a code', () => {
  test('login page, consent page, 302 with code, state and expires_in, tokens, a call', async () => {
    const world = await outside();
    const browser = new Browser(world);

    const login = await browser.open(link());
    const consent = await browser.submit(login, LOGIN);
    const done = await browser.submit(consent, { decision: 'allow' });
    const tokens = await redeem(world, back(done).code);

    expect(login.text).toContain('<title>Sign in to Your App</title>');
    expect(consent.text).toContain('<li>Send and receive faxes in your name</li>');
    expect(consent.text).toContain('Front Desk');
    expect(done.status).toBe(302);
    expect(done.headers.location).toMatch(/^https:\/\/myapp\.example\.com\/oauth2Callback\?code=SBXC[\w-]{43}&state=x\+y&expires_in=60$/);
    expect(tokens.json).toMatchObject({ owner_id: '403141004', token_type: 'bearer', refresh_token: expect.any(String) });
    expect((await world.get(EXTENSION, String(tokens.json.access_token))).status).toBe(200);
  });

  test('the request may come as a form, and its empty parameters count as absent', async () => {
    const world = await outside();
    const browser = new Browser(world);
    const empty = { brand_id: '', display: '', prompt: '', ui_options: '', ui_locales: '', localeId: '', code_challenge: '', code_challenge_method: '' };

    const reply = await browser.post(AUTHORIZE, { response_type: 'code', client_id: 'YourAppKey', redirect_uri: CALLBACK, ...empty });

    expect([reply.status, reply.headers.location]).toEqual([
      302,
      expect.stringMatching(/^\/login\?response_type=code&client_id=YourAppKey&redirect_uri=[^&]+$/),
    ]);
  });

  test('denied: the error that the platform sends, with the state', async () => {
    const world = await outside();
    const browser = new Browser(world);
    const consent = await browser.submit(await browser.open(link()), LOGIN);

    const reply = await browser.submit(consent, { decision: 'deny' });

    expect(reply.headers.location).toBe(`${CALLBACK}?error=access_denied&error_description=The+user+denied+access+to+your+application&state=x+y`);
  });

  test('a second sign-in in the same browser asks for nothing; prompt login and consent do', async () => {
    const world = await outside();
    const browser = new Browser(world);
    await allow(world, {}, browser);

    const again = await browser.open(link());
    const none = await browser.open(link({ prompt: 'none' }));
    const login = await browser.open(link({ prompt: 'login' }));
    const consent = await browser.open(link({ prompt: 'consent' }));
    const both = await browser.submit(await browser.open(link({ prompt: 'login consent' })), LOGIN);

    expect([back(again).code, back(none).code]).toEqual([expect.stringMatching(/^SBXC/), expect.stringMatching(/^SBXC/)]);
    expect(login.text).toContain('name="password"');
    expect(consent.text).toContain('value="allow"');
    expect(both.text).toContain('value="allow"');
  });

  test('prompt=none without a login, or without a consent, goes back with the reason', async () => {
    const world = await outside();
    const stranger = await new Browser(world).open(link({ prompt: 'none' }));
    const browser = new Browser(world);
    await browser.submit(await browser.open(link()), LOGIN);

    const noConsent = await browser.open(link({ prompt: 'none' }));

    expect([back(stranger).error, back(noConsent).error]).toEqual(['login_required', 'consent_required']);
  });

  test('login_hint stands in the form, and is escaped', async () => {
    const world = await outside();

    const page = await new Browser(world).open(link({ login_hint: '"><script>alert(1)</script>' }));

    expect(page.text).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
    expect(page.text).not.toContain('<script');
  });

  test('discovery=true names the token endpoint on the way back', async () => {
    const world = await outside();

    const reply = await allow(world, { discovery: 'true' });

    expect(reply).toMatchObject({ token_uri: `${world.sandbox.origin}${TOKEN}`, discovery_uri: `${world.sandbox.origin}/.well-known/entry-points/external` });
  });

  test('a browser login and a consent outlive nothing but what they may: twelve hours', async () => {
    const world = await outside();
    const browser = new Browser(world);
    await allow(world, {}, browser);

    await world.sandbox.advance(12 * 3_600_000);

    expect(back(await browser.open(link({ prompt: 'none' }))).error).toBe('login_required');
  });
});

describe('the login page', () => {
  test.each([
    ['a wrong password', { password: 'x' }, 400, 'not right'],
    ['an unknown user', { username: '15555550199' }, 400, 'not right'],
    ['no password', { password: '' }, 400, 'type your name'],
  ])('%s is said, and nobody is signed in', async (_what, wrong, status, text) => {
    const world = await outside();
    const browser = new Browser(world);

    const page = await browser.submit(await browser.open(link()), { ...LOGIN, ...wrong });

    expect([page.status, page.text.includes(text)]).toEqual([status, true]);
    expect(back(await browser.open(link({ prompt: 'none' }))).error).toBe('login_required');
  });

  test('five wrong passwords in a row lock the user, everywhere, for half an hour', async () => {
    const world = await outside();
    const browser = new Browser(world);
    const page = await browser.open(link());
    for (let count = 0; count < 4; count += 1) await browser.submit(page, { ...LOGIN, password: 'x' });
    const before = await world.postForm(TOKEN, { ...FRONT_DESK, password: 'x' });

    const locked = await browser.submit(page, LOGIN);
    const grant = await world.postForm(TOKEN, FRONT_DESK);
    await world.sandbox.advance(30 * 60_000);
    const after = await world.postForm(TOKEN, FRONT_DESK);

    expect(codes(before)).toEqual([400, 'invalid_grant', 'OAU-140']);
    expect([locked.status, locked.text.includes('locked')]).toEqual([403, true]);
    expect(codes(grant)).toEqual([400, 'invalid_grant', 'OAU-147']);
    expect(after.status).toBe(200);
  });

  test('a disabled user, and one of another account at a private app, are told why', async () => {
    const world = await outside({ data: withApps({ clientId: 'private', access: 'Private', accountId: 256_439_016 }) });
    await world.postJson('/_sandbox/users/1110475004', { status: 'Disabled' });
    const browser = new Browser(world);

    const disabled = await browser.submit(await browser.open(link()), { username: '18887776655', extension: '102', password: 'Myp@ssw0rd' });
    const foreign = await browser.submit(await browser.open(link({ client_id: 'private' })), LOGIN);
    const own = await browser.submit(await browser.open(link({ client_id: 'private' })), { username: '18559100010', extension: '101', password: '121212' });

    expect([disabled.status, foreign.status, own.status]).toEqual([403, 403, 200]);
    expect(foreign.text).toContain('private to another account');
  });

  test('62: pages have no scripts, cannot be framed, are not stored, and answer no other origin', async () => {
    const world = await outside();

    const { headers } = await world.ask((await world.ask(link())).headers.location ?? '', { headers: { origin: 'https://evil.example', accept: 'text/html' } });

    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' https:\/\/myapp\.example\.com; frame-ancestors 'none'/,
    );
    expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers['set-cookie']?.[0]).toMatch(/^sandbox_browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test("another site's form signs nobody in and lets nothing in", async () => {
    const world = await outside();
    const browser = new Browser(world);
    const { action, hidden } = formOf(await browser.open(link()), 0);
    const other = formOf(await new Browser(world).open(link()), 0);

    const withoutCookie = await browser.post(action, { ...hidden, ...LOGIN }, false);
    const withAnothersToken = await browser.post(action, { ...other.hidden, ...LOGIN });
    await browser.submit(await browser.open(link()), LOGIN);
    const consent = await browser.post(browser.path, { decision: 'allow' });

    expect([withoutCookie.status, withAnothersToken.status, consent.status]).toEqual([403, 403, 403]);
  });

  test('58: a login is followed by 303, and gives the browser a new name', async () => {
    const world = await outside();
    const browser = new Browser(world);
    const { action, hidden } = formOf(await browser.open(link()), 0);
    const before = browser.cookie;

    const reply = await browser.post(action, { ...hidden, ...LOGIN });

    expect([reply.status, reply.headers.location]).toEqual([303, expect.stringMatching(/^\/login\/consent\?/)]);
    expect(browser.cookie).not.toBe(before);
  });

  test('somebody else may sign in instead, and a browser may be signed out', async () => {
    const world = await outside();
    const browser = new Browser(world);
    const consent = await browser.submit(await browser.open(link()), LOGIN);

    const login = await browser.press(consent, 1);
    const other = await browser.submit(login, { username: '18559100010', extension: '101', password: '121212' });
    const out = await browser.submit(await browser.open('/logout'), {});

    expect(login.text).toContain('name="password"');
    expect(other.text).toContain('Warehouse');
    expect(out.text).toContain('You are signed out');
    expect(back(await browser.open(link({ prompt: 'none' }))).error).toBe('login_required');
  });
});

describe('an authorization request that is not right', () => {
  test.each([
    ['an unknown app', { client_id: 'nobody' }, 400, 'OAU-153'],
    ['no app', { client_id: '' }, 400, 'CMN-101'],
    ['another redirect URI', { redirect_uri: 'https://evil.example/' }, 403, 'OAU-109'],
    ['a redirect URI with more at its end', { redirect_uri: `${CALLBACK}/x` }, 403, 'OAU-109'],
    ['a redirect URI in other letters', { redirect_uri: CALLBACK.toUpperCase() }, 403, 'OAU-109'],
    ['no redirect URI where there are several', { redirect_uri: '' }, 403, 'OAU-109'],
    ['an app without redirect URI', { client_id: 'nowhere' }, 403, 'OAU-113'],
  ])('55: %s never redirects: a page for people, JSON for programs', async (_what, wrong: Record<string, string>, status, code) => {
    const world = await outside({ data: withApps({ clientId: 'nowhere', redirectUris: [] }) });

    const page = await world.ask(link(wrong), { headers: { accept: 'text/html,*/*' } });
    const json = await world.ask(link(wrong));

    expect([page.status, page.headers.location, page.headers['content-type']]).toEqual([status, undefined, 'text/html;charset=UTF-8']);
    expect(page.text).toContain(code);
    expect([json.status, codes(json)[2]]).toEqual([status, code]);
  });

  test.each([
    ['response_type', { response_type: '' }, 'invalid_request'],
    ['response_type token', { response_type: 'token' }, 'unsupported_response_type'],
    ['an app without the flow', { client_id: 'jwt-only' }, 'unauthorized_client'],
    ['an app without a user interface', { client_id: 'server-only' }, 'unauthorized_client'],
    ['prompt', { prompt: 'dance' }, 'invalid_request'],
    ['prompt none and another', { prompt: 'none login' }, 'invalid_request'],
    ['display', { display: 'wall' }, 'invalid_request'],
    ['brand_id', { brand_id: 'x' }, 'invalid_request'],
    ['ui_locales', { ui_locales: '!' }, 'invalid_request'],
    ['56: an unknown challenge method', { code_challenge: CHALLENGE, code_challenge_method: 'S512' }, 'invalid_request'],
    ['56: a challenge method alone', { code_challenge_method: 'S256' }, 'invalid_request'],
    ['56: a challenge too short', { code_challenge: 'short' }, 'invalid_request'],
    ['no challenge of an app without secret', { client_id: 'secretless' }, 'invalid_request'],
    ['a request object', { request: 'x.y.z' }, 'request_not_supported'],
    ['a request object elsewhere', { request_uri: 'https://evil.example' }, 'request_uri_not_supported'],
  ])('%s: back to the app with an error and the state', async (_what, wrong: Record<string, string>, error) => {
    const { clientSecret: _secret, ...secretless } = DEMO_APP;
    const data = withApps(
      { clientId: 'jwt-only', grantTypes: ['urn:ietf:params:oauth:grant-type:jwt-bearer'] },
      { clientId: 'server-only', platformType: 'ServerOnly' },
    );
    const world = await outside({ data: { ...data, apps: [...data.apps, { ...secretless, clientId: 'secretless' }] } });

    const reply = await world.ask(link(wrong));

    expect([reply.status, back(reply).error, back(reply).state]).toEqual([302, error, 'x y']);
  });

  test('57: a repeated parameter is refused without a redirect, but for the one that an SDK repeats', async () => {
    const world = await outside();

    expect(codes(await world.ask(`${link()}&state=2`))).toEqual([400, 'invalid_request', 'OAU-111']);
    expect((await world.ask(`${link()}&ui_options=a&ui_options=b`)).status).toBe(302);
  });

  test('on loopback any port is meant, and nothing else is free', async () => {
    const world = await outside({ data: withApps({ clientId: 'native', redirectUris: ['http://127.0.0.1/cb', 'com.example.app:/cb'] }) });
    const ask = async (redirectUri: string) => (await world.ask(link({ client_id: 'native', redirect_uri: redirectUri }))).status;

    const good = ['http://127.0.0.1/cb', 'http://127.0.0.1:49152/cb', 'com.example.app:/cb'];
    const bad = [
      'http://127.0.0.1:49152/other',
      'http://localhost:49152/cb',
      'http://127.0.0.1:49152@evil.example/cb',
      'https://127.0.0.1:1/cb',
      'com.example.app:/cb2',
    ];

    expect(await Promise.all(good.map(ask))).toEqual([302, 302, 302]);
    expect(await Promise.all(bad.map(ask))).toEqual([403, 403, 403, 403, 403]);
  });

  test('whatever is sent, it is answered by the rules: no 5xx, no redirect to where the app is not', async () => {
    const world = await outside();
    const names = fc.constantFrom(
      'response_type',
      'client_id',
      'redirect_uri',
      'state',
      'scope',
      'prompt',
      'nonce',
      'code_challenge',
      'code_challenge_method',
      'x',
    );
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('code', 'YourAppKey', CALLBACK, 'https://evil.example', 'none', '\r\nset-cookie: a=b', '%'),
    );

    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(names, values), { maxLength: 8 }), async (parameters) => {
        const reply = await world.ask(`${AUTHORIZE}?${new URLSearchParams(parameters)}`);
        expect(reply.status).toBeLessThan(500);
        expect(reply.headers.location ?? '/login').toMatch(/^(\/login|https:\/\/myapp\.example\.com\/oauth2Callback\?)/);
      }),
      { numRuns: 200 },
    );
  });
});

describe('an authorization code', () => {
  test.each([
    ['S256', CHALLENGE],
    ['plain', VERIFIER],
  ])('56: with %s the right verifier redeems it', async (method, challenge) => {
    const world = await outside();
    const { code } = await allow(world, { code_challenge: challenge, code_challenge_method: method });

    expect((await redeem(world, code, { code_verifier: VERIFIER })).status).toBe(200);
  });

  test('56: a method that is left out is plain', async () => {
    const world = await outside();
    const { code } = await allow(world, { code_challenge: VERIFIER });

    expect((await redeem(world, code, { code_verifier: VERIFIER })).status).toBe(200);
  });

  test.each([
    ['a wrong verifier', { code_verifier: `${VERIFIER.slice(0, -1)}x` }],
    ['no verifier', {}],
    ['a malformed verifier', { code_verifier: 'short' }],
    ['the challenge itself', { code_verifier: CHALLENGE }],
  ])('56: %s is refused, and burns the code', async (_what, verifier: Record<string, string>) => {
    const world = await outside();
    const { code } = await allow(world, { code_challenge: CHALLENGE, code_challenge_method: 'S256' });

    const wrong = await redeem(world, code, verifier);
    const right = await redeem(world, code, { code_verifier: VERIFIER });

    expect([codes(wrong), codes(right)]).toEqual([
      [400, 'invalid_grant', 'OAU-106'],
      [400, 'invalid_grant', 'OAU-106'],
    ]);
  });

  test('56: a verifier for a code without a challenge is refused', async () => {
    const world = await outside();

    expect(codes(await redeem(world, (await allow(world)).code, { code_verifier: VERIFIER }))).toEqual([400, 'invalid_grant', 'OAU-106']);
  });

  test('55: a second use is refused and ends the session that came of the first', async () => {
    const world = await outside();
    const { code } = await allow(world);
    const { json } = await redeem(world, code);

    const second = await redeem(world, code);

    expect(codes(second)).toEqual([400, 'invalid_grant', 'OAU-106']);
    expect(codes(await world.get(EXTENSION, String(json.access_token)))).toEqual([401, 'TokenInvalid', 'OAU-213']);
    expect(codes(await world.refresh(String(json.refresh_token)))).toEqual([400, 'invalid_grant', 'OAU-211']);
  });

  test.each([
    ['forged', 'OAU-106', (world: Outside) => redeem(world, 'SBXCforged')],
    ["another app's", 'OAU-110', async (world: Outside) => redeem(world, (await allow(world)).code, {}, OTHER_APP)],
    [
      'with another redirect URI',
      'OAU-109',
      async (world: Outside) => redeem(world, (await allow(world)).code, { redirect_uri: 'https://myapp.acme.com/oauth2redirect' }),
    ],
    ['without its redirect URI', 'OAU-109', async (world: Outside) => redeem(world, (await allow(world)).code, { redirect_uri: '' })],
  ])('one that is %s: invalid_grant, %s', async (_what, code, attempt) => {
    expect(codes(await attempt(await outside()))).toEqual([400, 'invalid_grant', code]);
  });

  test('it lives for sixty seconds', async () => {
    const world = await outside();
    const [early, late] = [await allow(world), await allow(world)];

    await world.sandbox.advance(59_999);
    const good = await redeem(world, early.code);
    await world.sandbox.advance(1);
    const expired = await redeem(world, late.code);

    expect([good.status, codes(expired)]).toEqual([200, [400, 'invalid_grant', 'OAU-108']]);
  });
});

describe('OpenID Connect', () => {
  test('61: what the metadata lists is there, and it is answered without a token', async () => {
    const world = await outside();

    const { json } = await world.ask('/.well-known/openid-configuration');
    const paths = Object.entries(json).filter(([name]) => name.endsWith('_endpoint') || name === 'jwks_uri');
    const statuses = await Promise.all(paths.map(async ([, url]) => (await world.ask(new URL(String(url)).pathname)).status));

    expect(json.issuer).toBe(world.sandbox.origin);
    expect(statuses).not.toContain(404);
  });

  test('openid gives an id_token, signed by the published key, with the nonce and what was asked for', async () => {
    const world = await outside();
    const { code } = await allow(world, { scope: 'openid email', nonce: 'n-1' });

    const { json } = await redeem(world, code);
    const [header, claims] = String(json.id_token)
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
    const keys = (await world.ask('/restapi/oauth/jwks')).json.keys as readonly { kid: string }[];

    expect([header?.alg, header?.kid]).toEqual(['RS256', keys[0]?.kid]);
    expect(claims).toMatchObject({ iss: world.sandbox.origin, aud: 'YourAppKey', sub: '403141004', nonce: 'n-1', email: 'front-desk@example.com' });
    expect(claims).not.toHaveProperty('given_name');
    expect(String(json.scope)).toMatch(/^openid email /);
  });

  test('without openid there is none; userinfo tells who the user is', async () => {
    const world = await outside();
    const { json } = await redeem(world, (await allow(world, { scope: 'email' })).code);

    const info = await world.get('/restapi/oauth/userinfo', String(json.access_token));

    expect(json).not.toHaveProperty('id_token');
    expect(info.json).toEqual({
      sub: '403141004',
      account_id: '403140004',
      email: 'front-desk@example.com',
      email_verified: true,
      given_name: 'Front',
      family_name: 'Desk',
    });
  });

  test('entry points are named before the sign-in for an app, and after it for its token', async () => {
    const world = await outside();
    const { access_token } = await world.signIn();

    const initial = await world.ask('/.well-known/entry-points/initial?clientId=YourAppKey');
    const external = await world.get('/.well-known/entry-points/external', access_token);

    expect(initial.json).toMatchObject({ authApi: { defaultTokenUri: `${world.sandbox.origin}${TOKEN}` }, coreApi: { baseUri: world.sandbox.origin } });
    expect(external.json).toMatchObject({ authApi: { tokenUri: `${world.sandbox.origin}${TOKEN}` }, expiresIn: expect.any(Number) });
    expect([initial.headers['discovery-tag'], (await world.ask('/.well-known/entry-points/initial')).status]).toEqual(['1', 400]);
  });

  test('a WebSocket token needs its permission', async () => {
    const world = await outside({ data: withApps({ clientId: 'plain', permissions: ['ReadAccounts'] }) });
    const [one, other] = [await world.signIn(), await world.signIn({}, 'plain:YourAppSecret')];

    const made = await world.postJson('/restapi/oauth/wstoken', {}, one.access_token);

    expect(made.json).toMatchObject({ ws_access_token: expect.stringMatching(/^SBXW/), expires_in: 600, uri: expect.stringMatching(/^ws:/) });
    expect((await world.postJson('/restapi/oauth/wstoken', {}, other.access_token)).status).toBe(403);
  });
});
