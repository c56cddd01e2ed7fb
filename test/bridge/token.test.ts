import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { DEMO } from '../../src/sandbox/demo.ts';
import { APP, type BridgeWorld, basic, bridgeWorld, EXTENSION, PASSWORD_GRANT, REVOKE_PATH } from './world.ts';

const JWT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const MINUTE_MS = 60_000;
const OWN = { clientId: 'OwnKey', clientSecret: 'OwnSecret' };

const refresh = (world: BridgeWorld, token: unknown, more: Record<string, string> = {}) =>
  world.send({ grant_type: 'refresh_token', refresh_token: String(token), ...more });

/** A Connection with a JWT that the platform has given out, and the Clients that may use it. */
async function withJwt(world: BridgeWorld, clients: readonly object[]): Promise<string> {
  const { jwt } = await world.sandbox.issueJwt({ username: '18889363711', extension: '101' });
  await world.connections.createConnection({ name: 'by-jwt', app: 'demo', credentials: [{ kind: 'jwt', assertion: new Secret(jwt) }] });
  for (const client of clients) expect((await world.manage('POST', 'clients', { connections: ['by-jwt'], ...client })).status).toBe(201);
  return jwt;
}

describe('signing in with a password', () => {
  test('a legacy login brings tokens of ours in the platform’s shape; the first one wins the Grant that is not there yet', async () => {
    const world = await bridgeWorld();

    const first = await world.send(PASSWORD_GRANT);
    const second = await world.send(PASSWORD_GRANT);

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body).toEqual({
      access_token: expect.stringMatching(/^tlb_[\w-]{22}A[\w-]{43}$/),
      token_type: 'bearer',
      expires_in: 3_600,
      refresh_token: expect.stringMatching(/^tlb_[\w-]{22}R[\w-]{43}$/),
      refresh_token_expires_in: 604_800,
      scope: expect.stringContaining('RingOut'),
      owner_id: (await world.store.findGrant('front-desk'))?.ownerId,
      endpoint_id: expect.any(String),
      session_id: expect.any(String),
    });
    expect([first.headers.get('cache-control'), first.headers.get('content-type')]).toEqual(['no-store', 'application/json;charset=UTF-8']);
    expect(world.tokenRequests()).toEqual(['password']);
    expect((await world.call(first.body.access_token)).status).toBe(200);
    expect((await world.call(second.body.access_token)).body).toMatchObject({ extensionNumber: '101' });
  });

  test('has the fields that the platform answers, each of its kind', async () => {
    const world = await bridgeWorld();

    const [ours, theirs] = [await world.send(PASSWORD_GRANT), await world.sendToPlatform({ ...PASSWORD_GRANT, password: '1234' })];

    const kinds = (body: Record<string, unknown>) => Object.fromEntries(Object.entries(body).map(([name, value]) => [name, typeof value]));
    expect(Object.keys(ours.body)).toEqual(Object.keys(theirs.body));
    expect(kinds(ours.body)).toEqual(kinds(theirs.body));
    expect({ ...ours.body, access_token: 0, refresh_token: 0, endpoint_id: 0, session_id: 0 }).toEqual({
      ...theirs.body,
      access_token: 0,
      refresh_token: 0,
      endpoint_id: 0,
      session_id: 0,
    });
  });

  test.each([
    ['as SDKs write the extension', { username: '+18889363711*101', extension: '' }],
    ['with both, as the platform has it', { username: '18889363711*101', extension: '999' }],
    ['as a person writes a number', { username: '(888) 936-3711', extension: '101' }],
    ['without an extension', { username: '+18889363711', extension: '0' }],
    ['without one, written as old programs do', { username: '+18889363711*00', extension: '' }],
  ])('takes a user name %s', async (_how, of) => {
    const world = await bridgeWorld();

    expect((await world.send({ ...PASSWORD_GRANT, ...of })).status).toBe(200);
  });

  test('takes an e-mail address in any case, Basic with a client_id beside it, and parameters without a value', async () => {
    const world = await bridgeWorld({ client: { legacyLogins: [{ username: 'Jo@Example.com', password: 'p', connection: 'front-desk' }] } });

    const answer = await world.send({
      grant_type: 'password',
      username: 'jo@example.COM',
      password: 'p',
      client_id: 'whatever',
      scope: '',
      endpoint_id: '',
      pin: '',
    });

    expect(answer.status).toBe(200);
  });

  test('an endpoint id that is none is refused, and no session is begun', async () => {
    const world = await bridgeWorld();

    const { status, body } = await world.send({ ...PASSWORD_GRANT, endpoint_id: 'x'.repeat(257) });

    expect([status, body]).toMatchObject([
      400,
      { error: 'invalid_request', errors: [{ errorCode: 'CMN-101', parameters: [{ parameterName: 'endpoint_id' }] }] },
    ]);
    expect((await world.send({ ...PASSWORD_GRANT, endpoint_id: 'x'.repeat(256) })).status).toBe(200);
  });

  test('a scope that is asked for is not heard: the answer says what there is, at a Refresh too', async () => {
    const world = await bridgeWorld();

    const all = await world.send(PASSWORD_GRANT);
    const asked = [await world.send({ ...PASSWORD_GRANT, scope: 'ReadAccounts' }), await world.send({ ...PASSWORD_GRANT, scope: 'NoSuchScope openid' })];
    const refreshed = await refresh(world, all.body.refresh_token, { scope: 'ReadAccounts' });

    expect(String(all.body.scope).split(' ').length).toBeGreaterThan(5);
    for (const { status, body } of [...asked, refreshed]) {
      expect([status, body.scope]).toEqual([200, all.body.scope]);
      expect(body).not.toHaveProperty('id_token');
    }
    expect((await world.call(refreshed.body.access_token, '/restapi/v1.0/account/~/extension/~/message-store')).status).toBe(200);
  });

  test('an endpoint id comes back, and lifetimes are the platform’s for whatever was asked', async () => {
    const world = await bridgeWorld();
    const times = async (access: string, week: string) => {
      const asked = { endpoint_id: 'mine', access_token_ttl: access, refresh_token_ttl: week };
      const both = [await world.send({ ...PASSWORD_GRANT, ...asked }), await world.sendToPlatform({ ...PASSWORD_GRANT, password: '1234', ...asked })];
      return both.map(({ body }) => [body.endpoint_id, body.expires_in, body.refresh_token_expires_in]);
    };

    for (const [access, week] of [
      ['-1', '604800'],
      ['1800', '302400'],
      ['86400', '99999999'],
      ['x', '0'],
      ['0', '-1'],
    ] as const) {
      const [ours, theirs] = await times(access, week);
      expect(ours).toEqual(theirs);
    }
  });
});

describe('who a program is', () => {
  test('a Client with a pair of its own is reached by that alone, and by no other program', async () => {
    const world = await bridgeWorld({ client: { bridge: OWN } });

    const answers = [
      await world.send(PASSWORD_GRANT, basic(OWN.clientId, OWN.clientSecret)),
      await world.send(PASSWORD_GRANT, APP),
      await world.send(PASSWORD_GRANT, basic(OWN.clientId, 'wrong')),
      await world.send({ ...PASSWORD_GRANT, client_id: OWN.clientId }, ''),
    ];

    expect(answers.map(({ status, body }) => [status, body.error])).toEqual([
      [200, undefined],
      [400, 'invalid_grant'],
      [400, 'invalid_client'],
      [400, 'invalid_client'],
    ]);
    expect(JSON.stringify(world.created.body)).not.toContain(OWN.clientSecret);
    expect(world.created.body.bridge).toEqual({ clientId: OWN.clientId, hasClientSecret: true, redirectUris: [], origins: [] });
  });

  test('Clients with one client id and secret have one hash of it, so that one guess is made for all', async () => {
    const world = await bridgeWorld({ client: { bridge: OWN } });
    await world.manage('POST', 'clients', { name: 'second', connections: ['front-desk'], bridge: OWN });
    await world.manage('POST', 'clients', { name: 'third', connections: ['front-desk'], bridge: { ...OWN, clientSecret: 'another' } });

    const hashes = (await world.store.listBridgeClients(OWN.clientId)).map(({ bridge }) => bridge?.secretHash);

    expect([hashes[0] === hashes[1], new Set(hashes).size]).toEqual([true, 2]);
    expect((await world.send(PASSWORD_GRANT, basic(OWN.clientId, 'another'))).body.error).toBe('invalid_grant');
  });

  test('from where its Client may not call a program does not sign in, and is told no more than who guesses', async () => {
    const world = await bridgeWorld({ client: { policy: { ipAllow: ['192.0.2.0/24'] } } });

    const [right, wrong] = [await world.send(PASSWORD_GRANT), await world.send({ ...PASSWORD_GRANT, password: 'wrong' })];

    expect([right.status, right.text]).toEqual([400, wrong.text]);
  });

  test('from where its Client may not call a refresh token is unknown, and stays good elsewhere', async () => {
    const world = await bridgeWorld({ client: { policy: { ipAllow: ['127.0.0.1'] } } });
    const { body } = await world.send(PASSWORD_GRANT);
    const form = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) };

    const elsewhere = await world.sendFrom('192.0.2.9', form);

    expect([elsewhere.status, elsewhere.body]).toMatchObject([400, { errors: [{ errorCode: 'OAU-213' }] }]);
    expect((await world.send(form)).status).toBe(200);
  });

  test('a Client with the same client id and another secret cannot use its tokens', async () => {
    const world = await bridgeWorld({ client: { bridge: OWN } });
    await world.manage('POST', 'clients', { name: 'other', connections: ['front-desk'], bridge: { ...OWN, clientSecret: 'another' } });
    const { body } = await world.send(PASSWORD_GRANT, basic(OWN.clientId, OWN.clientSecret));
    const form = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) };

    const stolen = await world.send(form, basic(OWN.clientId, 'another'));
    await world.send({ token: String(body.access_token) }, basic(OWN.clientId, 'another'), REVOKE_PATH);

    expect([stolen.status, (await world.send(form, basic(OWN.clientId, OWN.clientSecret))).status]).toEqual([400, 200]);
  });

  test('one user name and extension may be a login of several Clients: the program says whose, and whose password it takes', async () => {
    const world = await bridgeWorld();
    const own = {
      name: 'own',
      connections: ['front-desk'],
      bridge: OWN,
      legacyLogins: [{ ...PASSWORD_GRANT, grant_type: undefined, password: 'its-own', connection: 'front-desk' }],
    };
    const made = await world.manage('POST', 'clients', own);
    const alike = await world.manage('POST', 'clients', { ...own, name: 'alike' });
    const pair = basic(OWN.clientId, OWN.clientSecret);

    const answers = [
      await world.send(PASSWORD_GRANT),
      await world.send({ ...PASSWORD_GRANT, password: 'its-own' }, pair),
      await world.send(PASSWORD_GRANT, pair),
      await world.send({ ...PASSWORD_GRANT, password: 'its-own' }),
    ];

    const clients = await Promise.all(answers.slice(0, 2).map(async ({ body }) => (await world.store.findBridgeSession(String(body.session_id)))?.client));
    expect([made.status, alike.status, alike.body.code]).toEqual([201, 409, 'login_taken']);
    expect([answers.map(({ status }) => status), clients]).toEqual([
      [200, 200, 400, 400],
      ['old', 'own'],
    ]);
  });

  test('of several Clients with one client id the login says which', async () => {
    const world = await bridgeWorld({ client: { bridge: OWN } });
    const login = { username: '+15555550142', password: 'another' };
    await world.manage('POST', 'clients', { name: 'second', connections: ['front-desk'], legacyLogins: [{ ...login, connection: 'front-desk' }], bridge: OWN });

    const { body } = await world.send({ grant_type: 'password', ...login }, basic(OWN.clientId, OWN.clientSecret));

    expect((await world.store.findBridgeSession(String(body.session_id)))?.client).toBe('second');
  });

  test('a public one sends its client id in the body, and no Basic', async () => {
    const world = await bridgeWorld({ client: { bridge: { clientId: 'PublicKey' } } });

    const answers = [await world.send({ ...PASSWORD_GRANT, client_id: 'PublicKey' }, ''), await world.send(PASSWORD_GRANT, basic('PublicKey', ''))];

    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
  });

  test('a refresh token is good for the program that got it only, and every secret that its App has', async () => {
    const world = await bridgeWorld();
    await world.manage('POST', 'clients', { name: 'second', connections: ['front-desk'], bridge: OWN });
    await world.store.addClientSecret('demo', new Secret('a-newer-one'), world.clock.now());
    const { body } = await world.send(PASSWORD_GRANT);
    const form = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) };

    const other = await world.send(form, basic(OWN.clientId, OWN.clientSecret));
    const revoked = await world.send({ token: String(body.access_token) }, basic(OWN.clientId, OWN.clientSecret), REVOKE_PATH);
    const newer = await world.send(form, basic(DEMO.app.clientId, 'a-newer-one'));

    expect([other.status, other.body.errors]).toEqual([400, [{ errorCode: 'OAU-213', message: 'Token not found' }]]);
    expect([revoked.status, newer.status]).toEqual([200, 200]);
  });

  test.each([
    [{ clientSecret: 'x' }, 'bridge/clientSecret'],
    [{ clientId: 'with:colon' }, 'bridge/clientId'],
    [{ redirectUris: ['https://a.example.com/', '/relative'] }, 'bridge/redirectUris/1'],
    [{ redirectUris: ['https://a.example.com/#x'] }, 'bridge/redirectUris/0'],
    [{ redirectUris: ['javascript:alert(1)'] }, 'bridge/redirectUris/0'],
  ])('a Client is not created with %j', async (bridge, field) => {
    const world = await bridgeWorld();

    const { status, body } = await world.manage('POST', 'clients', { name: 'bad', connections: ['front-desk'], bridge });

    expect([status, body.errors]).toEqual([400, [{ field, message: expect.any(String) }]]);
  });
});

describe('signing in with a JWT', () => {
  test('one that is stored for a Connection signs in its Client, and costs the platform the first sign-in only', async () => {
    const world = await bridgeWorld();
    const jwt = await withJwt(world, [{ name: 'cron', bridge: {} }]);

    const answers = [await world.send({ grant_type: JWT, assertion: jwt }), await world.send({ grant_type: JWT, assertion: jwt })];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(world.tokenRequests()).toEqual([JWT]);
    expect((await world.call(answers[0]?.body.access_token)).body).toMatchObject({ extensionNumber: '101' });
  });

  test('is for its Client’s own program, from where that may come; to anybody else it is as unknown as any', async () => {
    const world = await bridgeWorld();
    const jwt = await withJwt(world, [{ name: 'cron', bridge: OWN, policy: { ipAllow: ['127.0.0.1'] } }]);
    const form = { grant_type: JWT, assertion: ` ${jwt}\n` };
    await world.manage('POST', 'clients', { name: 'public', connections: ['by-jwt'], bridge: {}, policy: { ipAllow: ['192.0.2.0/24'] } });

    const [app, unknown, elsewhere] = [await world.send(form), await world.send({ ...form, assertion: 'a.b.c' }), await world.sendFrom('192.0.2.9', form)];

    expect((await world.send(form, basic(OWN.clientId, OWN.clientSecret))).status).toBe(200);
    expect([app.status, app.text]).toEqual([400, unknown.text]);
    // From there the App's own program speaks for the other Client.
    expect(elsewhere.status).toBe(200);
  });

  test('a Client that is meant for the Bridge goes before others; where it cannot be told which, none is taken', async () => {
    const world = await bridgeWorld();
    const jwt = await withJwt(world, [{ name: 'a-script' }, { name: 'cron', bridge: {} }]);
    const meant = await world.send({ grant_type: JWT, assertion: jwt });
    await world.manage('POST', 'clients', { name: 'second', connections: ['by-jwt'], bridge: {} });

    const unclear = await world.send({ grant_type: JWT, assertion: jwt });

    expect((await world.store.findBridgeSession(String(meant.body.session_id)))?.client).toBe('cron');
    expect([unclear.status, unclear.body.error_description]).toEqual([400, 'Invalid assertion']);
  });
});

describe('refreshing', () => {
  test('an answer that was lost is had once more: for an hour, and ten seconds from when it is used', async () => {
    const world = await bridgeWorld();
    const first = (await world.send(PASSWORD_GRANT)).body;
    const newer = (await refresh(world, first.refresh_token)).body;

    // Not so late that the platform's own token is over: the call would wait for another, and the clock stands still.
    world.clock.advance(58 * MINUTE_MS + 500);
    const repeated = (await refresh(world, first.refresh_token)).body;
    await world.call(newer.access_token);
    world.clock.advance(9_999);
    const late = await refresh(world, first.refresh_token);
    world.clock.advance(1);
    const over = await refresh(world, first.refresh_token);

    expect([repeated.access_token, repeated.refresh_token, repeated.expires_in]).toEqual([newer.access_token, newer.refresh_token, 120]);
    expect(late.body.access_token).toBe(newer.access_token);
    expect([over.status, over.body.errors]).toEqual([400, [{ errorCode: 'OAU-213', message: 'Token not found' }]]);
    expect((await refresh(world, newer.refresh_token)).status).toBe(200);
  });

  test('twenty at once with one refresh token get one pair', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);

    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(world, body.refresh_token)));

    expect(new Set(answers.map(({ body: { access_token } }) => access_token)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
  });

  test('as a JavaScript program does after a 401, it gets ten-minute tokens and goes on', async () => {
    const world = await bridgeWorld();
    const first = (await world.send(PASSWORD_GRANT)).body;
    world.clock.advance(60 * MINUTE_MS);
    const refused = await world.call(first.access_token);

    const { body } = await refresh(world, first.refresh_token, { access_token_ttl: '-1', refresh_token_ttl: '604800' });

    expect([refused.status, refused.body.errorCode]).toEqual([401, 'TokenExpired']);
    expect(body.expires_in).toBe(600);
    expect((await world.call(body.access_token)).status).toBe(200);
  });

  test('ends after its week, with the platform’s word for that', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);
    world.clock.advance(604_800_000);

    expect((await refresh(world, body.refresh_token)).body).toEqual({
      error: 'invalid_grant',
      error_description: 'Token expired',
      errors: [{ errorCode: 'OAU-210', message: 'Token expired' }],
    });
  });
});

describe('revoking', () => {
  test('ends the session of either token, and answers 200 with nothing to whatever else it is given', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);

    const revoked = await world.send({ token: String(body.refresh_token) }, undefined, REVOKE_PATH);
    const again = await world.send({ token: 'never seen' }, undefined, REVOKE_PATH);

    expect([revoked.status, revoked.text, again.status, again.text]).toEqual([200, '', 200, '']);
    expect((await world.call(body.access_token)).body).toMatchObject({ errorCode: 'TokenInvalid', errors: [{ errorCode: 'OAU-213' }] });
    expect((await refresh(world, body.refresh_token)).body).toMatchObject({ error: 'invalid_grant', errors: [{ errorCode: 'OAU-211' }] });
  });

  test('takes the token from the query too', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);

    await world.send('', undefined, `${REVOKE_PATH}?token=${body.access_token}`);

    expect((await world.call(body.access_token)).status).toBe(401);
  });

  test('a removed Client is out, with its sessions', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);

    await world.manage('DELETE', 'clients/old');

    expect((await world.call(body.access_token)).body).toMatchObject({ errorCode: 'TokenInvalid' });
    expect((await refresh(world, body.refresh_token)).status).toBe(400);
  });
});

describe('calling with a token of ours', () => {
  test('in the query is as good as in the header, and links lead back to the gateway', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);

    const answer = await fetch(`${world.origin}${EXTENSION}?access_token=${body.access_token}`);
    const text = await answer.text();

    expect(answer.status).toBe(200);
    expect((JSON.parse(text) as { uri: string }).uri.startsWith(`${world.origin}/restapi/`)).toBe(true);
    expect(text).not.toContain(world.sandbox.origin);
  });

  test('reaches the Connection of its session and no other, whatever a header names', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);
    const named = (connection: string) =>
      fetch(world.origin + EXTENSION, { headers: { authorization: `Bearer ${body.access_token}`, 'trunkline-connection': connection } });

    expect([(await named('front-desk')).status, (await named('back-office')).headers.get('trunkline-error')]).toEqual([200, 'policy_forbids']);
  });

  test('what the Client’s Policy forbids stays forbidden', async () => {
    const world = await bridgeWorld({ client: { policy: { permissions: ['RingOut'] } } });
    const { body } = await world.send(PASSWORD_GRANT);

    const answer = await world.call(body.access_token, '/restapi/v1.0/account/~/extension/~/call-log');

    expect([answer.status, answer.body.errorCode]).toEqual([403, 'InsufficientPermissions']);
  });

  test('a refresh token is no access token', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);

    expect((await world.call(body.refresh_token)).body).toMatchObject({ errors: [{ errorCode: 'OAU-149' }] });
  });
});
