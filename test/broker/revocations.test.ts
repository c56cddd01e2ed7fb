import { describe, expect, test } from 'vitest';
import { keepRevoking, type RevocationParts, revokeLater, revokeNext } from '../../src/broker/revocations.ts';
import { createFetch } from '../../src/runtime/fetch.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { SILENT } from '../silent-log.ts';
import { until, type World, world } from '../world.ts';

const REVOKE_PATH = '/restapi/oauth/revoke';
const WEEK_MS = 7 * 24 * 3_600_000;
const log = SILENT;

function revoking(at: World, of: Partial<RevocationParts> = {}): RevocationParts {
  const notes: string[] = [];
  const trail = { note: async ({ action, result }: { action: string; result: string }) => void notes.push(`${action} ${result}`) };
  return { store: at.store, clock: at.clock, random: systemRandom, fetch: createFetch().fetch, log, trail, mayAsk: async () => 0, ...of };
}

const sent = ({ sandbox }: World) => sandbox.requests(REVOKE_PATH).map(({ status }) => status);

describe('a Connection that is removed', () => {
  test('20, 21: its credential is unusable at once, and its session ends on the platform', async () => {
    const at = await world();
    const grant = await at.tokens.usableGrant('front-desk');

    await at.connections.removeConnection('front-desk');
    await expect(at.tokens.usableGrant('front-desk')).rejects.toMatchObject({ code: 'connection_not_found' });
    const open = await at.store.countRevocations();
    await revokeNext(revoking(at));

    expect([open, await at.store.countRevocations(), sent(at)]).toEqual([1, 0, [200]]);
    const use = await fetch(`${at.sandbox.origin}/restapi/v1.0/account/~/extension/~`, { headers: { authorization: `Bearer ${grant.accessToken.reveal()}` } });
    expect(use.status).toBe(401);
  });

  test('20: 503 means that it lives: it is kept, and sent again after Retry-After, not before', async () => {
    const at = await world();
    await at.tokens.usableGrant('front-desk');
    await at.sandbox.addFault({ match: { path: REVOKE_PATH }, times: 1, action: { status: 503, headers: { 'retry-after': '120' } } });
    await at.connections.removeConnection('front-desk');

    await revokeNext(revoking(at));
    at.clock.advance(119_000);
    const early = await revokeNext(revoking(at));
    at.clock.advance(3_000);
    const late = await revokeNext(revoking(at));

    expect([early, late, sent(at), await at.store.countRevocations()]).toEqual([false, true, [503, 200], 0]);
  });

  test('20: a connection that drops is an unclear answer: sent again within the back-off', async () => {
    const at = await world();
    await at.tokens.usableGrant('front-desk');
    await at.sandbox.addFault({ match: { path: REVOKE_PATH }, times: 1, action: { drop: 'before' } });
    await at.connections.removeConnection('front-desk');

    await revokeNext(revoking(at));
    const kept = await at.store.countRevocations();
    at.clock.advance(2_000);
    await revokeNext(revoking(at));

    expect([kept, await at.store.countRevocations()]).toEqual([1, 0]);
  });

  test('21: the App may be gone by then: what the request needs was kept', async () => {
    const at = await world();
    await at.tokens.usableGrant('front-desk');
    await at.connections.removeConnection('front-desk');
    await at.apps.removeApp('demo');

    await revokeNext(revoking(at, { mayAsk: (app) => at.tokens.budgets.mayAsk(app) }));

    expect([sent(at), await at.store.countRevocations()]).toEqual([[200], 0]);
  });

  test('21: several of an App that is gone are sent no faster than the platform lets an App ask', async () => {
    const at = await world({ connections: ['front-desk', 'back-office'] });
    for (const name of ['front-desk', 'back-office']) await at.tokens.usableGrant(name);
    for (const name of ['front-desk', 'back-office']) await at.connections.removeConnection(name);
    await at.apps.removeApp('demo');
    const parts = revoking(at, { mayAsk: (app) => at.tokens.budgets.mayAsk(app) });

    for (let turn = 0; turn < 3; turn += 1) await revokeNext(parts);
    const first = sent(at);
    at.clock.advance(12_000);
    await revokeNext(parts);

    expect([first, sent(at)]).toEqual([[200], [200, 200]]);
  });

  test('G7: however many wait for one budget, it is asked about once until it has room', async () => {
    const at = await world();
    const grant = await at.tokens.usableGrant('front-desk');
    for (let count = 0; count < 100; count += 1) await revokeLater({ ...at, random: systemRandom, log }, grant);
    const asked: string[] = [];
    const from = at.clock.now() + 12_000;

    const turns: boolean[] = [];
    const mayAsk = async (app: string) => {
      asked.push(app);
      return from;
    };
    const parts = revoking(at, { mayAsk });
    for (let turn = 0; turn < 3; turn += 1) turns.push(await revokeNext(parts));
    at.clock.advance(12_000);
    const due = await at.store.claimRevocation(at.clock.now(), at.clock.now() + 1);

    expect([asked, turns]).toEqual([['demo'], [true, false, false]]);
    expect([due?.attempts, await at.store.countRevocations()]).toEqual([0, 100]);
  });

  test('of two nodes one sends it', async () => {
    const at = await world();
    await at.tokens.usableGrant('front-desk');
    await at.connections.removeConnection('front-desk');

    const sending = await Promise.all([revokeNext(revoking(at)), revokeNext(revoking(at))]);

    expect([sending.filter(Boolean).length, sent(at)]).toEqual([1, [200]]);
  });

  test('one whose node was killed is sent by another when its time is over', async () => {
    const at = await world();
    await at.tokens.usableGrant('front-desk');
    await at.connections.removeConnection('front-desk');
    await at.store.claimRevocation(at.clock.now(), at.clock.now() + 30_000);

    const before = await revokeNext(revoking(at));
    at.clock.advance(30_000);

    expect([before, await revokeNext(revoking(at)), sent(at)]).toEqual([false, true, [200]]);
  });

  test('what is over by itself is given up, and not sent', async () => {
    const at = await world();
    await at.tokens.usableGrant('front-desk');
    await at.connections.removeConnection('front-desk');

    at.clock.advance(WEEK_MS);
    const taken = await revokeNext(revoking(at));

    expect([taken, sent(at), await at.store.countRevocations()]).toEqual([true, [], 0]);
  });

  test('G7: it waits for the budget of its App', async () => {
    const at = await world();
    await at.tokens.usableGrant('front-desk');
    await at.connections.removeConnection('front-desk');
    const asked: string[] = [];
    const from = at.clock.now() + 60_000;
    const mayAsk = async (app: string) => {
      asked.push(app);
      return at.clock.now() < from ? from : 0;
    };

    await revokeNext(revoking(at, { mayAsk }));
    const meanwhile = await revokeNext(revoking(at, { mayAsk }));
    const before = sent(at);
    at.clock.advance(60_000);
    await revokeNext(revoking(at, { mayAsk }));

    expect([asked, meanwhile, before, sent(at)]).toEqual([['demo', 'demo'], false, [], [200]]);
  });

  test('a freeze does not keep a session alive', async () => {
    const at = await world();
    await at.tokens.usableGrant('front-desk');
    await at.freezes.freeze('all', undefined, { by: 'admin' });
    await at.connections.removeConnection('front-desk');
    const ending = new AbortController();

    const running = keepRevoking(revoking(at), ending.signal);
    await until(() => sent(at).length > 0);
    ending.abort();
    await running;

    expect(sent(at)).toEqual([200]);
  });

  test('one that never had a Grant leaves nothing to revoke', async () => {
    const at = await world();

    await at.connections.removeConnection('front-desk');

    expect(await at.store.countRevocations()).toBe(0);
  });
});

describe('a Connection that is revoked', () => {
  test('its Grant ends here and there; with its credentials it signs in again, and its generation goes on', async () => {
    const at = await world();
    const before = await at.tokens.usableGrant('front-desk');

    const view = await at.connections.revokeConnection('front-desk');
    const rests = await at.store.findGrant('front-desk');
    await revokeNext(revoking(at));
    const after = await at.tokens.usableGrant('front-desk');

    expect([view.state, view.generation, view.expiresAt]).toEqual(['new', 2, undefined]);
    expect([rests?.accessToken.reveal(), rests?.refreshToken]).toEqual(['', undefined]);
    expect(sent(at)).toEqual([200]);
    expect([before.generation, after.generation]).toEqual([1, 3]);
    expect(at.tokenRequests()).toEqual(['password', 'password']);
  });

  test('without a credential that is good it needs a sign-in', async () => {
    const at = await world();
    await at.tokens.usableGrant('front-desk');
    await at.store.refuseCredential('front-desk', 0, (await at.store.listCredentials('front-desk'))[0]!, { at: 1, code: 'OAU-140' });

    const view = await at.connections.revokeConnection('front-desk');

    expect([view.state, view.signInNeeded?.code]).toEqual(['needs-sign-in', 'revoked_here']);
  });

  test('a second time there is nothing to revoke', async () => {
    const at = await world();
    await at.tokens.usableGrant('front-desk');

    await at.connections.revokeConnection('front-desk');
    await at.connections.revokeConnection('front-desk');

    expect(await at.store.countRevocations()).toBe(1);
  });
});

test('G4: a pair that is in no row is revoked by the same way', async () => {
  const at = await world();
  const grant = await at.tokens.usableGrant('front-desk');

  await revokeLater({ store: at.store, clock: at.clock, random: systemRandom, log }, grant);
  await revokeNext(revoking(at));

  expect(sent(at)).toEqual([200]);
});
