import { describe, expect, test } from 'vitest';
import { ConnectionNotFound } from '../../src/domain/errors.ts';
import type { WantedLease } from '../../src/domain/lease.ts';
import { NOW, type OpenStore, withConnections, worldsOf } from './world.ts';

const LEASE: WantedLease = { connection: 'front-desk', holder: 'A', expiresAt: NOW + 30_000, generation: 1, firstAttemptAt: NOW };

/** What every LeaseStore does. */
export function describeLeaseStore(name: string, open: OpenStore): void {
  describe(`LeaseStore on ${name}`, () => {
    const world = worldsOf(open);

    test('G1: of many nodes that want a Lease at once, one gets it', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      const nodes = Array.from({ length: 20 }, (_, index) => ({ ...LEASE, holder: `node-${index}` }));

      const taken = await Promise.all(nodes.map((wanted, index) => (index % 2 === 0 ? store : other).takeLease(wanted, NOW)));

      expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1);
    });

    test('G1: a Lease is free again when its time is over, and not a millisecond before', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.takeLease(LEASE, NOW);

      const before = await other.takeLease({ ...LEASE, holder: 'B' }, NOW + 29_999);
      const after = await other.takeLease({ ...LEASE, holder: 'B', expiresAt: NOW + 60_000 }, NOW + 30_000);

      expect(before).toBeUndefined();
      expect(after).toMatchObject({ holder: 'B', expiresAt: NOW + 60_000 });
    });

    test('12: a Lease that a clock set back since makes last for an hour is over for everybody', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.takeLease({ ...LEASE, expiresAt: NOW + 3_630_000 }, NOW + 3_600_000);

      const taken = await other.takeLease({ ...LEASE, holder: 'B' }, NOW);

      expect(taken?.holder).toBe('B');
    });

    test("31: a holder that ends gives back all its Leases, nobody else's, and the first attempt is remembered", async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk', 'back-office', 'lobby');
      await store.takeLease({ ...LEASE, holder: 'A/1' }, NOW);
      await store.takeLease({ ...LEASE, connection: 'back-office', holder: 'A/2' }, NOW);
      await other.takeLease({ ...LEASE, connection: 'lobby', holder: 'AB/1' }, NOW);

      const given = [await store.giveBackLeases('A'), await store.giveBackLeases('A')];
      const free = await other.takeLease({ ...LEASE, holder: 'C', firstAttemptAt: NOW + 1 }, NOW + 1);
      const held = await other.takeLease({ ...LEASE, connection: 'lobby', holder: 'C' }, NOW + 1);

      expect(given).toEqual([2, 0]);
      expect(free).toMatchObject({ holder: 'C', firstAttemptAt: NOW });
      expect(held).toBeUndefined();
    });

    test('4: a Lease is given back by its holder only', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.takeLease(LEASE, NOW);

      await other.giveBackLease('front-desk', 'B', { unclear: true });
      const held = await other.takeLease({ ...LEASE, holder: 'B' }, NOW);
      await store.giveBackLease('front-desk', 'A', { unclear: true });
      const free = await other.takeLease({ ...LEASE, holder: 'B' }, NOW);

      expect(held).toBeUndefined();
      expect(free?.holder).toBe('B');
    });

    test('G3: the first attempt for a generation is remembered, whoever comes after, and forgotten with the generation', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.takeLease(LEASE, NOW);
      await store.giveBackLease('front-desk', 'A', { unclear: true });

      const again = await other.takeLease({ ...LEASE, holder: 'B', firstAttemptAt: NOW + 5_000 }, NOW + 5_000);
      await other.giveBackLease('front-desk', 'B', { unclear: true });
      const next = await store.takeLease({ ...LEASE, generation: 2, firstAttemptAt: NOW + 9_000 }, NOW + 9_000);

      expect(again?.firstAttemptAt).toBe(NOW);
      expect(next?.firstAttemptAt).toBe(NOW + 9_000);
    });

    test('G3: an attempt whose end is known is not remembered', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.takeLease(LEASE, NOW);

      await store.giveBackLease('front-desk', 'A', { unclear: false });
      const again = await other.takeLease({ ...LEASE, holder: 'B', firstAttemptAt: NOW + 5_000 }, NOW + 5_000);

      expect(again?.firstAttemptAt).toBe(NOW + 5_000);
    });

    test('8: failures are counted until something succeeds, and a back-off does not keep a Lease from whoever has a reason', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      const end = { unclear: true, retry: { at: NOW + 5_000, code: 'platform_unreachable' } };
      const failures: (number | undefined)[] = [];

      for (const last of [false, false, true]) {
        failures.push((await store.takeLease(LEASE, NOW))?.failures);
        await store.giveBackLease('front-desk', 'A', last ? { unclear: false } : end);
      }
      failures.push((await other.takeLease(LEASE, NOW))?.failures);

      expect(failures).toEqual([0, 1, 2, 0]);
    });

    test('whoever holds a Lease can take it anew', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.takeLease(LEASE, NOW);

      expect(await store.takeLease({ ...LEASE, expiresAt: NOW + 40_000 }, NOW + 10_000)).toMatchObject({ expiresAt: NOW + 40_000 });
    });

    test('a Connection that is not there has no Lease, and one that is removed takes its Lease with it', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.takeLease(LEASE, NOW);

      await store.removeConnection('front-desk');

      await expect(store.takeLease(LEASE, NOW)).rejects.toBeInstanceOf(ConnectionNotFound);
    });
  });
}
