import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { Metrics } from '../../src/http/metrics.ts';
import { gateway } from './gateway.ts';

const DAY_MS = 86_400_000;

describe('GET weather', () => {
  test('G7: says what the budget keeps alive, what it can, and what dies unless somebody acts', async () => {
    const { manage, tokens, sandbox, connections, store } = await gateway();
    await tokens.usableGrant('front-desk');
    const { jwt } = await sandbox.issueJwt({ username: '18889363711', extension: '101', expiresInSeconds: (3 * DAY_MS) / 1_000 });
    await connections.createConnection({ name: 'by-jwt', app: 'demo', credentials: [{ kind: 'jwt', assertion: new Secret(jwt) }] });
    await store.setLimit('demo', 5, 60_000);

    const { status, body } = await manage('GET', 'weather?days=7');
    const none = await manage('GET', 'weather?days=2');
    const second = await manage('GET', 'weather?cursor=a');

    expect(status).toBe(200);
    expect(body).toMatchObject({
      days: 7,
      apps: [
        {
          app: 'demo',
          budget: { limit: 5, windowSeconds: 60, waiting: 0 },
          limitFrom: 'usual',
          kept: 1,
          capacity: 49_912,
          lifetimeSeconds: 604_800,
          lifetimeFrom: 'grants',
          givenUp: 0,
        },
      ],
      items: [{ name: 'by-jwt', app: 'demo', cause: 'jwt-expires' }],
    });
    expect(String((body.items as { todo: string }[])[0]?.todo)).toContain('trunkline connection credentials by-jwt --jwt');
    expect(none.body.items).toEqual([]);
    expect(second.body).not.toHaveProperty('apps');
  });

  test.each(['0', '91', 'x'])('days=%s is refused', async (days) => {
    const { manage } = await gateway();

    expect(await manage('GET', `weather?days=${days}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ field: 'querystring/days' }] },
    });
  });
});

describe('what an App shows of its budget', () => {
  test('an agreed limit holds from the start, and whatever answers say', async () => {
    const { manage, tokens, sandbox } = await gateway();
    const app = { name: 'agreed', platformOrigin: sandbox.origin, clientId: 'YourAppKey', clientSecret: 'YourAppSecret', tokenRequestsPerMinute: 20 };
    const { body: created } = await manage('POST', 'apps', app);
    const credentials = [{ kind: 'password', username: '18889363711', extension: '101', password: '1234' }];
    await manage('POST', 'connections', { name: 'desk', app: 'agreed', credentials });

    await sandbox.setLimits({ scale: 1 });
    await tokens.usableGrant('desk');
    const { body: after } = await manage('GET', 'apps/agreed');

    expect([created.budget, after.budget]).toEqual(Array(2).fill({ limit: 20, windowSeconds: 60, waiting: 0 }));
    expect((await manage('GET', 'weather')).body.apps).toMatchObject([{ limitFrom: 'agreed', app: 'agreed' }, { app: 'demo' }]);
  });

  test('a pause with its reason, for as long as it lasts; who has a token is ready meanwhile', async () => {
    const { manage, tokens, store, clock } = await gateway({ names: ['front-desk', 'back-office'] });
    await tokens.usableGrant('front-desk');
    const until = clock.now() + 60_000;
    await store.setPause('demo', { until, code: 'app_refused', word: 'OAU-153' });

    const { body: during } = await manage('GET', 'apps/demo');
    const states = async () => ((await manage('GET', 'connections')).body.items as { state: string }[]).map(({ state }) => state);
    const statesDuring = await states();
    clock.advance(60_000);
    const { body: after } = await manage('GET', 'apps/demo');

    expect(during.budget).toMatchObject({ pausedUntil: until, pausedBecause: 'app_refused (OAU-153)' });
    expect(after.budget).not.toHaveProperty('pausedUntil');
    expect(statesDuring).toEqual(['waiting', 'ready']);
    expect(await states()).toEqual(['new', 'ready']);
  });
});

describe('PATCH connections/{name}', () => {
  test('sets labels and takes them away, and keep; what is not named stays', async () => {
    const { manage } = await gateway();
    await manage('PATCH', 'connections/front-desk', { labels: { team: 'front', floor: '1' } });

    const { status, body } = await manage('PATCH', 'connections/front-desk', { keep: 'fresh', labels: { floor: null, room: '7' } });

    expect({ status, body }).toMatchObject({ status: 200, body: { keep: 'fresh', labels: { team: 'front', room: '7' } } });
    expect(body.labels).not.toHaveProperty('floor');
    expect(await manage('PATCH', 'connections/nobody', { keep: 'fresh' })).toMatchObject({ status: 404, body: { code: 'connection_not_found' } });
    expect(await manage('PATCH', 'connections/front-desk', { keep: 'warm' })).toMatchObject({ status: 400, body: { errors: [{ field: 'keep' }] } });
    expect(await manage('PATCH', 'connections/front-desk', { labels: { team: 1 } })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'labels/team' }] },
    });
  });

  test('a Connection has fifty labels at most, counted after the change', async () => {
    const { manage } = await gateway();
    const labels = (from: number) => Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`label-${from + index}`, 'x']));
    await manage('PATCH', 'connections/front-desk', { labels: labels(0) });

    expect(await manage('PATCH', 'connections/front-desk', { labels: labels(30) })).toMatchObject({ status: 400, body: { errors: [{ field: 'labels' }] } });
  });
});

test('metrics: what budgets have, and who took their slots for what', async () => {
  const { manage, tokens, store, clock } = await gateway();
  await tokens.usableGrant('front-desk');
  await store.setLimit('demo', 5, 60_000);
  const counting = new Metrics();
  const counted = counting.countTurns(store);
  await counted.takeTurn(
    { connection: 'front-desk', app: 'demo', client: '', generation: 1 },
    { holder: 'A', leaseMs: 1_000, now: clock.now(), urgent: false, urgentBy: 0, early: false },
  );
  await counted.giveBackLease('front-desk', 'A', { unclear: true, retry: { at: clock.now() + 1, code: 'platform_unreachable' } });
  await counted.setPause('demo', { until: clock.now() + 1_000, code: 'platform_busy', word: '' });

  const { text } = await manage('GET', '/metrics');
  const own = await counting.text();

  for (const line of [
    'trunkline_budget_slots{app="demo"} 5',
    'trunkline_budget_slots_taken{app="demo"} 2',
    'trunkline_budget_waiting{app="demo"} 0',
    'trunkline_grants_kept{app="demo"} 1',
    'trunkline_grants_given_up{app="demo"} 0',
    'trunkline_app_paused{app="demo",code="platform_busy"} 1',
  ])
    expect(text).toContain(line);
  for (const line of [
    'trunkline_turns_total{app="demo",cause="caller"} 1',
    'trunkline_back_offs_total{code="platform_unreachable"} 1',
    'trunkline_app_pauses_total{app="demo",code="platform_busy"} 1',
  ])
    expect(own).toContain(line);
});
