import { describe, expect, test } from 'vitest';
import { ConnectionNotFound } from '../../src/domain/errors.ts';
import type { RingCxGrant } from '../../src/domain/ring-cx-grant.ts';
import { Secret } from '../../src/domain/secret.ts';
import { CONNECTION_ID, NOW, type OpenStore, revealed, sampleGrant, withConnections, worldsOf } from './world.ts';

const PENALTY = { app: 'main', origin: 'https://ringcx.example.com', request: 'exchange' } as const;

/** A pair whose tokens tell its generation. */
function sample(of: Partial<RingCxGrant> = {}): RingCxGrant {
  const generation = of.generation ?? 1;
  return {
    connection: 'front-desk',
    generation,
    app: 'main',
    origin: 'https://ringcx.example.com',
    grantGeneration: 1,
    accessToken: new Secret(`ringcx-access-${generation}`),
    refreshToken: new Secret(`ringcx-refresh-${generation}`),
    issuedAt: NOW,
    expiresAt: NOW + 300_000,
    mainAccountId: '333330',
    adminId: '1111',
    agentDetails: [{ agentId: '111111', firstName: 'Jö\0hn', accountId: '333333', allowLoginControl: true }],
    ...of,
  };
}

/** What every RingCxGrantStore does. */
export function describeRingCxGrantStore(name: string, open: OpenStore): void {
  describe(`RingCxGrantStore on ${name}`, () => {
    const world = worldsOf(open);

    test('G10: what is saved is seen from every node, whole, and a newer pair replaces it whole', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      const next = sample({ generation: 2, refreshToken: undefined, mainAccountId: undefined, adminId: undefined, agentDetails: [], app: 'second' });

      const before = await store.findRingCxGrant('front-desk');
      const first = await store.saveRingCxGrant(sample(), 0, CONNECTION_ID);
      const seen = revealed(await other.findRingCxGrant('front-desk'));
      const second = await other.saveRingCxGrant(next, 1, CONNECTION_ID);

      expect([before, first, second]).toEqual([undefined, true, true]);
      expect(seen).toEqual(revealed(sample()));
      expect(revealed(await store.findRingCxGrant('front-desk'))).toEqual(revealed(next));
    });

    test('G10: of saves that read the same generation, on one node and on two, one succeeds and is what is stored', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.saveRingCxGrant(sample(), 0, CONNECTION_ID);
      const grants = Array.from({ length: 8 }, (_, index) => sample({ generation: 2, adminId: String(index) }));

      const saves = await Promise.all(grants.map((grant, index) => (index % 2 === 0 ? store : other).saveRingCxGrant(grant, 1, CONNECTION_ID)));

      expect(saves.filter(Boolean)).toHaveLength(1);
      expect(await store.findRingCxGrant('front-desk')).toMatchObject({ adminId: String(saves.indexOf(true)) });
    });

    test('G10: of first saves at once one succeeds, and a save that read another generation changes nothing', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');

      const first = await Promise.all([store, other, store, other].map((node) => node.saveRingCxGrant(sample(), 0, CONNECTION_ID)));
      const stale = [await store.saveRingCxGrant(sample({ generation: 4 }), 3, CONNECTION_ID), await store.saveRingCxGrant(sample(), 0, CONNECTION_ID)];

      expect(first.filter(Boolean)).toHaveLength(1);
      expect(stale).toEqual([false, false]);
      expect(revealed(await store.findRingCxGrant('front-desk'))).toEqual(revealed(sample()));
    });

    test('G10: a Connection that was made anew under its old name takes none that was won for the old one', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');

      await expect(store.saveRingCxGrant(sample(), 0, 'the id of the one that was removed')).rejects.toBeInstanceOf(ConnectionNotFound);
      await expect(store.saveRingCxGrant(sample({ connection: 'nowhere' }), 0, CONNECTION_ID)).rejects.toBeInstanceOf(ConnectionNotFound);
      expect(await store.findRingCxGrant('front-desk')).toBeUndefined();
    });

    test('a refused refresh token is forgotten for its generation only', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.saveRingCxGrant(sample({ generation: 2 }), 0, CONNECTION_ID);

      await store.forgetRingCxRefreshToken('front-desk', 1);
      const untouched = await other.findRingCxGrant('front-desk');
      await store.forgetRingCxRefreshToken('front-desk', 2);
      const forgotten = await other.findRingCxGrant('front-desk');

      expect(untouched?.refreshToken?.reveal()).toBe('ringcx-refresh-2');
      expect(forgotten?.refreshToken).toBeUndefined();
      expect(forgotten?.accessToken.reveal()).toBe('ringcx-access-2');
    });

    test('what people see of several at once', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk', 'back-office', 'fax-desk');
      for (const connection of ['front-desk', 'fax-desk']) await store.saveRingCxGrant(sample({ connection }), 0, CONNECTION_ID);
      const { generation, expiresAt, mainAccountId, adminId, agentDetails } = sample();

      const outlines = await store.listRingCxOutlines(['front-desk', 'back-office', 'nowhere']);

      expect(outlines).toEqual([{ connection: 'front-desk', generation, expiresAt, mainAccountId, adminId, agentDetails }]);
    });

    test('it goes with its Connection, and so does the Lease', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.saveRingCxGrant(sample(), 0, CONNECTION_ID);
      await store.takeRingCxLease('front-desk', 'A', NOW + 30_000, NOW);

      await store.removeConnection('front-desk');
      await withConnections(store, 'front-desk');

      expect(await store.findRingCxGrant('front-desk')).toBeUndefined();
      expect(await store.takeRingCxLease('front-desk', 'B', NOW + 30_000, NOW)).toBe(true);
    });

    test('G10: of many nodes that want the Lease at once one gets it; it is free when its time is over, and given back by its holder only', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');

      const taken = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? store : other).takeRingCxLease('front-desk', `node-${index}`, NOW + 30_000, NOW)),
      );
      const holder = `node-${taken.indexOf(true)}`;
      await other.giveBackRingCxLease('front-desk', 'B');
      const held = await other.takeRingCxLease('front-desk', 'B', NOW + 60_000, NOW + 29_999);
      const longer = await store.takeRingCxLease('front-desk', holder, NOW + 40_000, NOW + 10_000);
      const still = await other.takeRingCxLease('front-desk', 'B', NOW + 60_000, NOW + 39_999);
      const over = await other.takeRingCxLease('front-desk', 'B', NOW + 70_000, NOW + 40_000);
      await other.giveBackRingCxLease('front-desk', 'B');
      const free = await store.takeRingCxLease('front-desk', 'A', NOW + 70_000, NOW + 40_000);

      expect(taken.filter(Boolean)).toHaveLength(1);
      expect([held, longer, still, over, free]).toEqual([false, true, false, true, true]);
      await expect(store.takeRingCxLease('nowhere', 'A', NOW, NOW)).rejects.toBeInstanceOf(ConnectionNotFound);
    });

    test('G10: a node that ends gives its Leases back, and a Lease of a clock that was set back since is over', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk', 'back-office');
      await store.takeRingCxLease('front-desk', 'A/1', NOW + 30_000, NOW);
      await store.takeRingCxLease('back-office', 'AB/1', NOW + 30_000, NOW);

      const given = [await store.giveBackLeases('A'), await store.giveBackLeases('A')];
      const free = await other.takeRingCxLease('front-desk', 'B/1', NOW + 3_630_000, NOW + 3_600_000);
      const held = await other.takeRingCxLease('back-office', 'B/1', NOW + 30_000, NOW);
      const setBack = await other.takeRingCxLease('front-desk', 'C/1', NOW + 30_000, NOW);

      expect([given, free, held, setBack]).toEqual([[1, 0], true, false, true]);
    });

    test('21: it ends with the Grant that is revoked, and a pair that was being won for that is not saved', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk', 'back-office');
      for (const connection of ['front-desk', 'back-office']) await store.saveGrant(sampleGrant({ connection }), 0, CONNECTION_ID);
      await store.saveRingCxGrant(sample(), 0, CONNECTION_ID);

      for (const connection of ['front-desk', 'back-office']) await store.revokeGrant(connection, { id: connection, at: NOW });
      const late = [
        await other.saveRingCxGrant(sample({ generation: 2 }), 1, CONNECTION_ID),
        await other.saveRingCxGrant(sample({ connection: 'back-office' }), 0, CONNECTION_ID),
      ];
      const ended = await other.findRingCxGrant('front-desk');
      const outlines = await other.listRingCxOutlines(['front-desk']);
      const anew = await other.saveRingCxGrant(sample({ generation: 3, grantGeneration: 3 }), 2, CONNECTION_ID);

      expect([late, ended?.accessToken.reveal(), ended?.refreshToken, ended?.expiresAt, outlines, anew]).toEqual([[false, false], '', undefined, 0, [], true]);
    });

    test("G10: it does not stand in the way of the Connection's Lease", async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.takeRingCxLease('front-desk', 'A', NOW + 30_000, NOW);

      const lease = { connection: 'front-desk', holder: 'B', expiresAt: NOW + 30_000, generation: 1, firstAttemptAt: NOW };

      expect(await other.takeLease(lease, NOW)).toBeDefined();
    });

    test('G10: a penalty is known to all nodes, by App, origin and kind; the longer one stands', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');

      await store.noteRingCxPenalty({ ...PENALTY, until: NOW + 60_000 });
      await other.noteRingCxPenalty({ ...PENALTY, until: NOW + 30_000 });
      const until = [
        await other.findRingCxPenalty(PENALTY),
        await other.findRingCxPenalty({ ...PENALTY, request: 'refresh' }),
        await other.findRingCxPenalty({ ...PENALTY, origin: 'https://engage.example.com' }),
      ];
      await other.noteRingCxPenalty({ ...PENALTY, until: NOW + 90_000 });

      expect([...until, await store.findRingCxPenalty(PENALTY)]).toEqual([NOW + 60_000, 0, 0, NOW + 90_000]);
      await expect(store.noteRingCxPenalty({ ...PENALTY, app: 'gone', until: NOW })).resolves.toBeUndefined();
    });
  });
}
