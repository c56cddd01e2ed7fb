import { describe, expect, test } from 'vitest';
import { ConnectionNotFound } from '../../src/domain/errors.ts';
import { NOW, type OpenStore, sampleSession, withConnections, worldsOf } from './world.ts';

/** What every RingOutSessionStore does. */
export function describeRingOutSessionStore(name: string, open: OpenStore): void {
  describe(`RingOutSessionStore on ${name}`, () => {
    const world = worldsOf(open);

    test('a session is found by its id and by the platform’s RingOut id, seen from every node', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');

      const created = await store.createSession(sampleSession(), NOW);

      expect(created).toBe(true);
      expect(await store.findSession('1234567', NOW)).toEqual(sampleSession());
      expect(await other.findSession('s-ring-out-1', NOW)).toEqual(sampleSession());
    });

    test('an id that is not there is not found, whatever its form', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.createSession(sampleSession({ ringOutId: '7654321' }), NOW);

      const found = await Promise.all(
        ['', '0', '1', '-1234567', '1234567.0', '1.2e6', '99999999999999999999', 's-ring-out-1'].map((id) => store.findSession(id, NOW)),
      );

      expect(found.every((session) => session === undefined)).toBe(true);
    });

    test('digits from 1 to 2147483647 are a session id, all other text is a RingOut id', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.createSession(sampleSession({ sessionId: 1, ringOutId: '2' }), NOW);
      await store.createSession(sampleSession({ sessionId: 2_147_483_647, ringOutId: '2147483648' }), NOW);
      await store.createSession(sampleSession({ sessionId: 3, ringOutId: '0' }), NOW);

      const found = await Promise.all(['1', '2', '2147483647', '2147483648', '0'].map((id) => store.findSession(id, NOW)));

      expect(found.map((session) => session?.sessionId)).toEqual([1, undefined, 2_147_483_647, 2_147_483_647, 3]);
    });

    test('of two sessions for one RingOut the later one is found', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      for (const [sessionId, age] of Object.entries({ 2: 5, 3: 0, 4: 9 })) {
        await store.createSession(sampleSession({ sessionId: Number(sessionId), createdAt: NOW - age }), NOW);
      }

      const found = await store.findSession('s-ring-out-1', NOW);

      expect(found?.sessionId).toBe(3);
    });

    test('a repeat is the latest session with its key that is not too old, seen from every node', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      for (const [sessionId, age] of Object.entries({ 2: 5, 3: 4, 4: 9 })) {
        await store.createSession(sampleSession({ sessionId: Number(sessionId), createdAt: NOW - age }), NOW);
      }
      await store.createSession(sampleSession({ sessionId: 5, repeatKey: undefined }), NOW);
      await store.createSession(sampleSession({ sessionId: 6, repeatKey: 'another-call' }), NOW);

      const found = await Promise.all([9, 4, 3].map((age) => other.findRepeat('the-same-call', NOW - age, NOW)));

      expect(found.map((session) => session?.sessionId)).toEqual([3, 3, undefined]);
    });

    test('a session that expired, or whose repeats were ended, is no repeat; it is found by its id all the same', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.createSession(sampleSession({ sessionId: 2, createdAt: NOW - 9 }), NOW);
      await store.createSession(sampleSession({ sessionId: 3 }), NOW);

      await store.endRepeats(3);

      expect((await other.findRepeat('the-same-call', NOW - 9, NOW))?.sessionId).toBe(2);
      expect(await other.findRepeat('the-same-call', NOW - 9, NOW + 60_000)).toBeUndefined();
      expect(await other.findSession('3', NOW)).toEqual(sampleSession({ sessionId: 3, repeatKey: undefined }));
    });

    test('a session that has expired is not found, from the very instant on', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.createSession(sampleSession({ expiresAt: NOW + 1_000 }), NOW);

      const found = await Promise.all(['1234567', 's-ring-out-1'].flatMap((id) => [store.findSession(id, NOW + 999), store.findSession(id, NOW + 1_000)]));

      expect(found.map((session) => session !== undefined)).toEqual([true, false, true, false]);
    });

    test('a session id is taken until its session has expired', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk', 'back-office');
      await store.createSession(sampleSession({ expiresAt: NOW + 1_000 }), NOW);
      const next = sampleSession({
        connection: 'back-office',
        client: 'second',
        ringOutId: 's-2',
        to: '6505550103',
        from: '6505550104',
        createdAt: NOW + 1_000,
      });

      const early = await store.createSession(next, NOW + 999);
      const kept = await store.findSession('1234567', NOW);
      const late = await store.createSession(next, NOW + 1_000);

      expect([early, late]).toEqual([false, true]);
      expect(kept).toEqual(sampleSession({ expiresAt: NOW + 1_000 }));
      expect(await store.findSession('1234567', NOW + 1_000)).toEqual(next);
    });

    test('of many that take one session id at once, one succeeds', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');

      const created = await Promise.all([store, other, store, other].map((node) => node.createSession(sampleSession(), NOW)));

      expect(created.filter(Boolean)).toHaveLength(1);
    });

    test('a Connection that is not there is named', async () => {
      const { store } = await world();

      const creating = store.createSession(sampleSession(), NOW);

      await expect(creating).rejects.toThrow(new ConnectionNotFound('front-desk'));
    });

    test('the expired ones are removed and counted', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      for (const lifetime of [1, 2, 3, 4]) await store.createSession(sampleSession({ sessionId: lifetime, expiresAt: NOW + lifetime }), NOW);

      const removed = [await store.removeExpiredSessions(NOW + 2), await store.removeExpiredSessions(NOW + 2)];

      expect(removed).toEqual([2, 0]);
      expect(await store.findSession('2', NOW)).toBeUndefined();
      expect(await store.findSession('3', NOW)).toBeDefined();
    });
  });
}
