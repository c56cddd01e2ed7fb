import { describe, expect, test } from 'vitest';
import type { TurnTaking } from '../../src/domain/budget.ts';
import type { Store } from '../../src/domain/store.ts';
import { CONNECTION_ID, NOW, type OpenStore, password, sampleApp, sampleConnection, sampleGrant, withConnections, worldsOf } from './world.ts';

const DAY_MS = 24 * 60 * 60_000;
const TAKING: TurnTaking = { holder: 'A/1', leaseMs: 30_000, now: NOW, urgent: false, urgentBy: 0, early: false };

/** What every KeepingStore does. */
export function describeKeepingStore(name: string, open: OpenStore): void {
  describe(`KeepingStore on ${name}`, () => {
    const world = worldsOf(open);

    test('G7: what is pressing is told of every App: its earliest deadline ahead, its earliest token to be ready, and whether callers wait', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.createApp(sampleApp({ name: 'quiet' }));
      await withGrants(store, { dead: { dies: -1 }, soon: { dies: 2 * DAY_MS }, late: { dies: 5 * DAY_MS } });
      await withGrants(store, { fresh: { dies: 6 * DAY_MS, keep: 'fresh' } });
      await store.noteUsed('main', 5, NOW);
      await store.takeTurn({ connection: 'front-desk', app: 'main', client: '', generation: 0 }, TAKING);

      const pressing = await other.listPressing(NOW);

      expect(pressing.toSorted((a, b) => a.app.localeCompare(b.app))).toEqual([
        { app: 'main', keepBy: NOW + 2 * DAY_MS, freshAt: NOW + 3_540_000, waiting: true },
        { app: 'quiet', keepBy: undefined, freshAt: undefined, waiting: false },
      ]);
    });

    test('G7: what is given up presses nobody, and is never picked', async () => {
      const { store } = await world();
      await withGrants(store, { 'front-desk': { dies: DAY_MS / 2, used: 1, issued: -6 * DAY_MS } });

      await store.giveUp('main', 0, NOW + DAY_MS, NOW);

      expect(await store.listPressing(NOW)).toMatchObject([{ app: 'main', keepBy: undefined }]);
      expect(await store.takeNextTurn('main', { ...TAKING, urgent: true, urgentBy: NOW + DAY_MS })).toMatchObject({ outcome: 'nothing' });
      expect(await store.countDeadlines(NOW)).toEqual([]);
    });

    test('G7: over capacity those that were unused longest are given up, of those that die by then, and no more', async () => {
      const { store, look } = await world();
      await withGrants(store, {
        'never-used': { dies: DAY_MS },
        'used-long-ago': { dies: DAY_MS, used: NOW - 9 * DAY_MS },
        'used-today': { dies: DAY_MS, used: NOW },
        'dies-later': { dies: 6 * DAY_MS },
      });

      const givenUp = await store.giveUp('main', 1, NOW + 2 * DAY_MS, NOW);

      expect(givenUp).toBe(2);
      expect(await namesOf(look, 'given_up_at is not null')).toEqual(['never-used', 'used-long-ago']);
    });

    test('G7: of two nodes that give up at once, one does', async () => {
      const { store, other, look } = await world();
      await withGrants(store, Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`c-${index}`, { dies: DAY_MS, used: NOW - index }])));

      const given = await Promise.all([store, other].map((node) => node.giveUp('main', 4, NOW + 2 * DAY_MS, NOW)));

      expect(given.reduce((sum, one) => sum + one, 0)).toBe(6);
      expect(await namesOf(look, 'given_up_at is not null')).toEqual(['c-4', 'c-5', 'c-6', 'c-7', 'c-8', 'c-9']);
    });

    test('G7: with room again, those that were used last are kept again', async () => {
      const { store, look } = await world();
      await withGrants(store, { a: { dies: DAY_MS, used: NOW - 3 }, b: { dies: DAY_MS, used: NOW - 2 }, c: { dies: DAY_MS, used: NOW - 1 } });
      await store.giveUp('main', 0, NOW + 2 * DAY_MS, NOW);

      const again = await store.keepAgain('main', 2, NOW);

      expect(again).toBe(2);
      expect(await namesOf(look, 'given_up_at is null')).toEqual(['b', 'c']);
    });

    test('G7: one that is given up and won all the same is kept again; one that has died is not', async () => {
      const { store, look } = await world();
      await withGrants(store, { won: { dies: DAY_MS }, died: { dies: DAY_MS / 2 } });
      await store.giveUp('main', 0, NOW + 2 * DAY_MS, NOW);

      await store.saveGrant(sampleGrant({ connection: 'won', generation: 2 }), 1, CONNECTION_ID);
      const again = await store.keepAgain('main', 10, NOW + DAY_MS);

      expect(again).toBe(0);
      expect(await namesOf(look, 'given_up_at is null')).toEqual(['won']);
    });

    test('G7: whose next token another App pays for is picked by that one, where it is to be picked at all', async () => {
      const { store, other, look } = await world();
      await store.createApp(sampleApp({ name: 'second' }));
      await withConnections(store, 'idle');
      await store.createConnection(sampleConnection({ name: 'fresh', keep: 'fresh' }), [password()]);

      for (const name of ['idle', 'fresh', 'gone']) await other.payFrom(name, 'second');

      expect(await look('select name, budget_app from connections order by name')).toEqual([
        { name: 'fresh', budget_app: 'second' },
        { name: 'idle', budget_app: null },
      ]);
    });

    test('G7: what belongs to another App is not its business', async () => {
      const { store } = await world();
      await store.createApp(sampleApp({ name: 'other' }));
      await withGrants(store, { mine: { dies: DAY_MS } });

      expect([await store.giveUp('other', 0, NOW + 2 * DAY_MS, NOW), await store.keepAgain('other', 10, NOW)]).toEqual([0, 0]);
    });
  });
}

interface Wanted {
  /** How long after `NOW` its refresh token dies. */
  readonly dies: number;
  readonly issued?: number;
  readonly used?: number;
  readonly keep?: 'alive' | 'fresh';
}

async function withGrants(store: Store, grants: Readonly<Record<string, Wanted>>): Promise<void> {
  if (!(await store.findApp('main'))) await store.createApp(sampleApp());
  for (const [connection, { dies, issued = 0, used, keep = 'alive' }] of Object.entries(grants)) {
    const issuedAt = NOW + issued;
    await store.createConnection(sampleConnection({ name: connection, keep }), []);
    const grant = sampleGrant({ connection, issuedAt, expiresAt: issuedAt + 3_600_000, refreshExpiresAt: NOW + dies });
    await store.saveGrant(grant, 0, CONNECTION_ID, used === undefined ? {} : { usedAt: used });
  }
}

async function namesOf(look: (query: string) => Promise<unknown[]>, condition: string): Promise<string[]> {
  const rows = (await look(`select name from connections where ${condition} order by name`)) as { name: string }[];
  return rows.map(({ name }) => name);
}
