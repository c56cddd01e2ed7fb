import { describe, expect, test } from 'vitest';
import { APP, type BridgeWorld, basic, bridgeWorld, PASSWORD_GRANT, REVOKE_PATH } from './world.ts';

const OWN = { clientId: 'OwnKey', clientSecret: 'OwnSecret' };
const PAIR = basic(OWN.clientId, OWN.clientSecret);

const change = (world: BridgeWorld, bridge: object | null) => world.manage('PATCH', 'clients/old', { bridge });
const refresh = (world: BridgeWorld, token: unknown, authorization: string) =>
  world.send({ grant_type: 'refresh_token', refresh_token: String(token) }, authorization);

describe('changing with what a Client signs in', () => {
  test('what is named changes, what is not stays, null takes away, and no secret is shown', async () => {
    const world = await bridgeWorld();

    const steps = [
      await change(world, { ...OWN, redirectUris: ['https://shop.example.com/back'] }),
      await change(world, { origins: ['https://shop.example.com'] }),
      await change(world, { clientSecret: null, redirectUris: [] }),
      await change(world, { clientSecret: 'another' }),
      await change(world, { clientId: null }),
      await change(world, { clientId: 'OwnKey' }),
      await change(world, null),
    ];

    const uris = ['https://shop.example.com/back'];
    const origins = ['https://shop.example.com'];
    expect(steps.map(({ status, body }) => [status, body.bridge])).toEqual([
      [200, { clientId: 'OwnKey', hasClientSecret: true, redirectUris: uris, origins: [] }],
      [200, { clientId: 'OwnKey', hasClientSecret: true, redirectUris: uris, origins }],
      [200, { clientId: 'OwnKey', hasClientSecret: false, redirectUris: [], origins }],
      [200, { clientId: 'OwnKey', hasClientSecret: true, redirectUris: [], origins }],
      [200, { hasClientSecret: false, redirectUris: [], origins }],
      [200, { clientId: 'OwnKey', hasClientSecret: false, redirectUris: [], origins }],
      [200, undefined],
    ]);
    expect(steps.map(({ text }) => text).join()).not.toMatch(/OwnSecret|argon2/);
  });

  test('a Client that gets a pair of its own is no longer reached by the App’s, nor are its sessions; with its own it signs in', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);

    await change(world, OWN);

    const answers = [
      await world.send(PASSWORD_GRANT, APP),
      await refresh(world, body.refresh_token, APP),
      await refresh(world, body.refresh_token, PAIR),
      await world.send(PASSWORD_GRANT, PAIR),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 200]);
    await world.send({ token: String(body.access_token) }, APP, REVOKE_PATH);
    expect((await world.call(body.access_token)).status).toBe(200);
  });

  test('another secret is wanted from the next request on, and sessions go on with it', async () => {
    const world = await bridgeWorld({ client: { bridge: OWN } });
    const { body } = await world.send(PASSWORD_GRANT, PAIR);

    await change(world, { clientSecret: 'another' });

    const answers = [
      await refresh(world, body.refresh_token, PAIR),
      await refresh(world, body.refresh_token, basic(OWN.clientId, 'another')),
      await world.call(body.access_token),
    ];
    expect(answers.map(({ status, body: { error } }) => [status, error])).toEqual([
      [400, 'invalid_client'],
      [200, undefined],
      [401, undefined],
    ]);
  });

  test.each([
    [{ clientSecret: 'x' }, 'bridge/clientSecret'],
    [{ clientId: null, clientSecret: 'x' }, 'bridge/clientSecret'],
    [{ clientId: 'a:b' }, 'bridge/clientId'],
    [{ redirectUris: ['x'] }, 'bridge/redirectUris/0'],
    [{ origins: ['https://shop.example.com', 'https://shop.example.com/'] }, 'bridge/origins/1'],
    [{ origins: ['https://Shop.example.com'] }, 'bridge/origins/0'],
    [{ origins: ['https://shop.example.com:443'] }, 'bridge/origins/0'],
    [{ origins: ['*'] }, 'bridge/origins/0'],
    [{ origins: ['null'] }, 'bridge/origins/0'],
    [{ origins: ['https://*.example.com'] }, 'bridge/origins/0'],
    [{ origins: ['https://user@shop.example.com'] }, 'bridge/origins/0'],
    [{ origins: ['file://'] }, 'bridge/origins/0'],
  ])('%j changes nothing, and the field is named', async (bridge, field) => {
    const world = await bridgeWorld();

    const { status, body } = await change(world, bridge);

    expect([status, body.errors]).toEqual([400, [{ field, message: expect.any(String) }]]);
    expect((await world.manage('GET', 'clients/old')).body.bridge).toBeUndefined();
  });

  test('an unknown Client, and a body that says nothing, are refused; what was changed stands in the audit trail', async () => {
    const world = await bridgeWorld();

    const answers = [await world.manage('PATCH', 'clients/nobody', { bridge: {} }), await world.manage('PATCH', 'clients/old', {})];
    await change(world, OWN);

    const { text } = await world.manage('GET', 'audit?limit=50');
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'client_not_found'],
      [400, 'invalid_request'],
    ]);
    expect((JSON.parse(text) as { items: unknown[] }).items).toContainEqual(
      expect.objectContaining({ who: 'admin', action: 'changeClient', object: 'clients/old', result: 'ok' }),
    );
    expect(text).not.toContain(OWN.clientSecret);
  });

  test('an app in a shell of its own, and a page on a port, may be listed', async () => {
    const world = await bridgeWorld();
    const origins = ['ionic://localhost', 'http://127.0.0.1:5173', 'https://[2001:db8::1]:8443', 'chrome-extension://abcdefghijklmnop'];

    expect((await change(world, { origins })).body.bridge).toMatchObject({ origins });
  });
});

describe('ending all sessions of a Client', () => {
  test('no token of any of them is good any more, and no other Client’s is touched', async () => {
    const world = await bridgeWorld();
    const other = { username: '+15555550142', password: 'another' };
    await world.manage('POST', 'clients', { name: 'second', connections: ['front-desk'], legacyLogins: [{ ...other, connection: 'front-desk' }] });
    const sessions = [await world.send(PASSWORD_GRANT), await world.send(PASSWORD_GRANT), await world.send({ grant_type: 'password', ...other })];

    const ended = await world.manage('DELETE', 'clients/old/sessions');
    const again = await world.manage('DELETE', 'clients/old/sessions');

    expect([ended.status, ended.body, again.body]).toEqual([200, { ended: 2 }, { ended: 0 }]);
    expect(await Promise.all(sessions.map(async ({ body }) => (await world.call(body.access_token)).status))).toEqual([401, 401, 200]);
    expect((await refresh(world, sessions[0]?.body.refresh_token, APP)).body).toMatchObject({ errors: [{ errorCode: 'OAU-211' }] });
    expect((await world.send(PASSWORD_GRANT)).status).toBe(200);
    expect((await world.manage('DELETE', 'clients/nobody/sessions')).status).toBe(404);
  });
});
