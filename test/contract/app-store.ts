import { describe, expect, test } from 'vitest';
import { InUse, NameTaken } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { NOW, namesInOrder, type OpenStore, pagesOf, password, revealed, sampleApp, sampleConnection, worldsOf } from './world.ts';

/** What every AppStore does. */
export function describeAppStore(name: string, open: OpenStore): void {
  describe(`AppStore on ${name}`, () => {
    const world = worldsOf(open);

    test('an App comes back as it was created, seen from every node', async () => {
      const { store, other } = await world();
      const app = sampleApp({ clientSecret: new Secret('s3cret:%+ü') });

      await store.createApp(app);

      expect(revealed(await store.findApp('main'))).toEqual(revealed(app));
      expect(revealed(await other.findApp('main'))).toEqual(revealed(app));
    });

    test('a public App has no client secret, and lists may be empty', async () => {
      const { store } = await world();
      const app = sampleApp({ clientSecret: undefined, redirectUris: [], returnTo: [] });

      await store.createApp(app);

      expect(await store.findApp('main')).toEqual(app);
    });

    test('Apps are found by their client id, which several may have', async () => {
      const { store, other } = await world();
      for (const [of, clientId] of [
        ['b', 'same'],
        ['a', 'same'],
        ['c', 'another'],
      ] as const)
        await store.createApp(sampleApp({ name: of, clientId }));

      const [same, none] = [await other.listAppsByClientId('same'), await other.listAppsByClientId('none')];

      expect([same.map(({ name: of }) => of), none]).toEqual([['a', 'b'], []]);
      expect(same[0]?.clientSecret?.reveal()).toBe('client-secret');
    });

    test('an App that was not created is not found', async () => {
      const { store } = await world();

      const found = await store.findApp('main');

      expect(found).toBeUndefined();
    });

    test('a taken name is refused, and the first App stays as it was', async () => {
      const { store } = await world();
      await store.createApp(sampleApp({ clientId: 'first' }));

      const creating = store.createApp(sampleApp({ clientId: 'second' }));

      await expect(creating).rejects.toThrow(NameTaken);
      expect(await store.findApp('main')).toMatchObject({ clientId: 'first' });
    });

    test('of many that create one name at once, one succeeds', async () => {
      const { store, other } = await world();

      const creations = await Promise.allSettled([store, other, store, other].map((node) => node.createApp(sampleApp())));

      expect(creations.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const creation of creations) if (creation.status === 'rejected') expect(creation.reason).toBeInstanceOf(NameTaken);
    });

    test('lists are in the order of names, page by page, with no cursor on the last', async () => {
      const { store } = await world();
      const { ordered, shuffled } = namesInOrder(25);
      for (const app of shuffled) await store.createApp(sampleApp({ name: app }));

      const pages = await pagesOf((page) => store.listApps(page), 10);

      expect(pages).toEqual([ordered.slice(0, 10), ordered.slice(10, 20), ordered.slice(20)]);
    });

    test('a list that fills its last page exactly ends there', async () => {
      const { store } = await world();
      const { ordered } = namesInOrder(4);
      for (const app of ordered) await store.createApp(sampleApp({ name: app }));

      const pages = await pagesOf((page) => store.listApps(page), 2);

      expect(pages).toEqual([ordered.slice(0, 2), ordered.slice(2)]);
    });

    test('a listed App is whole', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());

      const { items } = await store.listApps({ limit: 10 });

      expect(revealed(items)).toEqual([revealed(sampleApp())]);
    });

    test('an empty list is a page without cursor', async () => {
      const { store } = await world();

      const page = await store.listApps({ limit: 10 });

      expect(page).toEqual({ items: [] });
    });

    test('a cursor whose App was removed still leads on', async () => {
      const { store } = await world();
      for (const app of ['a', 'b', 'c']) await store.createApp(sampleApp({ name: app }));
      await store.removeApp('b');

      const { items } = await store.listApps({ limit: 10, cursor: 'b' });

      expect(items.map((app) => app.name)).toEqual(['c']);
    });

    test('removing says whether there was one', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());

      const removals = [await store.removeApp('main'), await store.removeApp('main')];

      expect(removals).toEqual([true, false]);
      expect(await store.findApp('main')).toBeUndefined();
    });

    test('an App stays while a Connection names it; the error names the Connection', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      await store.createConnection(sampleConnection({ name: 'front-desk' }), []);

      const removing = store.removeApp('main');

      await expect(removing).rejects.toThrow(InUse);
      await expect(removing).rejects.toThrow('App "main" is still used by Connection "front-desk"; remove what uses it first.');
      expect(await store.findApp('main')).toBeDefined();
    });

    test('an App stays while a credential names it', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      await store.createApp(sampleApp({ name: 'second' }));
      await store.createConnection(sampleConnection({ name: 'front-desk' }), [password({ app: 'second' })]);

      const removing = store.removeApp('second');

      await expect(removing).rejects.toThrow(InUse);
      await expect(removing).rejects.toThrow('Connection "front-desk"');
    });

    test('of many that use an App some are named', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      for (const connection of ['e', 'd', 'c', 'b', 'a']) await store.createConnection(sampleConnection({ name: connection }), [password({ app: 'main' })]);

      const removing = store.removeApp('main');

      await expect(removing).rejects.toThrow('Connections "a", "b", "c" and others;');
    });

    test('an App can be removed once nothing names it', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      await store.createConnection(sampleConnection(), [password({ app: 'main' })]);
      await store.removeConnection('front-desk');

      const removed = await store.removeApp('main');

      expect(removed).toBe(true);
    });

    test('its settings come back, 0 for a refresh token that is not wanted', async () => {
      const { store, other } = await world();
      const settings = { accessTokenTtlMs: 600_000, refreshTokenTtlMs: 0, endpointId: 'endpoint', tokenRequestsPerMinute: 40 };

      await store.createApp(sampleApp(settings));

      expect(await other.findApp('main')).toMatchObject(settings);
      expect((await store.listApps({ limit: 10 })).items).toMatchObject([settings]);
    });

    test('a client secret that is added is presented first, on every node, until another is chosen or it is removed', async () => {
      const { store, other } = await world();
      await store.createApp(sampleApp());
      await store.createApp(sampleApp({ name: 'other' }));
      const presented = async () => (await other.findApp('main'))?.clientSecret?.reveal();
      const seen: unknown[] = [];

      const added = [await store.addClientSecret('main', new Secret('second'), NOW + 1), await store.addClientSecret('main', new Secret('third'), NOW + 2)];
      seen.push(await presented());
      await store.useClientSecret('main', '2');
      seen.push(await presented());
      const removed = [await store.removeClientSecret('main', '2'), await store.removeClientSecret('main', '2'), await store.removeClientSecret('main', '1')];
      seen.push(await presented());
      const only = await store.removeClientSecret('main', '3');

      expect(added).toEqual([
        { id: '2', createdAt: NOW + 1, inUse: true },
        { id: '3', createdAt: NOW + 2, inUse: true },
      ]);
      expect(seen).toEqual(['third', 'second', 'third']);
      expect([removed, only]).toEqual([['removed', 'absent', 'removed'], 'only']);
      expect(revealed(await store.listClientSecrets('main'))).toEqual([{ id: '3', createdAt: NOW + 2, inUse: true, secret: 'secret third' }]);
      expect((await store.findApp('other'))?.clientSecret?.reveal()).toBe('client-secret');
      expect(await store.addClientSecret('gone', new Secret('x'), NOW)).toBeUndefined();
    });

    test('bringing an App up to date with a secret that it has leaves the one in use; with another, that one is', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      await store.addClientSecret('main', new Secret('second'), NOW);
      const updated = async (secret: string) => {
        await store.updateApp(sampleApp({ clientSecret: new Secret(secret) }));
        return (await store.findApp('main'))?.clientSecret?.reveal();
      };

      const seen = [await updated('client-secret'), await updated('second'), await updated('quite another')];

      expect(seen).toEqual(['second', 'second', 'quite another']);
      expect((await store.listClientSecrets('main')).map(({ id }) => id)).toEqual(['2', '1']);
    });
  });
}
