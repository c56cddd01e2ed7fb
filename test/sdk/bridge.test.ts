import RingCentral from '@rc-ex/core';
import type RestException from '@rc-ex/core/RestException';
import { SDK } from '@ringcentral/sdk';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { DEMO } from '../../src/sandbox/demo.ts';
import { type BridgeWorld, bridgeWorld, changePasswordAtPlatform, EXTENSION, LOGIN, NEW_PASSWORD } from '../bridge/world.ts';
import { failureOf } from './world.ts';

const { clientId, clientSecret } = DEMO.app;
const CALL_LOG = `${EXTENSION}/call-log`;
const CALLS = 1_000;
const PER_PAGE = 100;
const FRONT_DESK = '403141004';
const PLATFORM_TOKEN = /SBX[AR][\w-]{10}/;

beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

let sdks = 0;

/** The SDK as its users make it; each has a cache of its own, as they share one storage in a process. */
function sdkAt({ origin }: BridgeWorld): SDK {
  sdks += 1;
  return new SDK({ server: origin, clientId, clientSecret, cachePrefix: `bridge-${sdks}-`, refreshDelayMs: 1 });
}

describe('@ringcentral/sdk with only its server changed', () => {
  test('logs in with user name, extension and password, calls, sends an SMS, refreshes, and logs out', async () => {
    const world = await bridgeWorld();
    const sdk = sdkAt(world);

    await sdk.login(LOGIN);
    const me = (await (await sdk.get(EXTENSION)).json()) as { id: number };
    const sms = await sdk.post(`${EXTENSION}/sms`, { from: { phoneNumber: '+16505550101' }, to: [{ phoneNumber: '+15555550123' }], text: 'hello' });
    const first = await sdk.platform().auth().data();
    await sdk.refresh();
    const second = await sdk.platform().auth().data();
    await sdk.get(EXTENSION);
    await sdk.logout();

    expect([String(me.id), sms.status]).toEqual([FRONT_DESK, 200]);
    expect([first.token_type, first.owner_id]).toEqual(['bearer', FRONT_DESK]);
    expect(second.access_token).not.toBe(first.access_token);
    expect(JSON.stringify([first, second])).not.toMatch(PLATFORM_TOKEN);
    expect(world.tokenRequests()).toEqual(['password']);
    expect((await world.call(second.access_token)).status).toBe(401);
  });

  test('meets a 401 in the middle, refreshes with access_token_ttl=-1, repeats, and goes on with ten-minute tokens', async () => {
    const world = await bridgeWorld();
    const sdk = sdkAt(world);
    await sdk.login(LOGIN);
    world.clock.advance(3_600_000);

    const answer = await sdk.get(EXTENSION);

    expect(answer.status).toBe(200);
    expect((await sdk.platform().auth().data()).expires_in).toBe(600);
  });

  test('keeps its session while the Connection needs a sign-in, and goes on with it after that', async () => {
    const world = await bridgeWorld();
    const sdk = sdkAt(world);
    await sdk.login(LOGIN);
    const { access_token: before } = await sdk.platform().auth().data();
    await changePasswordAtPlatform(world);

    const failure = await failureOf<Error & { response?: Response }>(sdk.get(EXTENSION));
    await world.manage('PUT', 'connections/front-desk/credentials', {
      credentials: [{ kind: 'password', username: '18889363711', extension: '101', password: NEW_PASSWORD }],
    });

    // A Refresh is forced once in a minute.
    world.clock.advance(60_000);

    expect([failure.response?.status, (await sdk.platform().auth().data()).access_token]).toEqual([502, before]);
    expect((await sdk.get(EXTENSION)).status).toBe(200);
  });

  test('reads a thousand calls by the links of their pages, all of which lead to the gateway', async () => {
    const world = await bridgeWorld();
    await fetch(`${world.sandbox.origin}/_sandbox/call-log`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ownerId: FRONT_DESK, count: CALLS }),
    });
    const sdk = sdkAt(world);
    await sdk.login(LOGIN);

    const ids = new Set<string>();
    let pages = 0;
    for (let uri: string | undefined = `${CALL_LOG}?perPage=${PER_PAGE}&dateFrom=2000-01-01T00:00:00Z`; uri !== undefined; pages += 1) {
      const page = (await (await sdk.get(uri)).json()) as { records: { id: string; uri: string }[]; navigation: { nextPage?: { uri: string } } };
      for (const { id } of page.records) ids.add(id);
      expect(JSON.stringify(page)).not.toContain(world.sandbox.origin);
      uri = page.navigation.nextPage?.uri;
    }

    expect([ids.size, pages]).toEqual([CALLS, CALLS / PER_PAGE]);
  });
});

describe('@rc-ex/core with only its server changed', () => {
  test('authorizes with an old JWT, calls, refreshes twice with one refresh token, and revokes', async () => {
    const world = await bridgeWorld();
    const { jwt } = await world.sandbox.issueJwt({ username: '18889363711', extension: '101' });
    await world.connections.createConnection({ name: 'by-jwt', app: 'demo', credentials: [{ kind: 'jwt', assertion: new Secret(jwt) }] });
    await world.manage('POST', 'clients', { name: 'cron', connections: ['by-jwt'], bridge: {} });
    const rc = new RingCentral({ server: world.origin, clientId, clientSecret });

    const token = await rc.authorize({ jwt });
    const me = await rc.restapi().account().extension().get();
    const refreshed = await rc.refresh();
    rc.token = token;
    const again = await rc.refresh();
    await rc.revoke();

    expect([String(me.id), token.owner_id]).toEqual([FRONT_DESK, FRONT_DESK]);
    expect(again.access_token).toBe(refreshed.access_token);
    expect(JSON.stringify([token, refreshed])).not.toMatch(PLATFORM_TOKEN);
    expect((await world.call(refreshed.access_token)).status).toBe(401);
  });

  test('is told in RingCentral’s words what is wrong', async () => {
    const world = await bridgeWorld();
    const rc = new RingCentral({ server: world.origin, clientId, clientSecret });

    const { response } = await failureOf<RestException>(rc.authorize({ jwt: 'a.b.c' }));

    expect([response.status, response.data]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'Invalid assertion', errors: [{ errorCode: 'OAU-140', message: 'Invalid assertion' }] },
    ]);
  });
});
