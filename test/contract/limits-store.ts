import { describe, expect, test } from 'vitest';
import type { LimitKey } from '../../src/domain/platform-limits.ts';
import { NOW, type OpenStore, worldsOf } from './world.ts';

const KEY: LimitKey = { app: 'main', connection: 'front-desk', group: 'medium' };
const MINUTE_MS = 60_000;

/** What every LimitsStore does. */
export function describeLimitsStore(name: string, open: OpenStore): void {
  describe(`LimitsStore on ${name}`, () => {
    const world = worldsOf(open);

    test('P4: of those who take at once, all together get what there is, and no more', async () => {
      const { store, other } = await world();

      const taken = await Promise.all(
        Array.from({ length: 12 }, (_, index) => (index % 2 ? store : other).takeLimitSlice({ ...KEY, tokens: 3, pool: 20, until: NOW + MINUTE_MS }, NOW)),
      );

      expect(taken.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(20);
    });

    test('P4: what no longer counts is there again; until then it is said when', async () => {
      const { store, other } = await world();
      await store.takeLimitSlice({ ...KEY, tokens: 2, pool: 3, until: NOW + 10 }, NOW);
      await store.takeLimitSlice({ ...KEY, tokens: 1, pool: 3, until: NOW + 20 }, NOW);

      const early = await other.takeLimitSlice({ ...KEY, tokens: 3, pool: 3, until: NOW + 30 }, NOW + 9);
      const later = await other.takeLimitSlice({ ...KEY, tokens: 3, pool: 3, until: NOW + 30 }, NOW + 10);

      expect([early, later.tokens]).toEqual([{ tokens: 0, moreAt: NOW + 10 }, 2]);
    });

    test('P4: what was used already counts, also beyond what there is; other limits are apart', async () => {
      const { store, other } = await world();
      await store.addLimitSlice({ ...KEY, tokens: 30, until: NOW + 10 }, NOW);

      const taken = [
        await other.takeLimitSlice({ ...KEY, tokens: 1, pool: 20, until: NOW + 10 }, NOW),
        await other.takeLimitSlice({ ...KEY, group: 'light', tokens: 1, pool: 20, until: NOW + 10 }, NOW),
        await other.takeLimitSlice({ ...KEY, connection: 'back-office', tokens: 1, pool: 20, until: NOW + 10 }, NOW),
      ];

      expect(taken.map(({ tokens }) => tokens)).toEqual([0, 1, 1]);
    });

    test('P4: nodes count until the time they said last', async () => {
      const { store, other } = await world();
      await store.keepLimitNode('A', NOW + 10);
      await other.keepLimitNode('B', NOW + 10);
      await other.keepLimitNode('B', NOW + 20);

      const counts = [];
      for (const passed of [9, 10, 20]) counts.push(await store.countLimitNodes(NOW + passed));

      expect(counts).toEqual([2, 1, 0]);
    });

    test('P4: of two penalties the one that ends later stands, and is seen from every node until it ends', async () => {
      const { store, other } = await world();
      for (const until of [NOW + 20, NOW + 30, NOW + 10]) await store.noteLimitPenalty({ ...KEY, until });

      expect(await other.listLimitPenalties(NOW + 29)).toEqual([{ ...KEY, until: NOW + 30 }]);
      expect(await other.listLimitPenalties(NOW + 30)).toEqual([]);
    });

    test('what no longer counts is removed, and nothing else', async () => {
      const { store, look } = await world();
      for (const [index, until] of [NOW + 10, NOW + 20].entries()) {
        await store.keepLimitNode(`node-${index}`, until);
        await store.noteLimitPenalty({ ...KEY, connection: `c-${index}`, until });
        await store.addLimitSlice({ ...KEY, connection: `c-${index}`, tokens: 1, until }, NOW);
      }

      await store.removeExpiredLimits(NOW + 10);

      const left = await Promise.all(['limit_nodes', 'limit_penalties', 'limit_slices'].map((table) => look(`select * from ${table}`)));
      expect(left.map((rows) => rows.length)).toEqual([1, 1, 1]);
    });
  });
}
