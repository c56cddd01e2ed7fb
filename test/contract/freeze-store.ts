import { describe, expect, test } from 'vitest';
import { AppNotFound, ClientNotFound, ConnectionNotFound } from '../../src/domain/errors.ts';
import { EVERY_NAME } from '../../src/domain/freeze.ts';
import { NOW, type OpenStore, sampleClient, sampleFreeze, withConnections, worldsOf } from './world.ts';

/** What every FreezeStore does. */
export function describeFreezeStore(name: string, open: OpenStore): void {
  describe(`FreezeStore on ${name}`, () => {
    const world = worldsOf(open);

    test('what is frozen is seen by every node, with who, when and why', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.createClient(sampleClient());
      const all = sampleFreeze({ kind: 'all', name: EVERY_NAME, reason: undefined });

      for (const freeze of [sampleFreeze(), sampleFreeze({ kind: 'client', name: 'billing' }), sampleFreeze({ kind: 'app', name: 'main' }), all]) {
        await store.createFreeze(freeze);
      }

      expect(await other.listFreezes()).toEqual([
        all,
        sampleFreeze({ kind: 'app', name: 'main' }),
        sampleFreeze({ kind: 'client', name: 'billing' }),
        sampleFreeze(),
      ]);
    });

    test('what is frozen already stays as it was frozen first', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.createFreeze(sampleFreeze());

      const again = await other.createFreeze(sampleFreeze({ at: NOW + 1, reason: 'another' }));

      expect(again).toEqual(sampleFreeze());
      expect(await store.listFreezes()).toEqual([sampleFreeze()]);
    });

    test('thawing ends one stop and no other', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk', 'back-office');
      await store.createFreeze(sampleFreeze());
      await store.createFreeze(sampleFreeze({ name: 'back-office' }));

      const ended = [await other.removeFreeze('connection', 'front-desk'), await other.removeFreeze('connection', 'front-desk')];

      expect(ended).toEqual([true, false]);
      expect(await store.listFreezes()).toEqual([sampleFreeze({ name: 'back-office' })]);
    });

    test('what is not there cannot be frozen', async () => {
      const { store } = await world();

      await expect(store.createFreeze(sampleFreeze())).rejects.toBeInstanceOf(ConnectionNotFound);
      await expect(store.createFreeze(sampleFreeze({ kind: 'client', name: 'billing' }))).rejects.toBeInstanceOf(ClientNotFound);
      await expect(store.createFreeze(sampleFreeze({ kind: 'app', name: 'main' }))).rejects.toBeInstanceOf(AppNotFound);
    });

    test('a stop goes with what it stops', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.createClient(sampleClient());
      await store.createFreeze(sampleFreeze());
      await store.createFreeze(sampleFreeze({ kind: 'client', name: 'billing' }));

      await store.removeClient('billing');
      await store.removeConnection('front-desk');

      expect(await store.listFreezes()).toEqual([]);
    });
  });
}
