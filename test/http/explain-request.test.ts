import { describe, expect, test } from 'vitest';
import { permitRequest, routeRequest } from '../../src/access/permit-request.ts';
import { PolicyForbids } from '../../src/domain/errors.ts';
import { platformShapedError } from '../../src/proxy/platform-shape.ts';
import { gateway } from './gateway.ts';

const RING_OUT = '/restapi/v1.0/account/~/extension/~/ring-out';
const POLICY = { ipAllow: ['127.0.0.1'], methods: ['GET', 'POST'], paths: ['/restapi/v1.0/**', '/voice/api/**'], permissions: ['RingOut', 'EditAccounts'] };

async function withPolicy(policy: object | undefined = POLICY) {
  const at = await gateway();
  await at.key(policy);
  const explain = async (more: object) => (await at.manage('POST', 'explain-request', { client: 'crm', method: 'POST', path: RING_OUT, ...more })).body;
  return { ...at, explain };
}

describe('explain-request', () => {
  test('an allowed request passes every rule, with what it needs and where it leads', async () => {
    const { explain, store } = await withPolicy();

    const body = await explain({ path: '/restapi/v1.0/account/%7E?view=Simple', method: 'get' });

    const app = await store.findApp('demo');
    expect(body).toMatchObject({
      allowed: true,
      connection: 'front-desk',
      address: '127.0.0.1',
      destination: { servedBy: 'platformOrigin', app: 'demo', origin: app?.platformOrigin, path: '/restapi/v1.0/account/~' },
      operation: { method: 'GET', path: '/restapi/v1.0/account/{accountId}', permissions: ['ReadAccounts'], group: 'Light' },
    });
    expect((body.rules as { outcome: string }[]).every(({ outcome }) => outcome === 'passes')).toBe(true);
  });

  test.each([
    ['target', { path: '/restapi/v1.0/../../scim/v2/Users' }],
    ['target', { path: '/trunkline/api/apps' }],
    ['connection', { connection: 'back-office' }],
    ['ipAllow', { address: '192.0.2.7' }],
    ['methods', { method: 'DELETE' }],
    ['paths', { path: '/scim/v2/Users', method: 'GET' }],
    ['permissions', { path: '/restapi/v1.0/account/~/extension/~/sms' }],
    ['permissions', { path: '/restapi/v1.0/nothing-of-the-kind' }],
    ['permissions', { path: '/voice/api/v1/admin/accounts', method: 'GET' }],
    ['permissions', { path: '/restapi/v1.0/subscription' }],
  ])('36: the rule that refuses is %s: %j', async (rule, more) => {
    const { explain } = await withPolicy();

    const body = await explain(more);

    const rules = body.rules as { rule: string; outcome: string }[];
    const at = rules.findIndex((one) => one.rule === rule);
    expect(body).toMatchObject({ allowed: false, rule });
    expect(rules.map(({ outcome }) => outcome)).toEqual(rules.map((_, index) => (index < at ? 'passes' : index === at ? 'refuses' : 'not asked')));
  });

  test('what is no address is refused, not judged', async () => {
    const { manage } = await withPolicy();

    const asked = await manage('POST', 'explain-request', { client: 'crm', method: 'POST', path: RING_OUT, address: 'nonsense' });

    expect(asked).toMatchObject({ status: 400, body: { code: 'invalid_request', detail: 'address must be an IPv4 or IPv6 address' } });
  });

  test('what is frozen is said before the Policy, or last where it is the Connection', async () => {
    const { explain, manage } = await withPolicy();

    await manage('POST', 'connections/front-desk/freeze');
    const connection = await explain({});
    await manage('POST', 'clients/crm/freeze');
    const client = await explain({ address: '192.0.2.7' });

    expect([connection.rule, client.rule]).toEqual(['connection frozen', 'client frozen']);
  });

  test('says what limits would do: the group, what the Client may send, and whether a key has it carried out once', async () => {
    const { explain, store, manage } = await withPolicy(undefined);
    await store.removeClient('crm');
    await manage('POST', 'clients', { name: 'crm', connections: ['front-desk'], limits: { requestsPerSecond: 2, concurrency: 3 } });

    const { limits } = await explain({});
    const { limits: reading } = await explain({ method: 'GET', path: '/restapi/v1.0/account/~' });
    const { limits: unlimited } = await explain({ method: 'GET', path: '/restapi/v1.0' });
    const { limits: nowhere } = await explain({ path: '/trunkline/api/apps' });

    expect(limits).toMatchObject({
      platform: { group: 'Heavy', limit: 10, windowSeconds: 60, room: 10, waitMs: 0, outcome: 'passes' },
      client: { requestsPerSecond: 2, burst: 4, concurrency: 3, underWay: 0, idleSeconds: 60, outcome: 'passes' },
      idempotencyKey: { honoured: true },
    });
    expect(reading).toMatchObject({ platform: { group: 'Light', limit: 50 }, idempotencyKey: { honoured: false } });
    expect(unlimited).not.toHaveProperty('platform');
    expect(nowhere).toBeUndefined();
  });

  test('a Client that is not there is not found', async () => {
    const { manage } = await withPolicy();

    expect(await manage('POST', 'explain-request', { client: 'nobody', method: 'GET', path: RING_OUT })).toMatchObject({ status: 404 });
  });
});

describe('permitRequest', () => {
  test('36: a Permission that the Policy does not list is refused in the shape of the platform', async () => {
    const { freezes, store } = await withPolicy();
    const client = await store.findClient('crm');
    const asked = { method: 'POST', url: '/restapi/v1.0/account/~/extension/~/sms', address: '127.0.0.1', connection: undefined };

    const permit = async () => permitRequest(freezes, client as NonNullable<typeof client>, asked, routeRequest(asked));
    const refusal = await permit().catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(PolicyForbids);
    expect(JSON.parse(platformShapedError(refusal).body)).toMatchObject({ errorCode: 'InsufficientPermissions', permissionName: 'SMS' });
  });

  test('media are judged by the path that the media origin sees', async () => {
    const { freezes, store } = await withPolicy({ paths: ['/restapi/v1.0/account/*/recording/**'] });
    const client = await store.findClient('crm');
    const asked = { method: 'GET', url: '/media/restapi/v1.0/account/~/recording/1/content?x=1', address: '127.0.0.1', connection: undefined };

    const permitted = await permitRequest(freezes, client as NonNullable<typeof client>, asked, routeRequest(asked));

    expect(permitted).toMatchObject({
      servedBy: 'mediaOrigin',
      path: '/restapi/v1.0/account/~/recording/1/content',
      query: 'x=1',
      connection: 'front-desk',
      operation: { permission: 'ReadCallRecording', group: 'Heavy', media: true },
    });
  });
});
