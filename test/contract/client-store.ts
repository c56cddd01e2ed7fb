import { describe, expect, test } from 'vitest';
import { ConnectionNotFound, LoginTaken, NameTaken } from '../../src/domain/errors.ts';
import { NOW, namesInOrder, type OpenStore, pagesOf, sampleClient, sampleKey, sampleLogin, withConnections, worldsOf } from './world.ts';

/** What every ClientStore does. */
export function describeClientStore(name: string, open: OpenStore): void {
  describe(`ClientStore on ${name}`, () => {
    const world = worldsOf(open);

    test('a Client comes back as it was created, its Connections and logins in their order, seen from every node', async () => {
      const { store, other } = await world();
      await withConnections(store, 'a', 'b', 'c');
      const client = sampleClient({
        connections: ['c', 'a', 'b', 'a'],
        policy: { ipAllow: ['192.0.2.0/24'], methods: [], paths: ['/restapi/v1.0/account/*/extension/**'], token: true },
        legacyLogins: [
          sampleLogin({ extension: '102', connection: 'b' }),
          sampleLogin({ extension: '', connection: 'a' }),
          sampleLogin({ extension: '101', connection: 'c', passwordHash: undefined }),
        ],
      });

      await store.createClient(client);

      expect(await store.findClient('billing')).toEqual(client);
      expect(await other.findClient('billing')).toEqual(client);
    });

    test('39: the limits of a Client come back as they were given; none stays none', async () => {
      const { store, other } = await world();
      const client = sampleClient({ connections: [], limits: { requestsPerSecond: 2.5, burst: 10, concurrency: 3, bodyBytes: 0 } });

      await store.createClient(client);

      expect(await other.findClient('billing')).toEqual(client);
      expect(
        await store.createClient(sampleClient({ name: 'crm', keys: [sampleKey({ hash: 'crm' })], connections: [] })).then(() => other.findClient('crm')),
      ).not.toHaveProperty('limits');
    });

    test('what a Client signs in with through the Bridge comes back, and finds all who have the same client id', async () => {
      const { store, other } = await world();
      const own = {
        clientId: 'shared',
        secretHash: '$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA',
        redirectUris: ['https://myapp.example.com/back'],
        origins: ['https://shop.example.com', 'https://b.example.com'],
      };
      const bridges = {
        billing: own,
        crm: { clientId: 'shared', secretHash: undefined, redirectUris: [], origins: [] },
        old: { clientId: undefined, secretHash: undefined, redirectUris: [], origins: [] },
      };
      const clients = Object.entries(bridges).map(([name, bridge]) => sampleClient({ name, keys: [sampleKey({ hash: name })], connections: [], bridge }));
      for (const client of clients.toReversed()) await store.createClient(client);

      expect(await other.listBridgeClients('shared')).toEqual(clients.slice(0, 2));
      expect(await other.listBridgeClients('another')).toEqual([]);
      expect(await other.findClient('old')).toEqual(clients[2]);
    });

    test('what a Client signs in with changes as one, of two who come at once too; a change that throws is none', async () => {
      const { store, other } = await world();
      await store.createClient(sampleClient({ connections: [] }));
      const none = { clientId: undefined, secretHash: undefined, redirectUris: [], origins: [] };
      const adding = (of: typeof store, origin: string) =>
        of.updateBridge('billing', (known) => ({ ...none, ...known, origins: [...(known?.origins ?? []), origin] }));

      const changed = await Promise.all(['a', 'b', 'c', 'd'].map((origin, index) => adding(index % 2 ? other : store, origin)));
      const thrown = store.updateBridge('billing', () => {
        throw new RangeError('no');
      });

      await expect(thrown).rejects.toThrow('no');
      expect(changed.every((client) => client?.name === 'billing')).toBe(true);
      expect((await other.findClient('billing'))?.bridge?.origins.toSorted()).toEqual(['a', 'b', 'c', 'd']);
      expect(await store.updateBridge('nobody', () => none)).toBeUndefined();
      expect(await store.updateBridge('billing', () => undefined)).not.toHaveProperty('bridge');
    });

    test('every origin that Clients list is known once', async () => {
      const { store, other } = await world();
      const bridge = (origins: readonly string[]) => ({ clientId: undefined, secretHash: undefined, redirectUris: [], origins });
      const made = (name: string, of: object) => store.createClient(sampleClient({ name, keys: [sampleKey({ hash: name })], connections: [], ...of }));
      await made('a', { bridge: bridge(['https://one.example.com', 'https://two.example.com']) });
      await made('b', { bridge: bridge(['https://two.example.com']) });
      await made('c', { bridge: bridge([]) });
      await made('d', {});

      expect((await other.listBridgeOrigins()).toSorted()).toEqual(['https://one.example.com', 'https://two.example.com']);
    });

    test('the Clients that may use a Connection are listed by name, as many as are wanted', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk', 'back-office');
      const named = (name: string, connections: string[]) => store.createClient(sampleClient({ name, keys: [sampleKey({ hash: name })], connections }));
      await named('c', ['back-office', 'front-desk', 'front-desk']);
      await named('a', ['front-desk']);
      await named('b', ['back-office']);

      const listed = await Promise.all([other.listClientsOf('front-desk', 9), other.listClientsOf('front-desk', 1), other.listClientsOf('none', 9)]);

      expect(listed.map((clients) => clients.map(({ name: of }) => of))).toEqual([['a', 'c'], ['a'], []]);
      expect(listed[0]?.[1]?.connections).toEqual(['back-office', 'front-desk', 'front-desk']);
    });

    test('a Client may have no Policy, no Connections and no logins', async () => {
      const { store } = await world();
      const client = sampleClient({ connections: [] });

      await store.createClient(client);

      expect(await store.findClient('billing')).toEqual(client);
      expect(await store.findClient('other')).toBeUndefined();
    });

    test('a Client is found by the hash of its gateway key, and by no other', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.createClient(sampleClient({ keys: [sampleKey()], legacyLogins: [sampleLogin()] }));
      await store.createClient(sampleClient({ name: 'crm', keys: [sampleKey({ hash: 'cd'.repeat(32) })] }));

      expect(await other.findClientByKey('ab'.repeat(32))).toEqual(sampleClient({ legacyLogins: [sampleLogin()] }));
      expect(await store.findClientByKey('ef'.repeat(32))).toBeUndefined();
      expect(await store.findClientByKey('')).toBeUndefined();
    });

    test('a Client is found by each of its keys; those it had may be given an end', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.createClient(sampleClient({ rewriteLinks: true }));
      const next = 'cd'.repeat(32);

      const added = await store.addClientKey('billing', next, { now: NOW + 5, most: 2, othersEndAt: NOW + 60_000 });

      expect(added).toEqual(sampleKey({ id: '2', hash: next, createdAt: NOW + 5 }));
      const whole = sampleClient({
        rewriteLinks: true,
        keys: [sampleKey({ expiresAt: NOW + 60_000 }), sampleKey({ id: '2', hash: next, createdAt: NOW + 5 })],
      });
      expect(await other.findClientByKey(next)).toEqual(whole);
      expect(await other.findClientByKey('ab'.repeat(32))).toEqual(whole);
      expect((await store.listClients({ limit: 5 })).items).toEqual([whole]);
    });

    test('a Client has no more keys than it may; those that are over make room, and an end never moves away', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.createClient(sampleClient());
      await store.addClientKey('billing', 'cd'.repeat(32), { now: NOW, most: 2, othersEndAt: NOW + 1_000 });

      const full = await store.addClientKey('billing', 'ef'.repeat(32), { now: NOW + 999, most: 2 });
      const third = await store.addClientKey('billing', 'ef'.repeat(32), { now: NOW + 1_000, most: 2, othersEndAt: NOW + 9_000 });
      await store.removeClientKey('billing', '3', NOW + 1_001);
      await store.addClientKey('billing', '12'.repeat(32), { now: NOW + 1_002, most: 2, othersEndAt: NOW + 90_000 });

      expect(full).toBe('full');
      expect(third).toMatchObject({ id: '3' });
      expect(await store.findClientByKey('ab'.repeat(32))).toBeUndefined();
      expect(await store.findClientByKey('')).toBeUndefined();
      expect((await store.findClient('billing'))?.keys).toMatchObject([
        { id: '2', expiresAt: NOW + 9_000 },
        { id: '4', expiresAt: undefined },
      ]);
    });

    test('a removed key, the first one too, leads nowhere; the only good one stays', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.createClient(sampleClient());
      const next = 'cd'.repeat(32);
      const alone = await store.removeClientKey('billing', '1', NOW);
      await store.addClientKey('billing', next, { now: NOW, most: 2 });

      const outcomes = [
        await store.removeClientKey('billing', '1', NOW),
        await store.removeClientKey('billing', '1', NOW),
        await store.removeClientKey('billing', '2', NOW),
        await store.removeClientKey('nobody', '1', NOW),
        await store.addClientKey('nobody', next, { now: NOW, most: 2 }),
      ];

      expect(alone).toBe('only');
      expect(outcomes).toEqual(['removed', 'absent', 'only', 'absent', 'absent']);
      expect(await other.findClientByKey('ab'.repeat(32))).toBeUndefined();
      expect(await other.findClientByKey(next)).toMatchObject({ name: 'billing' });
      expect(await store.removeClient('billing')).toBe(true);
      expect(await store.findClientByKey(next)).toBeUndefined();
    });

    test('of two keys that are added at once where there is room for one, one is', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      await store.createClient(sampleClient());

      const both = await Promise.all([store, other].map((node, index) => node.addClientKey('billing', `${index}`.repeat(64), { now: NOW, most: 2 })));

      expect(both.filter((added) => added === 'full')).toHaveLength(1);
      expect((await store.findClient('billing'))?.keys).toHaveLength(2);
    });

    test('an empty Policy is kept apart from none', async () => {
      const { store } = await world();
      const client = sampleClient({ connections: [], policy: {} });

      await store.createClient(client);

      expect(await store.findClient('billing')).toEqual(client);
    });

    test('a taken name is refused, and the first Client stays as it was', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.createClient(sampleClient());

      const creating = store.createClient(sampleClient({ keys: [sampleKey({ hash: 'cd'.repeat(32) })], legacyLogins: [sampleLogin()] }));

      await expect(creating).rejects.toThrow(NameTaken);
      expect(await store.findClient('billing')).toEqual(sampleClient());
      expect(await store.listLogins('16505550100')).toEqual([]);
    });

    test('a Connection that is not there is named, whether the Client or a login names it; nothing is kept', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');

      const [byClient, byLogin] = await Promise.allSettled([
        store.createClient(sampleClient({ connections: ['front-desk', 'gone'] })),
        store.createClient(sampleClient({ legacyLogins: [sampleLogin(), sampleLogin({ extension: '102', connection: 'lost' })] })),
      ]);

      expect(byClient).toMatchObject({ status: 'rejected', reason: new ConnectionNotFound('gone') });
      expect(byLogin).toMatchObject({ status: 'rejected', reason: new ConnectionNotFound('lost') });
      expect(await store.listClients({ limit: 10 })).toEqual({ items: [] });
      expect(await store.listLogins('16505550100')).toEqual([]);
    });

    test('a login of another Client is taken; the error names its position, and nothing is kept', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.createClient(sampleClient({ legacyLogins: [sampleLogin({ extension: '102' })] }));
      const logins = ['101', '', '102'].map((extension) => sampleLogin({ extension }));

      const creating = store.createClient(sampleClient({ name: 'second', legacyLogins: logins }));

      await expect(creating).rejects.toThrow(LoginTaken);
      await expect(creating).rejects.toMatchObject({ faults: [{ field: 'legacyLogins/2' }] });
      expect(await store.findClient('second')).toBeUndefined();
      expect(await store.listLogins('16505550100')).toHaveLength(1);
    });

    test('a login may be several Clients’, as long as each has a client id of its own or none; changing that cannot make two alike', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      const bridge = (clientId?: string) => ({ clientId, secretHash: undefined, redirectUris: [], origins: [] });
      const made = (name: string, clientId?: string) =>
        store.createClient(
          sampleClient({
            name,
            keys: [sampleKey({ hash: name })],
            ...(clientId !== undefined && { bridge: bridge(clientId) }),
            legacyLogins: [sampleLogin({ extension: '7' }), sampleLogin()],
          }),
        );
      await made('plain');
      await made('one', 'one-id');
      await made('two', 'two-id');

      const alike = made('three', 'two-id');
      await expect(alike).rejects.toMatchObject({ code: 'login_taken', faults: [{ field: 'legacyLogins/0' }] });
      const changes = [other.updateBridge('two', () => bridge('one-id')), other.updateBridge('two', () => undefined)];
      for (const change of changes) await expect(change).rejects.toMatchObject({ code: 'login_taken', faults: [{ field: 'legacyLogins/0' }] });
      await other.updateBridge('two', (known) => ({ ...bridge('three-id'), origins: known?.origins ?? [] }));

      const programs = (await store.listLogins('16505550100')).filter(({ extension }) => extension === '7').map(({ client, program }) => [client, program]);
      expect(programs.toSorted()).toEqual([
        ['one', 'one-id'],
        ['plain', ''],
        ['two', 'three-id'],
      ]);
      expect((await store.findClient('two'))?.bridge?.clientId).toBe('three-id');
      expect(await store.findClient('three')).toBeUndefined();
    });

    test('a login given twice by one Client is taken the second time', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');

      const creating = store.createClient(sampleClient({ legacyLogins: [sampleLogin(), sampleLogin()] }));

      await expect(creating).rejects.toMatchObject({ code: 'login_taken', faults: [{ field: 'legacyLogins/1' }] });
    });

    test('one extension under two user names, and two extensions under one, are different logins', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.createClient(sampleClient({ legacyLogins: [sampleLogin()] }));

      await store.createClient(sampleClient({ name: 'second', legacyLogins: [sampleLogin({ username: '16505550199' }), sampleLogin({ extension: '' })] }));

      expect(await store.listLogins('16505550199')).toHaveLength(1);
      expect(await store.listLogins('16505550100')).toHaveLength(2);
    });

    test('the logins under a user name come with their Client; other user names do not', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk', 'back-office');
      const elsewhere = sampleLogin({ extension: '102', connection: 'back-office', passwordHash: undefined });
      await store.createClient(sampleClient({ legacyLogins: [sampleLogin(), sampleLogin({ username: 'main@example.com' })] }));
      await store.createClient(sampleClient({ name: 'second', legacyLogins: [elsewhere] }));

      const logins = await store.listLogins('16505550100');

      expect(logins).toHaveLength(2);
      expect(logins).toContainEqual({ ...sampleLogin(), client: 'billing', program: '' });
      expect(logins).toContainEqual({ ...elsewhere, client: 'second', program: '' });
      expect(await store.listLogins('1650555010')).toEqual([]);
    });

    test('lists are in the order of names, page by page, each Client whole', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk', 'back-office');
      const { ordered, shuffled } = namesInOrder(45);
      const clientOf = (client: string) =>
        sampleClient({ name: client, connections: ['back-office', 'front-desk'], legacyLogins: [sampleLogin({ extension: client.slice(-2) })] });
      for (const client of shuffled) await store.createClient(clientOf(client));

      const pages = await pagesOf((page) => store.listClients(page), 20);
      const { items } = await store.listClients({ limit: 3, cursor: ordered[9]! });

      expect(pages).toEqual([ordered.slice(0, 20), ordered.slice(20, 40), ordered.slice(40)]);
      expect(items).toEqual(ordered.slice(10, 13).map(clientOf));
    });

    test('removing says whether there was one, and frees its logins and Connections', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.createClient(sampleClient({ legacyLogins: [sampleLogin()] }));

      const removals = [await store.removeClient('billing'), await store.removeClient('billing')];

      expect(removals).toEqual([true, false]);
      expect(await store.findClient('billing')).toBeUndefined();
      expect(await store.listLogins('16505550100')).toEqual([]);
      await store.createClient(sampleClient({ name: 'second', legacyLogins: [sampleLogin()] }));
      await store.removeClient('second');
      expect(await store.removeConnection('front-desk')).toBe(true);
    });

    test('a Client is never seen without its parts while it comes and goes', async () => {
      const { store, other } = await world();
      await withConnections(store, 'front-desk');
      const client = sampleClient({ legacyLogins: [sampleLogin()] });
      const comeAndGo = async () => {
        for (let round = 0; round < 30; round++) {
          await store.createClient(client);
          await store.removeClient('billing');
        }
      };
      const watch = async () => {
        const seen = [];
        for (let round = 0; round < 60; round++) seen.push(await other.findClient('billing'), ...(await store.listClients({ limit: 5 })).items);
        return seen;
      };

      const [seen] = await Promise.all([watch(), comeAndGo()]);

      for (const one of seen) if (one) expect(one).toEqual(client);
    });
  });
}
