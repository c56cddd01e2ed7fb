import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Browser } from '../../../test/sandbox-browser.ts';
import { ACCOUNT, APP, basic, codes, EXTENSION, FRONT_DESK, OTHER_APP, type Outside, outside, REVOKE, RING_OUT, TOKEN } from '../../../test/sandbox-world.ts';
import { DEMO_DATA } from '../demo.ts';
import type { App, SandboxData } from '../directory.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const [DEMO_APP] = DEMO_DATA.apps as readonly [App];
const SIGN_UP = { grant_type: 'client_credentials', brand_id: '1234' };

function withApps(...apps: readonly Partial<App>[]): SandboxData {
  return { ...DEMO_DATA, apps: [...DEMO_DATA.apps, ...apps.map((app) => ({ ...DEMO_APP, ...app }))] };
}

describe('client credentials', () => {
  test("the documents' two examples, as they are printed", async () => {
    const world = await outside();
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: 'Basic WW91ckFwcEtleTpZb3VyQXBwU2VjcmV0',
      accept: 'application/json',
    };
    const post = (body: string) => world.ask(TOKEN, { method: 'POST', headers, body });

    const signup = await post('access_token_ttl=7200&grant_type=client_credentials&brand_id=1234');
    const account = await post('partner_account_id=BAN0009&access_token_ttl=7200&grant_type=client_credentials&brand_id=1234');

    for (const { status, json } of [signup, account]) {
      expect(status).toBe(200);
      expect(json).toMatchObject({
        access_token: expect.stringMatching(/^SBXA/),
        token_type: 'bearer',
        expires_in: 3_600,
        scope: expect.stringContaining('Accounts'),
      });
      expect(Object.keys(json)).not.toEqual(expect.arrayContaining(['refresh_token']));
      expect(Object.keys(json)).not.toEqual(expect.arrayContaining(['owner_id']));
    }
  });

  test('a signup session reaches no account', async () => {
    const world = await outside();
    const { json } = await world.postForm(TOKEN, SIGN_UP);

    const statuses = await Promise.all(
      [ACCOUNT, EXTENSION, '/restapi/v1.0/account/427191004', '/restapi/oauth/userinfo'].map(
        async (path) => (await world.get(path, String(json.access_token))).status,
      ),
    );

    expect(statuses).toEqual([401, 401, 401, 401]);
  });

  test('an account-centric session reaches its own account, and no other: 401', async () => {
    const world = await outside();
    const { json } = await world.postForm(TOKEN, { grant_type: 'client_credentials', account_id: '427191004' });

    const answers = await Promise.all(
      [ACCOUNT, '/restapi/v1.0/account/427191004', '/restapi/v1.0/account/403140004'].map((path) => world.get(path, String(json.access_token))),
    );

    expect(answers.map(({ status, json: { id } }) => [status, id])).toEqual([
      [200, 427_191_004],
      [200, 427_191_004],
      [401, undefined],
    ]);
  });

  test.each([
    ["an app that is no trusted partner's", SIGN_UP, OTHER_APP, 'unauthorized_client', 'OAU-270'],
    ['no brand and no account', { grant_type: 'client_credentials' }, APP, 'invalid_request', 'CMN-101'],
    ["another's brand", { ...SIGN_UP, brand_id: '1210' }, APP, 'invalid_request', 'OAU-101'],
    ['an account of another brand', { grant_type: 'client_credentials', account_id: '403140004' }, APP, 'invalid_grant', 'OAU-222'],
    ['an account that is not there', { ...SIGN_UP, partner_account_id: 'BAN0000' }, APP, 'invalid_grant', 'OAU-222'],
    ['account and brand that do not go together', { ...SIGN_UP, account_id: '403140004' }, APP, 'invalid_grant', 'OAU-222'],
  ])('%s is refused', async (_what, form: Record<string, string>, app, error, code) => {
    const world = await outside();

    expect(codes(await world.postForm(TOKEN, form, app))).toEqual([400, error, code]);
  });

  test('its sessions do not pile up: of a hundred and more the oldest end, and those that are over go', async () => {
    const world = await outside();
    const first = await world.postForm(TOKEN, SIGN_UP);
    for (let count = 0; count < 100; count += 1) await world.postForm(TOKEN, SIGN_UP);

    expect(world.sandbox.state().sessions).toHaveLength(100);
    expect(codes(await world.get('/.well-known/entry-points/external', String(first.json.access_token)))).toEqual([401, 'TokenInvalid', 'OAU-213']);
  });
});

describe('a client assertion', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const data = withApps({ clientId: 'keyed', publicKeys: [publicKey.export({ type: 'spki', format: 'pem' }).toString()] });
  const NOW = Date.parse('2026-11-21T12:00:00Z') / 1_000;
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

  function assertion(world: Outside, clientId: string, changed: { readonly header?: object; readonly claims?: object; readonly secret?: string } = {}): string {
    const aud = `${world.sandbox.origin}${TOKEN}`;
    const claims = { iss: clientId, sub: clientId, aud, iat: NOW, exp: NOW + 60, jti: 'one', ...changed.claims };
    const signed = `${encode({ alg: clientId === 'keyed' ? 'RS256' : 'HS256', ...changed.header })}.${encode(claims)}`;
    const signature =
      clientId === 'keyed'
        ? sign('RSA-SHA256', Buffer.from(signed), privateKey)
        : createHmac('sha256', changed.secret ?? 'YourAppSecret')
            .update(signed)
            .digest();
    return `${signed}.${signature.toString('base64url')}`;
  }

  const present = (world: Outside, jwt: string, more: Readonly<Record<string, string>> = {}, app = '') =>
    world.postForm(TOKEN, { ...FRONT_DESK, client_assertion_type: ASSERTION_TYPE, client_assertion: jwt, ...more }, app);

  test.each([['YourAppKey'], ['keyed']])('of %s signs it in, once', async (clientId) => {
    const world = await outside({ data });
    const jwt = assertion(world, clientId);

    const first = await present(world, jwt, { client_id: clientId });
    const again = await present(world, jwt);

    expect([first.status, codes(again)]).toEqual([200, [400, 'invalid_client', 'OAU-146']]);
  });

  test('may name the issuer as its audience, among others', async () => {
    const world = await outside({ data });

    expect((await present(world, assertion(world, 'YourAppKey', { claims: { aud: ['x', world.sandbox.origin] } }))).status).toBe(200);
  });

  test.each([
    ['alg none', 'YourAppKey', { header: { alg: 'none' } }],
    ['HS256 of an app with a key', 'keyed', { header: { alg: 'HS256' } }],
    ['RS256 of an app without a key', 'YourAppKey', { header: { alg: 'RS256' } }],
    ['another secret', 'YourAppKey', { secret: 'x' }],
    ['another audience', 'YourAppKey', { claims: { aud: 'https://platform.ringcentral.com' } }],
    ['another subject', 'YourAppKey', { claims: { sub: 'x' } }],
    ['an expiry that has passed', 'YourAppKey', { claims: { exp: NOW } }],
    ['an expiry far away', 'YourAppKey', { claims: { exp: NOW + 3_601 } }],
    ['no expiry', 'YourAppKey', { claims: { exp: undefined } }],
    ['no jti', 'YourAppKey', { claims: { jti: undefined } }],
    ['a start in the future', 'YourAppKey', { claims: { nbf: NOW + 100 } }],
  ])('with %s is refused', async (_what, clientId, changed) => {
    const world = await outside({ data });

    expect(codes(await present(world, assertion(world, clientId, changed)))).toEqual([400, 'invalid_client', 'OAU-146']);
  });

  test('beside Basic, of an unknown app, of another client_id, or of another type, is refused', async () => {
    const world = await outside({ data });
    const jwt = assertion(world, 'YourAppKey');

    const answers = [
      await present(world, jwt, {}, APP),
      await present(world, assertion(world, 'nobody')),
      await present(world, jwt, { client_id: 'keyed' }),
      await present(world, jwt, { client_assertion_type: 'x' }),
      await present(world, 'rubbish'),
    ];

    expect(answers.map((answer) => codes(answer).slice(1))).toEqual([
      ['invalid_request', 'CMN-101'],
      ['invalid_client', 'OAU-153'],
      ['invalid_client', 'OAU-153'],
      ['invalid_request', 'CMN-101'],
      ['invalid_client', 'OAU-153'],
    ]);
  });

  test('a client_secret in the body is no way to sign in', async () => {
    const world = await outside();

    const answer = await world.postForm(TOKEN, { ...FRONT_DESK, client_id: 'YourAppKey', client_secret: 'YourAppSecret' }, '');

    expect(answer.json).toMatchObject({ error: 'invalid_client', error_description: 'Invalid client application: []', errors: [{ errorCode: 'OAU-153' }] });
  });
});

describe('which app may do what', () => {
  test.each([
    ['a public app may not take passwords', { access: 'Public' as const }, 'password', 'OAU-251'],
    ['nor may a private one in the browser', { access: 'Private' as const, platformType: 'BrowserBased' as const }, 'password', 'OAU-251'],
    ['nor a private one on a web server', { access: 'Private' as const, platformType: 'ServerWeb' as const }, 'password', 'OAU-251'],
    ['a private one without a user interface may', { access: 'Private' as const, platformType: 'ServerOnly' as const }, 'password', undefined],
    ['a private one on a desk may', { access: 'Private' as const, platformType: 'Desktop' as const }, 'password', undefined],
    ['an app without a user interface may not use codes', { platformType: 'ServerOnly' as const }, 'authorization_code', 'OAU-251'],
    ['a mobile one may', { platformType: 'Mobile' as const }, 'authorization_code', 'OAU-106'],
    ['a public app may use a JWT', { access: 'Public' as const }, JWT_BEARER, 'OAU-140'],
  ])('%s', async (_what, kind, grantType, code) => {
    const world = await outside({ data: withApps({ clientId: 'kind', ...kind }) });

    const answer = await world.postForm(TOKEN, { ...FRONT_DESK, grant_type: grantType, code: 'x', assertion: 'x' }, 'kind:YourAppSecret');

    expect(codes(answer)[2]).toBe(code);
  });

  test('a private app signs in the users of its own account only', async () => {
    const world = await outside({ data: withApps({ clientId: 'private', access: 'Private', accountId: 256_439_016 }) });
    const { jwt } = await world.sandbox.issueJwt({ username: '18889363711' });

    const own = await world.signIn({ username: '18559100010', password: '121212' }, 'private:YourAppSecret');
    const foreign = await world.postForm(TOKEN, FRONT_DESK, 'private:YourAppSecret');
    const foreignJwt = await world.postForm(TOKEN, { grant_type: JWT_BEARER, assertion: jwt }, 'private:YourAppSecret');

    expect(own.owner_id).toBe('256440016');
    expect([codes(foreign), codes(foreignJwt)]).toEqual([
      [400, 'unauthorized_client', 'OAU-121'],
      [400, 'unauthorized_client', 'OAU-121'],
    ]);
  });

  test('an app is converted from password to JWT, and never back', async () => {
    const world = await outside({ data: withApps({ clientId: 'old', authMethod: 'password', grantTypes: ['password', 'refresh_token'] }) });
    const change = (body: object) => world.postJson('/_sandbox/apps/old', body);
    const { jwt } = await world.sandbox.issueJwt({ username: '18889363711' });

    const converted = await change({ authMethod: 'jwt' });
    const password = await world.postForm(TOKEN, FRONT_DESK, 'old:YourAppSecret');
    const byJwt = await world.postForm(TOKEN, { grant_type: JWT_BEARER, assertion: jwt }, 'old:YourAppSecret');
    const backAgain = await change({ authMethod: 'password' });

    expect(converted.json).toMatchObject({ authMethod: 'jwt', grantTypes: [JWT_BEARER, 'refresh_token'] });
    expect([codes(password)[2], byJwt.status]).toEqual(['OAU-251', 200]);
    expect([backAgain.status, backAgain.json.message]).toEqual([400, expect.stringContaining('no way back to password')]);
  });

  test('several ways at once are set by support, and then nobody but support changes them', async () => {
    const world = await outside({ data: withApps({ clientId: 'old', authMethod: 'password', grantTypes: ['password', 'refresh_token'] }) });
    const change = (body: object) => world.postJson('/_sandbox/apps/old', body);

    const byOwner = await change({ authMethod: 'custom', grantTypes: ['password', JWT_BEARER] });
    const bySupport = await change({ authMethod: 'custom', by: 'support', grantTypes: ['password', JWT_BEARER] });
    const locked = await change({ authMethod: 'jwt' });
    const released = await change({ authMethod: 'jwt', by: 'support' });

    expect([byOwner.status, bySupport.status, locked.status, released.status]).toEqual([400, 200, 400, 200]);
    expect(bySupport.json.grantTypes).toEqual(['password', JWT_BEARER, 'refresh_token']);
    expect(locked.json.message).toContain('ask support');
  });

  test.each([
    [{ authMethod: 'custom', by: 'support' }, 'grantTypes'],
    [{ authMethod: 'custom', by: 'support', grantTypes: ['magic'] }, 'grantTypes'],
    [{ authMethod: 'code' }, 'authMethod'],
    [{ redirectUris: ['https://good.example/', 'javascript:alert(1)'] }, 'redirectUris.1'],
    [{ redirectUris: ['http://far.example/'] }, 'redirectUris.0'],
    [{ redirectUris: ['https://good.example/#x'] }, 'redirectUris.0'],
    [{ redirectUris: ['nonsense'] }, 'redirectUris.0'],
    [{ colour: 'red' }, 'colour'],
  ])('%j is refused at %s, and nothing is changed', async (body, field) => {
    const world = await outside({ data: withApps({ clientId: 'old', authMethod: 'password', platformType: 'ServerOnly', grantTypes: ['password'] }) });

    const answer = await world.postJson('/_sandbox/apps/old', { refreshTokens: true, ...body });

    expect([answer.status, answer.json.errors]).toEqual([400, [{ field, message: expect.any(String) }]]);
    expect(world.sandbox.state().apps.find(({ clientId }) => clientId === 'old')?.grantTypes).toEqual(['password']);
  });

  test('refresh tokens are switched off, and redirect URIs set', async () => {
    const world = await outside();
    const before = await world.signIn();

    await world.postJson('/_sandbox/apps/YourAppKey', { refreshTokens: false, redirectUris: ['com.example.app:/cb'] });

    expect(await world.signIn()).not.toHaveProperty('refresh_token');
    expect(codes(await world.refresh(before.refresh_token))).toEqual([400, 'unauthorized_client', 'OAU-251']);
    expect((await world.ask('/restapi/oauth/authorize?response_type=code&client_id=YourAppKey')).status).toBe(302);
  });

  test('while its secret is rolled both are good, and then the newest only; no state shows one', async () => {
    const world = await outside();

    const { clientSecret } = (await world.postJson('/_sandbox/apps/YourAppKey', { secret: 'roll' })).json;
    const during = [await world.postForm(TOKEN, FRONT_DESK), await world.postForm(TOKEN, FRONT_DESK, `YourAppKey:${clientSecret}`)];
    const state = JSON.stringify(world.sandbox.state());
    await world.postJson('/_sandbox/apps/YourAppKey', { secret: 'end-roll' });
    const after = [await world.postForm(TOKEN, FRONT_DESK), await world.postForm(TOKEN, FRONT_DESK, `YourAppKey:${clientSecret}`)];

    expect([...during, ...after].map(({ status }) => status)).toEqual([200, 200, 400, 200]);
    expect([state.includes('YourAppSecret'), state.includes(String(clientSecret))]).toEqual([false, false]);
  });
});

describe('a scope', () => {
  test('narrows what the tokens may do, through a refresh too, and never widens', async () => {
    const world = await outside();
    const narrow = await world.signIn({ scope: 'ReadAccounts SMS' });

    const refreshed = await world.refresh(narrow.refresh_token);
    const wider = await world.refresh(String(refreshed.json.refresh_token), { scope: 'RingOut' });
    const token = String(refreshed.json.access_token);

    expect([narrow.scope, refreshed.json.scope]).toEqual(['ReadAccounts SMS', 'ReadAccounts SMS']);
    expect((await world.get(ACCOUNT, token)).status).toBe(200);
    expect(codes(await world.postJson(RING_OUT, {}, token))).toEqual([403, 'InsufficientPermissions', 'CMN-401']);
    expect(codes(wider)).toEqual([400, 'invalid_scope', 'OAU-117']);
  });

  test('may name what a wider permission includes, but nothing that the app has not got', async () => {
    const world = await outside();

    expect((await world.signIn({ scope: 'EditExtensions' })).scope).toBe('EditExtensions');
    expect(codes(await world.postForm(TOKEN, { ...FRONT_DESK, scope: 'Meetings' }))).toEqual([400, 'invalid_scope', 'OAU-117']);
  });
});

describe('what ends with what', () => {
  test('a new password ends every token of the user and every browser login, and of nobody else', async () => {
    const world = await outside();
    const [one, other, foreign] = [
      await world.signIn(),
      await world.signIn({}, OTHER_APP),
      await world.signIn({ username: '18559100010', password: '121212' }),
    ];
    const browser = new Browser(world);
    const authorize = '/restapi/oauth/authorize?response_type=code&client_id=YourAppKey&redirect_uri=http://localhost';
    await browser.submit(await browser.open(authorize), FRONT_DESK);

    await world.postJson('/_sandbox/users/403141004', { password: 'New-1' });

    const statuses = await Promise.all([one, other, foreign].map(async ({ access_token }) => (await world.get(EXTENSION, access_token)).status));
    expect(statuses).toEqual([401, 401, 200]);
    expect(codes(await world.refresh(one.refresh_token))).toEqual([400, 'invalid_grant', 'OAU-211']);
    expect((await browser.open(authorize)).text).toContain('name="password"');
    expect(codes(await world.postForm(TOKEN, FRONT_DESK))).toEqual([400, 'invalid_grant', 'OAU-140']);
    expect((await world.signIn({ password: 'New-1' })).owner_id).toBe('403141004');
  });

  test('a user who revokes an app ends its sessions, and is asked again', async () => {
    const world = await outside();
    const [one, other] = [await world.signIn(), await world.signIn({}, OTHER_APP)];

    const answer = await world.postJson('/_sandbox/users/403141004', { revokeApp: 'YourAppKey' });

    expect(answer.status).toBe(200);
    expect([(await world.get(EXTENSION, one.access_token)).status, (await world.get(EXTENSION, other.access_token)).status]).toEqual([401, 200]);
  });

  test.each([['Disabled'], ['Frozen'], ['NotActivated']])('a user who is %s has no tokens and gets none', async (status) => {
    const world = await outside();
    const tokens = await world.signIn();
    const { jwt } = await world.sandbox.issueJwt({ username: '18889363711' });

    await world.postJson('/_sandbox/users/403141004', { status });
    const answers = [await world.postForm(TOKEN, FRONT_DESK), await world.postForm(TOKEN, { grant_type: JWT_BEARER, assertion: jwt })];
    await world.postJson('/_sandbox/users/403141004', { status: 'Enabled' });

    expect(answers.map(codes)).toEqual([
      [400, 'invalid_grant', 'OAU-141'],
      [400, 'invalid_grant', 'OAU-141'],
    ]);
    expect((await world.get(EXTENSION, tokens.access_token)).status).toBe(401);
    expect((await world.signIn()).owner_id).toBe('403141004');
  });

  test('a session that its user ends is dead', async () => {
    const world = await outside();
    const tokens = await world.signIn();

    const ended = await world.postJson(`/_sandbox/sessions/${String(tokens.session_id)}/end`, {});
    const again = await world.postJson(`/_sandbox/sessions/${String(tokens.session_id)}/end`, {});

    expect([ended.status, again.status]).toEqual([200, 400]);
    expect((await world.get(EXTENSION, tokens.access_token)).status).toBe(401);
  });

  test('the lock of a user can be taken off', async () => {
    const world = await outside();
    for (let count = 0; count < 5; count += 1) await world.postForm(TOKEN, { ...FRONT_DESK, password: 'x' });
    const locked = await world.postForm(TOKEN, FRONT_DESK);

    await world.postJson('/_sandbox/users/403141004', { unlock: true });

    expect([codes(locked)[2], (await world.postForm(TOKEN, FRONT_DESK)).status]).toEqual(['OAU-147', 200]);
  });

  test.each([
    ['/_sandbox/users/1', { password: 'x' }, 'ownerId'],
    ['/_sandbox/users/403141004', { revokeApp: 'nobody' }, 'revokeApp'],
    ['/_sandbox/users/403141004', { status: 'Dead' }, 'status'],
    ['/_sandbox/apps/nobody', {}, 'clientId'],
  ])('%s with %j: it is said what is wrong', async (path, body, field) => {
    const world = await outside();

    const answer = await world.postJson(path, body);

    expect([answer.status, (answer.json.errors as { field: string }[])[0]?.field]).toEqual([400, field]);
  });

  test('revoke is a success without a token, by the query, and for a token of another session', async () => {
    const world = await outside();

    const answers = [await world.postForm(REVOKE, {}), await world.ask(`${REVOKE}?token=x`, { method: 'POST', headers: { authorization: basic(APP) } })];

    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [200, ''],
      [200, ''],
    ]);
  });
});
