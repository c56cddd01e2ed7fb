import { describe, expect, test } from 'vitest';
import { startReceiver } from '../webhook-receiver.ts';
import { bridgeWorld, EXTENSION, PASSWORD_GRANT } from './world.ts';

const FRONT_DESK = '403141004';
const USERINFO = '/restapi/oauth/userinfo';
const WSTOKEN = '/restapi/oauth/wstoken';

async function signedIn(client: object = {}) {
  const world = await bridgeWorld({ client });
  const { body } = await world.send(PASSWORD_GRANT);
  const post = async (path: string, sent?: object) => {
    const headers = { authorization: `bearer ${body.access_token}`, ...(sent && { 'content-type': 'application/json' }) };
    const response = await fetch(world.origin + path, { method: 'POST', headers, ...(sent && { body: JSON.stringify(sent) }) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { world, token: String(body.access_token), post };
}

describe('who a program is at the platform', () => {
  test('userinfo is that of the Connection’s owner', async () => {
    const { world, token } = await signedIn();

    const info = await world.call(token, USERINFO);

    expect([info.status, info.body]).toMatchObject([200, { sub: FRONT_DESK, email: 'front-desk@example.com', account_id: '403140004' }]);
  });

  test('a WebSocket token is won with the Connection’s token, and the address in it is the platform’s own', async () => {
    const { world, post } = await signedIn();

    const { status, body } = await post(WSTOKEN);

    expect(status).toBe(200);
    expect(body).toEqual({ uri: `${world.sandbox.origin.replace('http', 'ws')}/ws`, ws_access_token: expect.any(String), expires_in: 600 });
  });

  test('a Policy that does not list WebSocket brings none', async () => {
    const { post } = await signedIn({ policy: { permissions: ['ReadAccounts'] } });

    const { status, body } = await post(WSTOKEN);

    expect([status, body]).toMatchObject([403, { errors: [{ errorCode: 'CMN-401', permissionName: 'WebSocket' }] }]);
  });

  test('what a program asks for leaves a slot of the budget free for the next Refresh, and is told when to come back', async () => {
    const { world, token } = await signedIn();
    // The sign-in has taken one.
    await world.store.setLimit('demo', 3, 60_000);

    const first = await world.call(token, USERINFO);
    const second = world.tokens.budgets.waitBehindRefreshes('demo', 0);

    expect(first.status).toBe(200);
    await expect(second).rejects.toMatchObject({ code: 'platform_busy', retryAfterMs: expect.any(Number) });
    expect((await world.tokens.budgets.waitForSlot('demo', 0)).slots).toHaveLength(3);
  });

  test('a webhook subscription is the owner’s, and its own address leads to the gateway', async () => {
    const { world, token, post } = await signedIn();
    const receiver = await startReceiver();
    const wanted = { eventFilters: [`${EXTENSION}/message-store`], deliveryMode: { transportType: 'WebHook', address: `${receiver.origin}/hook` } };

    const { status, body } = await post('/restapi/v1.0/subscription', wanted);
    const again = await world.call(token, String(body.uri).slice(world.origin.length));

    expect([status, body.eventFilters]).toEqual([200, [expect.stringContaining(`/extension/${FRONT_DESK}/message-store`)]]);
    expect(String(body.uri).startsWith(`${world.origin}/restapi/v1.0/subscription/`)).toBe(true);
    expect(body.deliveryMode).toMatchObject({ address: `${receiver.origin}/hook` });
    expect(again.body).toMatchObject({ id: body.id });
  });
});

describe('discovery', () => {
  test('everything that is named is here, and what is not served is not named', async () => {
    const world = await bridgeWorld();
    const get = async (path: string) => (await fetch(world.origin + path)).json() as Promise<Record<string, unknown>>;

    const documents = [
      await get('/.well-known/openid-configuration'),
      await get('/.well-known/entry-points/initial?clientId=YourAppKey'),
      await get('/.well-known/entry-points/external'),
    ];

    expect(documents[0]).toMatchObject({
      issuer: world.origin,
      authorization_endpoint: `${world.origin}/restapi/oauth/authorize`,
      token_endpoint: `${world.origin}/restapi/oauth/token`,
      revocation_endpoint: `${world.origin}/restapi/oauth/revoke`,
      userinfo_endpoint: `${world.origin}/restapi/oauth/userinfo`,
      code_challenge_methods_supported: ['plain', 'S256'],
    });
    expect(documents[0]).not.toHaveProperty('jwks_uri');
    const addresses = JSON.stringify(documents).match(/https?:[^"]+/g) ?? [];
    expect(addresses.filter((address) => !address.startsWith(world.origin))).toEqual([]);
    for (const address of addresses.filter((one) => one.includes('/restapi/')))
      expect((await fetch(address, { method: 'POST', redirect: 'manual' })).status, address).not.toBe(404);
  });
});
