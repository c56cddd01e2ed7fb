import { describe, expect, test } from 'vitest';
import { Metrics } from '../../src/http/metrics.ts';
import { MINUTE_MS, ringCxRequests, useRingCxToken } from '../broker/ring-cx-world.ts';
import { gateway, TOKEN } from './gateway.ts';

const PATH = 'connections/front-desk/token?for=ringcx';
const AGENT = { agentId: '111111', firstName: 'John', lastName: 'Wang', rcUserId: '222222', accountId: '333333', accountName: 'RingForce' };

describe('GET connections/{name}/token?for=ringcx', () => {
  test("G10: a Client is handed RingCX's token, with the ids that its paths are made of, and no cache keeps it", async () => {
    const { ask, key, store, sandbox } = await gateway();

    const { status, body, headers } = await ask('GET', PATH, await key());

    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: (await store.findRingCxGrant('front-desk'))?.accessToken.reveal(),
      token_type: 'bearer',
      expires_in: 300 - 30,
      main_account_id: '333330',
      admin_id: '1111',
      agent_details: [expect.objectContaining(AGENT)],
    });
    expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    expect((await useRingCxToken(sandbox.origin, String(body.access_token))).status).toBe(200);
  });

  test.each(['https://ringcx.ringcentral.com', 'https://engage.ringcentral.com'])('G10: an App may have its RingCX at %s', async (ringcxOrigin) => {
    const { manage } = await gateway();

    const app = { name: 'real', platformOrigin: 'http://localhost:1', ringcxOrigin, clientId: 'id' };

    expect(await manage('POST', 'apps', app)).toMatchObject({ status: 201, body: { ringcxOrigin } });
  });

  test('G10: RingCX is asked at the origin of the App for it, be that another than its platform', async () => {
    const { ask, key, store, sandbox, apps } = await gateway();
    const engage = sandbox.origin.replace('127.0.0.1', 'localhost');
    await store.updateApp({ ...(await apps.getApp('demo')), ringcxOrigin: engage });

    const { status } = await ask('GET', PATH, await key());

    expect([status, (await store.findRingCxGrant('front-desk'))?.origin]).toEqual([200, engage]);
  });

  test('23: no key, the admin token and a Policy that says no get nothing, and RingCX is not asked', async () => {
    const at = await gateway();
    const forbidden = await at.key({ token: false });

    const answers = [await at.ask('GET', PATH, undefined), await at.ask('GET', PATH, TOKEN), await at.ask('GET', PATH, forbidden)];

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 403]);
    expect(ringCxRequests(at)).toEqual([]);
  });

  test('another place than RingCX is a mistake that is named', async () => {
    const { ask, key } = await gateway();

    expect(await ask('GET', 'connections/front-desk/token?for=voice', await key())).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  test('a user who is not in RingCX is told so', async () => {
    const { ask, key } = await gateway({ names: ['fax-desk'] });

    const answer = await ask('GET', 'connections/fax-desk/token?for=ringcx', await key(undefined, ['fax-desk']));

    expect(answer).toMatchObject({ status: 502, body: { code: 'ringcx_refused', detail: expect.stringContaining('not linked to RingCX') } });
  });

  test('68: the line of the audit trail says that it was a token of RingCX', async () => {
    const { ask, key, manage } = await gateway();
    await ask('GET', PATH, await key());

    const { body } = await manage('GET', 'audit');

    expect(body.items).toContainEqual(expect.objectContaining({ who: 'client crm', action: 'getRingCxToken', object: 'connections/front-desk', result: 'ok' }));
  });
});

describe('POST connections/{name}/token?for=ringcx', () => {
  test('G6: a token that RingCX called expired is replaced by one forced Refresh; an older one by the present one', async () => {
    const at = await gateway();
    const bearer = await at.key();
    const first = await at.ask('GET', PATH, bearer);
    await at.sandbox.advance(5 * MINUTE_MS);

    const answers = await Promise.all(Array.from({ length: 20 }, () => at.ask('POST', PATH, bearer, { rejected: first.body.access_token })));
    const again = await at.ask('POST', PATH, bearer, { rejected: first.body.access_token });

    const [newer] = answers;
    expect(new Set([...answers, again].map(({ body }) => body.access_token))).toEqual(new Set([newer?.body.access_token]));
    expect((await useRingCxToken(at.sandbox.origin, String(newer?.body.access_token))).status).toBe(200);
    expect(ringCxRequests(at)).toEqual(['exchange', 'refresh']);
  });

  test('G6: one that is refused again within the minute has another cause', async () => {
    const at = await gateway();
    const bearer = await at.key();
    const first = await at.ask('GET', PATH, bearer);
    const second = await at.ask('POST', PATH, bearer, { rejected: first.body.access_token });

    const third = await at.ask('POST', PATH, bearer, { rejected: second.body.access_token });

    expect(third).toMatchObject({ status: 503, body: { code: 'refresh_too_soon' }, headers: { 'retry-after': '60' } });
  });
});

describe('GET connections', () => {
  test('G10: who the extension is in RingCX is shown once it is known, in the list too, and no token', async () => {
    const { ask, key, manage, clock } = await gateway({ names: ['front-desk', 'back-office'] });
    const before = await manage('GET', 'connections/front-desk');
    const expiresAt = clock.now() + 5 * MINUTE_MS;
    await ask('GET', PATH, await key());

    const [one, list] = [await manage('GET', 'connections/front-desk'), await manage('GET', 'connections')];

    const ringcx = { mainAccountId: '333330', adminId: '1111', expiresAt, agentDetails: [expect.objectContaining(AGENT)] };
    expect(before.body).not.toHaveProperty('ringcx');
    expect(one.body).toMatchObject({ ringcx });
    expect((list.body.items as object[]).map((item) => 'ringcx' in item)).toEqual([false, true]);
    expect(one.text + list.text).not.toMatch(/SBX[ARCD][\w-]{20}/);
  });
});

describe('Metrics', () => {
  test('token requests to RingCX are counted by kind', async () => {
    const metrics = new Metrics();
    const fetch = metrics.countTokenRequests(async () => new Response(null, { status: 429 }), { listApps: async () => ({ items: [] }) });

    await fetch('https://r.example/api/auth/login/rc/accesstoken?includeRefresh=true', { body: new URLSearchParams({ rcAccessToken: 'canary' }) });
    await fetch('https://r.example/api/auth/token/refresh', { body: new URLSearchParams({ refresh_token: 'canary' }) });
    const text = await metrics.text();

    for (const kind of ['ringcx_exchange', 'ringcx_refresh']) {
      expect(text).toContain(`trunkline_platform_token_requests_total{app="",grant_type="${kind}",outcome="busy"} 1\n`);
    }
    expect(text).not.toContain('canary');
  });
});
