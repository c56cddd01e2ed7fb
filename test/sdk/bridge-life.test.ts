import RingCentral from '@rc-ex/core';
import type RestException from '@rc-ex/core/RestException';
import { SDK } from '@ringcentral/sdk';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { recorder } from '../bridge/recorder.ts';
import { type BridgeWorld, bridgeWorld, EXTENSION, LOGIN } from '../bridge/world.ts';
import { failureOf } from './world.ts';

// A pair of the Client's own: the program knows nothing that the platform would take.
const PAIR = { clientId: 'old-app', clientSecret: 'old-app-secret' };
// Its types no longer know of it.
const PASSWORD = { grant_type: 'password', ...LOGIN } as unknown as Parameters<RingCentral['getToken']>[0];
const FRONT_DESK = '403141004';
const CALLS = 1_000;
const RING = { from: { phoneNumber: '6505553711' }, to: { phoneNumber: '6505551230' }, playPrompt: false };
const SMS = { from: { phoneNumber: '+16505550101' }, to: [{ phoneNumber: '+16505551230' }], text: 'Your order is ready' };
const FAX = { to: [{ phoneNumber: '+16505551231' }], faxResolution: 'High' as const };
const MULTIPART_HEADERS = { 'content-type': 'multipart/form-data; boundary=a-boundary' };
const MULTIPART = [
  '--a-boundary\r\ncontent-disposition: form-data; name="json"; filename="request.json"\r\ncontent-type: application/json\r\n\r\n',
  `${JSON.stringify(FAX)}\r\n`,
  '--a-boundary\r\ncontent-disposition: form-data; name="attachment"; filename="order.txt"\r\ncontent-type: text/plain\r\n\r\nAn order\r\n',
  '--a-boundary--\r\n',
].join('');
const FIRST_PAGE = `${EXTENSION}/call-log?perPage=100&dateFrom=2000-01-01T00:00:00Z`;

interface CallLog {
  readonly records: readonly { readonly id: string; readonly uri: string }[];
  readonly navigation: { readonly nextPage?: { readonly uri: string } };
}

beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

/** A gateway with a thousand calls behind it, and a recorder in front, to which the programs speak. */
async function lifeWorld() {
  const world = await bridgeWorld({ client: { bridge: PAIR } });
  const { jwt } = await world.sandbox.issueJwt({ username: '18889363711', extension: '101' });
  await world.connections.createConnection({ name: 'by-jwt', app: 'demo', credentials: [{ kind: 'jwt', assertion: new Secret(jwt) }] });
  await world.manage('POST', 'clients', { name: 'cron', connections: ['by-jwt'], bridge: PAIR });
  await fetch(`${world.sandbox.origin}/_sandbox/call-log`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ownerId: FRONT_DESK, count: CALLS }),
  });
  return { world, jwt, ...(await recorder(world.origin)) };
}

/** Neither the tokens that the gateway holds nor any other of the platform's were ever seen. */
async function expectNoLeak(world: BridgeWorld, heard: string, connections: readonly string[]): Promise<void> {
  const grants = await Promise.all(connections.map((name) => world.store.findGrant(name)));
  const held = grants.flatMap((grant) => [grant?.accessToken.reveal(), grant?.refreshToken?.reveal()]);
  expect(held.every((token) => token?.startsWith('SBX'))).toBe(true);
  for (const token of held) expect(heard.includes(token ?? '')).toBe(false);
  expect(heard).not.toMatch(/SBX[A-Z]\w{8}/);
  expect(heard).toContain('tlb_');
}

describe('the whole life of a program, with only its server changed', () => {
  test('@ringcentral/sdk with user name, extension and password', async () => {
    const { world, origin, heard } = await lifeWorld();
    const sdk = new SDK({ server: origin, ...PAIR, cachePrefix: 'bridge-life-', refreshDelayMs: 1 });
    const platform = sdk.platform();
    const json = async <Body>(response: Promise<Response>) => (await (await response).json()) as Body;

    await platform.login(LOGIN);
    const me = await json<{ extensionNumber: string }>(platform.get(EXTENSION));
    const ring = await json<{ status: { callStatus: string } }>(platform.post(`${EXTENSION}/ring-out`, RING));
    const sms = await json<{ type: string }>(platform.post(`${EXTENSION}/sms`, SMS));
    const fax = await json<{ type: string }>(platform.post(`${EXTENSION}/fax`, MULTIPART, undefined, { headers: MULTIPART_HEADERS }));
    const ids = new Set<string>();
    for (let uri: string | undefined = FIRST_PAGE; uri !== undefined; ) {
      const page: CallLog = await json<CallLog>(platform.get(uri));
      for (const { id } of page.records) ids.add(id);
      uri = page.navigation.nextPage?.uri;
    }
    const before = (await platform.auth().data()).access_token;
    await platform.refresh();
    const after = (await platform.auth().data()).access_token;
    world.clock.advance(3_600_000);
    const recovered = await platform.get(EXTENSION);
    await platform.logout();
    const out = await failureOf(platform.get(EXTENSION));

    expect([me.extensionNumber, ring.status.callStatus, sms.type, fax.type, ids.size]).toEqual(['101', 'InProgress', 'SMS', 'Fax', CALLS]);
    expect([after === before, recovered.status, out.message]).toEqual([false, 200, 'Refresh token is missing']);
    await expectNoLeak(world, heard(), ['front-desk']);
  });

  test('@rc-ex/core with a JWT', async () => {
    const { world, jwt, origin, heard } = await lifeWorld();
    const rc = new RingCentral({ server: origin, ...PAIR });

    await rc.authorize({ jwt });
    await rcExLife(rc, world);

    await expectNoLeak(world, heard(), ['by-jwt']);
  });

  test('@rc-ex/core refuses a password by itself; the same request, made by its own getToken, is good', async () => {
    const { world, origin, heard } = await lifeWorld();
    const rc = new RingCentral({ server: origin, ...PAIR });

    const refused = await failureOf(rc.authorize(LOGIN as unknown as { jwt: string }));
    await rc.getToken(PASSWORD);
    await rcExLife(rc, world);

    expect(refused.message).toBe('Unsupported authorization flow');
    await expectNoLeak(world, heard(), ['front-desk']);
  });

  test('@rc-ex/core with a token that is set by hand', async () => {
    const { world, origin } = await lifeWorld();
    const rc = new RingCentral({ server: origin, ...PAIR });
    const sdk = new SDK({ server: origin, ...PAIR, cachePrefix: 'bridge-by-hand-' });
    await sdk.login(LOGIN);

    rc.token = (await sdk.platform().auth().data()) as unknown as NonNullable<typeof rc.token>;
    await rcExLife(rc, world);

    expect(rc.token).toBeUndefined();
  });
});

/** Everything that it does once it is signed in, to its end. */
async function rcExLife(rc: RingCentral, world: BridgeWorld): Promise<void> {
  const extension = rc.restapi().account().extension();
  const me = await extension.get();
  const ring = await extension.ringOut().post(RING);
  const sms = await extension.sms().post(SMS);
  const fax = await extension.fax().post({ ...FAX, attachments: [{ filename: 'order.txt', content: 'An order', contentType: 'text/plain' }] });
  const ids = new Set<string>();
  for (let uri: string | undefined = FIRST_PAGE; uri !== undefined; ) {
    const page: CallLog = (await rc.get<CallLog>(uri)).data;
    for (const { id } of page.records) ids.add(id);
    uri = page.navigation.nextPage?.uri;
  }
  const before = rc.token?.access_token ?? '';
  await rc.refresh();
  const after = rc.token?.access_token;
  world.clock.advance(3_600_000);
  const expired = await failureOf<RestException>(rc.get(EXTENSION));
  await rc.refresh();
  const recovered = await rc.get(EXTENSION);
  const last = rc.token?.access_token;
  await rc.revoke();

  expect([me.extensionNumber, ring.status?.callStatus, sms.type, fax.type, ids.size]).toEqual(['101', 'InProgress', 'SMS', 'Fax', CALLS]);
  expect([after === before, expired.response.status, recovered.status]).toEqual([false, 401, 200]);
  expect(expired.response.data).toMatchObject({ errorCode: 'TokenExpired', errors: [{ errorCode: 'OAU-128' }] });
  expect((await world.call(last)).status).toBe(401);
}
