import { describe, expect, test } from 'vitest';
import type { RingOutClaim } from '../../src/domain/ring-out-claim.ts';
import { NOW, type OpenStore, worldsOf } from './world.ts';

function sampleClaim(of: Partial<RingOutClaim> = {}): RingOutClaim {
  return { repeatKey: 'the-same-call', holder: 'first', expiresAt: NOW + 9_000, unclear: false, ...of };
}

/** What every RingOutClaimStore does. */
export function describeRingOutClaimStore(name: string, open: OpenStore): void {
  describe(`RingOutClaimStore on ${name}`, () => {
    const world = worldsOf(open);

    test('a claim that was taken is seen from every node, and none else', async () => {
      const { store, other } = await world();

      const taken = await store.takeClaim(sampleClaim(), NOW);

      expect(taken).toBe(true);
      expect(await other.findClaim('the-same-call')).toEqual(sampleClaim());
      expect(await other.findClaim('another-call')).toBeUndefined();
    });

    test('of many who take one claim at once, one is told that it has it', async () => {
      const { store, other } = await world();
      const holders = ['a', 'b', 'c', 'd', 'e', 'f'];

      const taken = await Promise.all(holders.map((holder, index) => (index % 2 ? other : store).takeClaim(sampleClaim({ holder }), NOW)));

      expect(taken.filter(Boolean)).toHaveLength(1);
      expect((await store.findClaim('the-same-call'))?.holder).toBe(holders[taken.indexOf(true)]);
    });

    test('it is taken from another from the instant on that it is over, not before', async () => {
      const { store, other } = await world();
      await store.takeClaim(sampleClaim({ unclear: true }), NOW);
      const second = sampleClaim({ holder: 'second', expiresAt: NOW + 20_000 });

      const taken = [await other.takeClaim(second, NOW + 8_999), await other.takeClaim(second, NOW + 9_000)];

      expect(taken).toEqual([false, true]);
      expect(await store.findClaim('the-same-call')).toEqual(second);
    });

    test('its holder keeps and releases it, nobody else does', async () => {
      const { store, other } = await world();
      await store.takeClaim(sampleClaim(), NOW);
      const kept = sampleClaim({ expiresAt: NOW + 10_000, unclear: true });

      const others = await other.keepClaim(sampleClaim({ holder: 'second', expiresAt: NOW }));
      await other.releaseClaim('the-same-call', 'second');
      const own = await store.keepClaim(kept);
      const before = await other.findClaim('the-same-call');
      await store.releaseClaim('the-same-call', 'first');

      expect([others, own]).toEqual([false, true]);
      expect(before).toEqual(kept);
      expect(await other.findClaim('the-same-call')).toBeUndefined();
    });

    test('one that was lost is neither kept nor made anew', async () => {
      const { store } = await world();

      const kept = await store.keepClaim(sampleClaim());

      expect(kept).toBe(false);
      expect(await store.findClaim('the-same-call')).toBeUndefined();
    });

    test('those that are over are removed and counted', async () => {
      const { store } = await world();
      for (const lifetime of [1, 2, 3, 4]) await store.takeClaim(sampleClaim({ repeatKey: `call-${lifetime}`, expiresAt: NOW + lifetime }), NOW);

      const removed = [await store.removeExpiredClaims(NOW + 2), await store.removeExpiredClaims(NOW + 2)];

      expect(removed).toEqual([2, 0]);
      expect(await store.findClaim('call-2')).toBeUndefined();
      expect(await store.findClaim('call-3')).toBeDefined();
    });
  });
}
