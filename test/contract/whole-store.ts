import { describe, expect, test } from 'vitest';
import { type OpenStore, worldsOf } from './world.ts';

/** What every Store does beyond its parts. */
export function describeStore(name: string, open: OpenStore): void {
  describe(`Store on ${name}`, () => {
    const world = worldsOf(open);

    test('a ping succeeds while the database can be read, and rejects afterwards', async () => {
      const { store } = await world();
      const before = await store.ping();

      await store.close();

      expect(before).toBeUndefined();
      await expect(store.ping()).rejects.toThrow();
    });

    test('a probe writes, leaves nothing behind, and rejects where the database is gone', async () => {
      const { store, other } = await world();

      await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? store : other).probeWrite(1_000)));
      const left = await store.removeExpiredClaims(2_000);
      await store.close();

      expect(left).toBe(0);
      await expect(store.probeWrite(1_000)).rejects.toThrow();
    });

    test('what a stranger sends with a NUL in it is not there, and is no error', async () => {
      const { store } = await world();

      const found = [await store.findApp('a\0'), await store.findConnection('\0'), await store.findSession('\0', 1), await store.findClient('a\0b')];

      expect(found).toEqual([undefined, undefined, undefined, undefined]);
      expect(await store.listLogins('1650\0')).toEqual([]);
    });

    test('the time of the database, where it has one, is the time', async () => {
      const { store } = await world();

      const time = (await store.databaseTime()) ?? Date.now();

      expect(Math.abs(time - Date.now())).toBeLessThan(5_000);
    });

    test('closing twice is closing once', async () => {
      const { store } = await world();
      await store.close();

      const again = store.close();

      await expect(again).resolves.toBeUndefined();
    });
  });
}
