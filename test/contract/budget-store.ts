import { describe, expect, test } from 'vitest';
import type { TurnOutcome, Turnseeker, TurnTaking } from '../../src/domain/budget.ts';
import { AppNotFound, ConnectionNotFound } from '../../src/domain/errors.ts';
import type { Store } from '../../src/domain/store.ts';
import { CONNECTION_ID, NOW, type OpenStore, sampleApp, sampleConnection, sampleGrant, withConnections, worldsOf } from './world.ts';

const LIMIT = 5;
const WINDOW_MS = 60_000;
/** When the next slot is free after a window that is full from `NOW` on. */
const NEXT = NOW + WINDOW_MS + 250;
const DAY_MS = 24 * 60 * 60_000;
const STALE_MS = 15 * 60_000;

function taking(of: Partial<TurnTaking> = {}): TurnTaking {
  return { holder: 'A/1', leaseMs: 30_000, now: NOW, urgent: false, urgentBy: 0, early: false, ...of };
}

function seeker(connection: string, of: Partial<Turnseeker> = {}): Turnseeker {
  return { connection, app: 'main', client: 'billing', generation: 0, ...of };
}

/** What every BudgetStore does. */
export function describeBudgetStore(name: string, open: OpenStore): void {
  describe(`BudgetStore on ${name}`, () => {
    const world = worldsOf(open);

    test('G7: a slot and the Lease are taken together; where the Lease is held, no slot', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk', 'back-office');
      await other.takeLease({ connection: 'front-desk', holder: 'B', expiresAt: NOW + 30_000, generation: 0, firstAttemptAt: NOW }, NOW);

      const held = await store.takeTurn(seeker('front-desk'), taking());
      const slotsAfterHeld = (await store.findBudget('main', NOW)).slots;
      const taken = await store.takeTurn(seeker('back-office'), taking());

      expect(held).toEqual({ outcome: 'held' });
      expect(slotsAfterHeld).toEqual([]);
      expect(taken).toMatchObject({ outcome: 'taken', turn: { cause: 'caller', app: 'main', lease: { connection: 'back-office' }, budget: { slots: [NOW] } } });
      expect((await other.findBudget('main', NOW)).slots).toEqual([NOW]);
      expect(await other.takeLease({ connection: 'back-office', holder: 'B', expiresAt: NOW + 1, generation: 0, firstAttemptAt: NOW }, NOW)).toBeUndefined();
    });

    test('G7: of many nodes that want slots at once, as many get one as the limit says, and nobody without a slot has a Lease', async () => {
      const { store, other } = await world();
      const names = Array.from({ length: 20 }, (_, index) => `c-${index}`);
      await withConnections(store, ...names);

      const outcomes = await Promise.all(
        names.map((connection, index) =>
          (index % 2 === 0 ? store : other).takeTurn(seeker(connection, { client: connection }), taking({ holder: `N/${index}` })),
        ),
      );
      const free = await Promise.all(
        names.map((connection) => store.takeLease({ connection, holder: 'X', expiresAt: NOW + 1, generation: 0, firstAttemptAt: NOW }, NOW)),
      );

      expect(outcomes.filter(({ outcome }) => outcome === 'taken')).toHaveLength(LIMIT);
      expect(free.filter((lease) => lease === undefined)).toHaveLength(LIMIT);
      expect(await other.countWaiting('main')).toBe(20 - LIMIT);
    });

    test('G7: two nodes that race for the last slot: one gets it', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk', 'back-office');
      await store.noteUsed('main', LIMIT - 1, NOW);

      const got = await Promise.all([store, other].map((node) => node.takeSlot('main', NOW)));

      expect(got.map(({ at }) => at).toSorted()).toEqual([NOW, NEXT]);
    });

    test('G5: whoever waits is told when, by its place; the slot is there then, and a place is kept', async () => {
      const { store } = await world();
      const names = Array.from({ length: 12 }, (_, index) => `c-${String(index).padStart(2, '0')}`);
      await withConnections(store, ...names);

      const first = await outcomesOf(store, names, NOW);
      const again = await outcomesOf(store, names.slice(LIMIT).toReversed(), NOW + 1_000);

      expect(first.map(atOf)).toEqual([...Array(5).fill('taken'), ...Array(5).fill(NEXT), ...Array(2).fill(NEXT + WINDOW_MS + 250)]);
      expect(again.map(atOf)).toEqual(first.slice(LIMIT).map(atOf).toReversed());
      const served = await next(store, taking({ now: NEXT }));
      expect(served).toBe('c-05');
    });

    test('G7: Clients take turns: one with a single Connection is next but one behind a thousand of another', async () => {
      const { store } = await world();
      const many = Array.from({ length: 30 }, (_, index) => `many-${String(index).padStart(2, '0')}`);
      await withConnections(store, ...many, 'one');
      await store.noteUsed('main', LIMIT, NOW);
      for (const connection of many) await store.takeTurn(seeker(connection, { client: 'greedy' }), taking());
      await store.takeTurn(seeker('one', { client: 'modest' }), taking());

      const served: (string | undefined)[] = [];
      for (let slot = 0; slot < 4; slot += 1) served.push(await next(store, taking({ now: NEXT, holder: `A/${slot}` })));

      expect(served.indexOf('one')).toBeLessThanOrEqual(1);
      expect(served.filter((connection) => connection?.startsWith('many'))).toEqual(['many-00', 'many-01', 'many-02']);
    });

    test('what was won meanwhile is not picked, nor what nobody asks for any more', async () => {
      const { store } = await world();
      await withConnections(store, 'won', 'gone', 'wanted');
      await store.noteUsed('main', LIMIT, NOW);
      for (const connection of ['won', 'gone', 'wanted']) await store.takeTurn(seeker(connection, { client: connection }), taking());
      await store.saveGrant(sampleGrant({ connection: 'won' }), 0, CONNECTION_ID);
      await store.leaveQueue('gone');

      const served = [await next(store, taking({ now: NEXT })), await next(store, taking({ now: NEXT, holder: 'A/2' }))];

      expect(served).toEqual(['wanted', undefined]);
    });

    test('whoever has not come back for a quarter of an hour has gone, and is forgotten', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.noteUsed('main', LIMIT, NOW);
      await store.takeTurn(seeker('front-desk'), taking());

      const kept = await store.countWaiting('main');
      const served = await next(store, taking({ now: NEXT + STALE_MS }));

      expect([kept, served, await store.countWaiting('main')]).toEqual([1, undefined, 0]);
    });

    test('G7: what is urgent goes before callers four times out of five, by its deadline', async () => {
      const { store } = await world();
      const callers = await waitingCallers(store, 3);
      for (const [connection, days] of [
        ['late', 3],
        ['soon', 1],
        ['later', 5],
      ] as const)
        await withGrant(store, connection, NOW + days * DAY_MS);

      const served = await serve(store, 5, { urgent: true, urgentBy: NOW + 9 * DAY_MS });

      expect(served).toEqual(['soon', 'late', 'later', callers[0], callers[1]]);
    });

    test('G7: beyond what is urgent nobody goes before callers', async () => {
      const { store } = await world();
      const callers = await waitingCallers(store, 2);
      await withGrant(store, 'soon', NOW + DAY_MS / 2);
      await withGrant(store, 'late', NOW + 6 * DAY_MS);

      const served = await serve(store, 3, { urgent: true, urgentBy: NOW + DAY_MS });

      expect(served).toEqual(['soon', ...callers]);
    });

    test('G7: four urgent ones, then a caller, and so on', async () => {
      const { store } = await world();
      await waitingCallers(store, 2);
      for (let index = 0; index < 8; index += 1) await withGrant(store, `dying-${index}`, NOW + (index + 1) * 600_000);

      const served = await serve(store, 10, { urgent: true, urgentBy: NOW + DAY_MS });

      expect(served.map((connection) => (connection?.startsWith('dying') ? 'd' : 'c')).join('')).toBe('ddddcddddc');
    });

    test('G7: where there are very many, one out of five is refreshed early while callers wait', async () => {
      const { store } = await world();
      await waitingCallers(store, 9);
      for (let index = 0; index < 3; index += 1) await withGrant(store, `many-${index}`, NOW + 5 * DAY_MS + index, NOW - 2 * DAY_MS);

      const served = await serve(store, 10, { early: true });

      expect(served.map((connection) => (connection?.startsWith('many') ? 'm' : 'c')).join('')).toBe('ccccmccccm');
    });

    test('G7: callers, then what is always to be ready, then what dies within a day, by deadline; and nothing else', async () => {
      const { store } = await world();
      const [caller] = await waitingCallers(store, 1);
      await withGrant(store, 'fresh', NOW + 7 * DAY_MS, NOW - 3_600_000, 'fresh');
      await withGrant(store, 'in-20-hours', NEXT + DAY_MS - 4 * 3_600_000, NOW - 6 * DAY_MS);
      await withGrant(store, 'in-10-hours', NEXT + DAY_MS - 14 * 3_600_000, NOW - 6 * DAY_MS);
      await withGrant(store, 'in-25-hours', NEXT + DAY_MS + 3_600_000, NOW - 6 * DAY_MS);
      await withGrant(store, 'dead', NOW - 1, NOW - 7 * DAY_MS);

      expect(await serve(store, 6)).toEqual([caller, 'fresh', 'in-10-hours', 'in-20-hours', undefined, undefined]);
    });

    test('what is under way, or left alone after a failure, is passed over until its time', async () => {
      const { store } = await world();
      await withConnections(store);
      for (const connection of ['leased', 'failed', 'free']) await withGrant(store, connection, NOW + DAY_MS / 2, NOW - 6 * DAY_MS);
      const lease = (connection: string) => ({ connection, holder: 'B', expiresAt: NOW + 30_000, generation: 1, firstAttemptAt: NOW });
      await store.takeLease(lease('leased'), NOW);
      await store.takeLease(lease('failed'), NOW);
      await store.giveBackLease('failed', 'B', { unclear: true, retry: { at: NOW + 40_000, code: 'platform_unreachable' } });

      const served = [
        await next(store, taking()),
        await next(store, taking({ holder: 'A/2' })),
        await next(store, taking({ now: NOW + 35_000, holder: 'A/3' })),
      ];
      const asked = await store.takeTurn(seeker('failed', { generation: 1 }), taking());

      expect(served).toEqual(['free', undefined, 'leased']);
      expect(asked).toEqual({ outcome: 'backing off', until: NOW + 40_000, code: 'platform_unreachable' });
    });

    test('G7: during a pause nothing is given, to nobody; after it, or when it is ended, everything', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      const pause = { until: NOW + 61_000, code: 'platform_busy' as const, word: 'CMN-301' };
      await store.setPause('main', pause);

      const during = await other.takeTurn(seeker('front-desk'), taking());
      const nothing = await other.takeNextTurn('main', taking());
      const slot = await other.takeSlot('main', NOW);
      const after = await other.takeSlot('main', NOW + 61_000);
      await store.setPause('main', undefined);

      expect(during).toEqual({ outcome: 'paused', pause });
      expect(nothing).toEqual({ outcome: 'nothing', at: pause.until });
      expect(slot.at).toBe(pause.until);
      expect(after.at).toBe(NOW + 61_000);
      expect((await other.findBudget('main', NOW)).pause).toBeUndefined();
    });

    test('whoever goes behind leaves a slot for the next Refresh, and those free that the queue waits for', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.setLimit('main', 3, WINDOW_MS);
      const [first, second, third] = [await store.takeSlot('main', NOW, 1), await other.takeSlot('main', NOW + 1, 1), await store.takeSlot('main', NOW + 2, 1)];
      const turn = await other.takeTurn(seeker('front-desk'), taking({ now: NOW + 2 }));

      expect([first.at, second.at, third.at]).toEqual([NOW, NOW + 1, NOW + WINDOW_MS + 250]);
      expect(atOf(turn)).toBe('taken');
    });

    test('whoever goes behind waits until nobody is in the queue; where all must be free, it still comes to its turn', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk', 'back-office');
      await store.setLimit('main', 1, WINDOW_MS);
      await other.takeTurn(seeker('front-desk'), taking());
      await other.takeTurn(seeker('back-office'), taking());
      const later = NOW + WINDOW_MS + 250;

      const queued = await store.takeSlot('main', later, 1);
      await store.leaveQueue('back-office');
      const alone = await store.takeSlot('main', later, Number.MAX_SAFE_INTEGER);

      expect(queued.at).toBeGreaterThan(later);
      expect(alone.at).toBe(later);
    });

    test('a slot that nothing was sent for is given back, once', async () => {
      const { store } = await world();
      await withConnections(store);
      await store.takeSlot('main', NOW);
      await store.takeSlot('main', NOW + 1);

      await store.returnSlot('main', NOW);
      await store.returnSlot('main', NOW);

      expect((await store.findBudget('main', NOW)).slots).toEqual([NOW + 1]);
    });

    test('10: an App without a limit needs no slot; what nobody waits for is paced at five a second', async () => {
      const { store } = await world();
      const names = Array.from({ length: 8 }, (_, index) => `c-${index}`);
      await withConnections(store, ...names);
      await store.setLimit('main', undefined, WINDOW_MS);
      for (let index = 0; index < 7; index += 1) await withGrant(store, `dying-${index}`, NOW + 3_600_000 + index, NOW - 6 * DAY_MS);

      const callers = await outcomesOf(store, names, NOW);
      const kept = await serve(store, 7, { now: NOW });

      expect(callers.map(atOf)).toEqual(Array(8).fill('taken'));
      expect(kept).toEqual(['dying-0', 'dying-1', 'dying-2', 'dying-3', 'dying-4', undefined, undefined]);
      expect(await next(store, taking({ now: NOW + 1_250 }))).toBe('dying-5');
    });

    test('the limit that the platform states holds from then on, in its window', async () => {
      const { store, other } = await world();
      await withConnections(store);
      await store.setLimit('main', 2, 30_000);

      const got = [];
      for (let index = 0; index < 3; index += 1) got.push((await other.takeSlot('main', NOW)).at);

      expect(got).toEqual([NOW, NOW, NOW + 30_250]);
      expect(await other.findBudget('main', NOW)).toMatchObject({ limit: 2, windowMs: 30_000 });
    });

    test('requests of others count, and failures are noted', async () => {
      const { store, other } = await world();
      await withConnections(store);

      await store.noteUsed('main', 3, NOW);
      await store.setFailures('main', 4);

      expect(await other.findBudget('main', NOW)).toMatchObject({ slots: [NOW, NOW, NOW], failures: 4 });
    });

    test('what callers take of the budget is known, and fades', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      for (let index = 0; index < 60; index += 1) {
        const now = NOW + index * 60_000;
        await store.takeTurn(seeker('front-desk'), taking({ now, leaseMs: 1 }));
      }

      const [then, later] = [await store.findBudget('main', NOW + 3_600_000), await store.findBudget('main', NOW + 2 * DAY_MS)];

      // One slot of five a minute for an hour, of the last six.
      expect(then.callersShare).toBeGreaterThan(0.02);
      expect(then.callersShare).toBeLessThan(0.05);
      expect(later.callersShare).toBeLessThan(then.callersShare / 100);
    });

    test('who waits, or is left alone, is listed', async () => {
      const { store } = await world();
      await withConnections(store, 'queued', 'failed', 'ready');
      await store.noteUsed('main', LIMIT, NOW);
      await store.takeTurn(seeker('queued'), taking());
      await store.takeLease({ connection: 'failed', holder: 'B', expiresAt: NOW + 30_000, generation: 0, firstAttemptAt: NOW }, NOW);
      await store.giveBackLease('failed', 'B', { unclear: false, retry: { at: NOW + 5_000, code: 'account_locked' } });

      const waiting = await store.listWaiting(['queued', 'failed', 'ready'], NOW);

      expect(waiting.toSorted()).toEqual(['failed', 'queued']);
    });

    test('an App or a Connection that is not there, or is removed meanwhile, is told', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.noteUsed('main', LIMIT, NOW);
      await store.takeTurn(seeker('front-desk'), taking());
      await store.removeConnection('front-desk');

      expect(await store.countWaiting('main')).toBe(0);
      await expect(store.takeTurn(seeker('front-desk'), taking({ now: NEXT }))).rejects.toBeInstanceOf(ConnectionNotFound);
      expect((await store.findBudget('main', NEXT)).slots).not.toContain(NEXT);
      await expect(store.takeTurn(seeker('front-desk', { app: 'nobody' }), taking())).rejects.toBeInstanceOf(AppNotFound);
      await expect(store.takeSlot('nobody', NOW)).rejects.toBeInstanceOf(AppNotFound);
      await expect(store.setLimit('nobody', 5, WINDOW_MS)).rejects.toBeInstanceOf(AppNotFound);
      expect(await store.findBudget('nobody', NOW)).toMatchObject({ limit: LIMIT, slots: [] });
    });
  });
}

function atOf(outcome: TurnOutcome): string | number {
  return outcome.outcome === 'queued' ? outcome.at : outcome.outcome;
}

async function outcomesOf(store: Store, connections: readonly string[], now: number): Promise<TurnOutcome[]> {
  const outcomes: TurnOutcome[] = [];
  for (const connection of connections)
    outcomes.push(await store.takeTurn(seeker(connection, { client: connection }), taking({ now, holder: `A/${connection}` })));
  return outcomes;
}

async function next(store: Store, how: TurnTaking): Promise<string | undefined> {
  const outcome = await store.takeNextTurn('main', how);
  return outcome.outcome === 'taken' ? outcome.turn.lease.connection : undefined;
}

/** Which Connections so many slots go to; a limit large enough is set first, so that they come at once. */
async function serve(store: Store, slots: number, how: Partial<TurnTaking> = {}): Promise<(string | undefined)[]> {
  if ((await store.findBudget('main', NOW)).limit !== undefined) await store.setLimit('main', 100, WINDOW_MS);
  const served: (string | undefined)[] = [];
  for (let slot = 0; slot < slots; slot += 1) served.push(await next(store, taking({ now: NEXT, holder: `A/${slot}`, ...how })));
  return served;
}

async function waitingCallers(store: Store, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `caller-${index}`);
  await withConnections(store, ...names);
  await store.noteUsed('main', LIMIT, NOW);
  for (const name of names) await store.takeTurn(seeker(name), taking());
  return names;
}

async function withGrant(store: Store, connection: string, refreshExpiresAt: number, issuedAt = NOW, keep: 'alive' | 'fresh' = 'alive'): Promise<void> {
  if (!(await store.findApp('main'))) await store.createApp(sampleApp());
  await store.createConnection(sampleConnection({ name: connection, keep }), []);
  await store.saveGrant(sampleGrant({ connection, issuedAt, expiresAt: issuedAt + 3_600_000, refreshExpiresAt }), 0, CONNECTION_ID);
}
