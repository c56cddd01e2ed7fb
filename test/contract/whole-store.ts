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

    test('closing twice is closing once', async () => {
      const { store } = await world();
      await store.close();

      const again = store.close();

      await expect(again).resolves.toBeUndefined();
    });
  });
}
