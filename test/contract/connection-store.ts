import { describe, expect, test } from 'vitest';
import type { Credential } from '../../src/domain/credential.ts';
import { AppNotFound, InUse, NameTaken } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import {
  CONNECTION_ID,
  NOW,
  namesInOrder,
  type OpenStore,
  pagesOf,
  password,
  refreshToken,
  revealed,
  sampleApp,
  sampleClient,
  sampleConnection,
  sampleGrant,
  sampleLogin,
  sampleSession,
  withConnections,
  worldsOf,
} from './world.ts';

/** What every ConnectionStore does. */
export function describeConnectionStore(name: string, open: OpenStore): void {
  describe(`ConnectionStore on ${name}`, () => {
    const world = worldsOf(open);

    test('a Connection comes back as it was created, seen from every node', async () => {
      const { store, other } = await world();
      const connection = sampleConnection({
        labels: { team: 'front', 'with "quotes"': 'ü' },
        keep: 'fresh',
        ownerId: '256440016',
        signInNeeded: { at: NOW, code: 'OAU-140' },
      });
      await store.createApp(sampleApp());

      await store.createConnection(connection, []);

      expect(await store.findConnection('front-desk')).toEqual(connection);
      expect(await other.findConnection('front-desk')).toEqual(connection);
    });

    test('a JWT leads to the Connections that have it, until it is replaced', async () => {
      const { store, other } = await world();
      const jwt = (text: string): Credential => ({ kind: 'jwt', assertion: new Secret(text) });
      await store.createApp(sampleApp());
      await store.createConnection(sampleConnection(), [password(), jwt('a.b.c')]);
      await store.createConnection(sampleConnection({ id: '2', name: 'back-office' }), [jwt('a.b.c'), jwt('d.e.f')]);
      await store.createConnection(sampleConnection({ id: '3', name: 'fax' }), [refreshToken({ refreshToken: new Secret('a.b.c') })]);
      const found = async () => [await other.listConnectionsByAssertion(new Secret('a.b.c')), await other.listConnectionsByAssertion(new Secret('d.e.f'))];
      const before = await found();

      await store.replaceCredentials('back-office', [jwt('g.h.i')]);

      expect(before).toEqual([['back-office', 'front-desk'], ['back-office']]);
      expect(await found()).toEqual([['front-desk'], []]);
      expect(await other.listConnectionsByAssertion(new Secret('unknown'))).toEqual([]);
    });

    test('a new Connection has neither owner nor need for a sign-in', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');

      const found = await store.findConnection('front-desk');

      expect(found).toEqual(sampleConnection());
      expect(await store.findConnection('back-office')).toBeUndefined();
    });

    test('its credentials come back opened, in their order', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      await store.createApp(sampleApp({ name: 'second' }));
      const { extension: _, ...withoutExtension } = password({ username: 'main@example.com', password: new Secret('Myp@ssw0rd ü') });
      const credentials: Credential[] = [
        refreshToken({ app: 'second' }),
        withoutExtension,
        password({ refused: { at: NOW, code: 'OAU-140' } }),
        ...Array.from({ length: 10 }, (_each, index) => password({ extension: `${index}` })),
      ];

      await store.createConnection(sampleConnection(), credentials);

      expect(revealed(await store.listCredentials('front-desk'))).toEqual(revealed(credentials));
    });

    test('a Connection that is not there has no credentials', async () => {
      const { store } = await world();

      const credentials = await store.listCredentials('front-desk');

      expect(credentials).toEqual([]);
    });

    test('a taken name is refused, and nothing of the second is kept', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      await store.createConnection(sampleConnection(), [password()]);

      const creating = store.createConnection(sampleConnection({ keep: 'fresh' }), [refreshToken(), refreshToken()]);

      await expect(creating).rejects.toThrow(NameTaken);
      expect(await store.findConnection('front-desk')).toEqual(sampleConnection());
      expect(revealed(await store.listCredentials('front-desk'))).toEqual([revealed(password())]);
    });

    test('an App that is not there is named, whether the Connection or a credential names it', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());

      const [byConnection, byCredential] = await Promise.allSettled([
        store.createConnection(sampleConnection({ name: 'a', app: 'gone' }), [password({ app: 'main' })]),
        store.createConnection(sampleConnection({ name: 'b' }), [password({ app: 'main' }), password({ app: 'lost' })]),
      ]);

      expect(byConnection).toMatchObject({ status: 'rejected', reason: new AppNotFound('gone') });
      expect(byCredential).toMatchObject({ status: 'rejected', reason: new AppNotFound('lost') });
      expect(await store.listConnections({ limit: 10 })).toEqual({ items: [] });
    });

    test('lists are in the order of names, page by page, with no cursor on the last', async () => {
      const { store } = await world();
      const { ordered, shuffled } = namesInOrder(45);
      await withConnections(store, ...shuffled);

      const pages = await pagesOf((page) => store.listConnections(page), 20);

      expect(pages).toEqual([ordered.slice(0, 20), ordered.slice(20, 40), ordered.slice(40)]);
    });

    test('labels and keep change; a token is wanted from when the present one is over, at once where there is none', async () => {
      const { store, other, look } = await world();
      await store.createApp(sampleApp({ name: 'second' }));
      await withConnections(store, 'granted');
      await store.saveGrant(sampleGrant({ connection: 'granted' }), 0, CONNECTION_ID);
      await store.createConnection(sampleConnection({ name: 'new', labels: { team: 'front' } }), [password({ app: 'second' })]);
      await store.createConnection(sampleConnection({ name: 'unproven' }), [refreshToken({ refreshExpiresAt: NOW + 9 })]);
      await store.createConnection(sampleConnection({ name: 'dead' }), []);
      await store.needSignIn('dead', 0, { at: NOW, code: 'OAU-140' });
      const names = ['dead', 'granted', 'new', 'unproven'];
      const columns = () => look('select name, fresh_at, budget_app from connections order by name');

      for (const each of names) await other.changeConnection(each, ({ labels }) => ({ keep: 'fresh', labels: { ...labels, at: 'desk' } }));
      const fresh = await columns();
      const shown = await store.findConnection('new');
      for (const each of names) await other.changeConnection(each, ({ labels }) => ({ keep: 'alive', labels }));
      const alive = await columns();

      expect(shown).toEqual(sampleConnection({ name: 'new', keep: 'fresh', labels: { team: 'front', at: 'desk' } }));
      expect(fresh).toEqual([
        { name: 'dead', fresh_at: null, budget_app: null },
        { name: 'granted', fresh_at: NOW + 3_540_000, budget_app: 'main' },
        { name: 'new', fresh_at: 0, budget_app: 'second' },
        { name: 'unproven', fresh_at: 0, budget_app: 'main' },
      ]);
      expect(alive.map((row) => (row as { fresh_at: number | null }).fresh_at)).toEqual([null, null, null, 0]);
      expect(await store.changeConnection('nobody', () => ({ keep: 'fresh', labels: {} }))).toBe(false);
    });

    test('removing takes credentials, Grant and RingOut sessions with it', async () => {
      const { store } = await world();
      await withConnections(store, 'other');
      const create = () => store.createConnection(sampleConnection(), [password()]);
      await create();
      await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);
      await store.createSession(sampleSession(), NOW);
      await store.saveGrant(sampleGrant({ connection: 'other' }), 0, CONNECTION_ID);

      const removals = [await store.removeConnection('front-desk'), await store.removeConnection('front-desk')];

      expect(removals).toEqual([true, false]);
      expect(await store.findConnection('front-desk')).toBeUndefined();
      expect(await store.listCredentials('front-desk')).toEqual([]);
      expect(await store.findGrant('front-desk')).toBeUndefined();
      expect(await store.findSession('1234567', NOW)).toBeUndefined();
      expect(await store.findGrant('other')).toBeDefined();
      await expect(create()).resolves.toBeUndefined();
    });

    test('a Connection stays whole while a Client lists it; the error names the Client', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      await store.createConnection(sampleConnection(), [password()]);
      await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);
      await store.createClient(sampleClient());

      const removing = store.removeConnection('front-desk');

      await expect(removing).rejects.toThrow(InUse);
      await expect(removing).rejects.toThrow('Connection "front-desk" is still used by Client "billing"; remove what uses it first.');
      expect(await store.listCredentials('front-desk')).toHaveLength(1);
      expect(await store.findGrant('front-desk')).toBeDefined();
    });

    test('a Connection stays while a legacy login leads to it', async () => {
      const { store } = await world();
      await withConnections(store, 'front-desk');
      await store.createClient(sampleClient({ connections: [], legacyLogins: [sampleLogin()] }));

      const removing = store.removeConnection('front-desk');

      await expect(removing).rejects.toThrow(InUse);
      await expect(removing).rejects.toThrow('Client "billing"');
      await store.removeClient('billing');
      expect(await store.removeConnection('front-desk')).toBe(true);
    });

    test('a refused credential is marked, and no other', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      await store.createConnection(sampleConnection({ name: 'back-office' }), [password(), refreshToken()]);
      await store.createConnection(sampleConnection(), [password(), refreshToken(), password()]);

      const noted = await store.refuseCredential('front-desk', 1, refreshToken(), { at: NOW, code: 'invalid_grant' });

      expect(noted).toBe(true);
      const refused = { at: NOW, code: 'invalid_grant' };
      expect(revealed(await store.listCredentials('front-desk'))).toEqual(revealed([password(), refreshToken({ refused }), password()]));
      expect(revealed(await store.listCredentials('back-office'))).toEqual(revealed([password(), refreshToken()]));
    });

    test('refusing a credential that is not there changes nothing', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      await store.createConnection(sampleConnection(), [password()]);

      const noted = [
        await store.refuseCredential('front-desk', 1, password(), { at: NOW, code: 'invalid_grant' }),
        await store.refuseCredential('gone', 0, password(), { at: NOW, code: 'invalid_grant' }),
      ];

      expect(noted).toEqual([false, false]);
      expect(revealed(await store.listCredentials('front-desk'))).toEqual([revealed(password())]);
    });

    test('G4: a credential that came in the place of the refused one is not refused, and nobody has to sign in', async () => {
      const { store, other } = await world();
      await store.createApp(sampleApp());
      await store.createConnection(sampleConnection(), [password()]);
      const credentials = [password({ password: new Secret('newer') }), { kind: 'client_credentials', brandId: '2' } as const];
      await other.replaceCredentials('front-desk', credentials);

      const noted = [
        await store.refuseCredential('front-desk', 0, password(), { at: NOW, code: 'OAU-140' }),
        await store.refuseCredential('front-desk', 1, { kind: 'client_credentials', brandId: '1' }, { at: NOW, code: 'OAU-140' }),
        await store.needSignIn('front-desk', 0, { at: NOW, code: 'OAU-140' }),
      ];

      expect(noted).toEqual([false, false, false]);
      expect(revealed(await store.listCredentials('front-desk'))).toEqual(revealed(credentials));
      expect(await store.findConnection('front-desk')).toMatchObject({ signInNeeded: undefined });
    });

    test('the need for a sign-in is noted where the generation is the stored one: 0 without a Grant', async () => {
      const { store } = await world();
      await withConnections(store, 'new', 'old');
      await store.saveGrant(sampleGrant({ connection: 'old', generation: 7 }), 0, CONNECTION_ID);
      const needed = { at: NOW, code: 'OAU-140' };

      const noted = [await store.needSignIn('new', 0, needed), await store.needSignIn('old', 7, needed)];

      expect(noted).toEqual([true, true]);
      expect(await store.findConnection('new')).toMatchObject({ signInNeeded: needed });
      expect(await store.findConnection('old')).toMatchObject({ signInNeeded: needed });
    });

    test('the need for a sign-in is not noted where another generation is stored', async () => {
      const { store } = await world();
      await withConnections(store, 'new', 'old');
      await store.saveGrant(sampleGrant({ connection: 'old', generation: 7 }), 0, CONNECTION_ID);

      await store.needSignIn('new', 1, { at: NOW, code: 'OAU-140' });
      for (const generation of [0, 6, 8]) await store.needSignIn('old', generation, { at: NOW, code: 'OAU-140' });
      await store.needSignIn('gone', 0, { at: NOW, code: 'OAU-140' });

      expect(await store.findConnection('new')).toMatchObject({ signInNeeded: undefined });
      expect(await store.findConnection('old')).toMatchObject({ signInNeeded: undefined });
    });

    test('what is imported is stored once: free names are, those that are there alike are present, others are taken', async () => {
      const { store, other } = await world();
      await store.createApp(sampleApp());
      await store.createConnection(sampleConnection({ name: 'taken' }), [password()]);
      const rows = ['one', 'two'].map((name) => ({
        connection: sampleConnection({ name }),
        credentials: [refreshToken({ refreshToken: new Secret(name), refreshExpiresAt: NOW + 1 }), password()],
      }));
      const taken = { connection: sampleConnection({ name: 'taken' }), credentials: [refreshToken()] };
      const later = { ...rows[0]!, credentials: [refreshToken({ refreshToken: new Secret('one'), refreshExpiresAt: NOW + 2 }), password()] };

      const outcomes = [
        await store.importConnections([...rows, taken], true),
        await store.importConnections([...rows, taken], false),
        await other.importConnections([later, taken], false),
        await store.importConnections([], false),
      ];

      expect(outcomes).toEqual([['imported', 'imported', 'taken'], ['imported', 'imported', 'taken'], ['present', 'taken'], []]);
      expect(revealed(await store.listCredentials('one'))).toEqual(revealed(rows[0]!.credentials));
      expect(revealed(await store.listCredentials('taken'))).toEqual([revealed(password())]);
      await expect(store.importConnections([{ connection: sampleConnection({ name: 'x', app: 'gone' }), credentials: [] }], false)).rejects.toThrow(
        AppNotFound,
      );
    });

    test('credentials without a secret come back too', async () => {
      const { store } = await world();
      await store.createApp(sampleApp());
      const credentials: Credential[] = [
        { kind: 'client_credentials', brandId: '1210', partnerAccountId: 'BAN1' },
        { kind: 'client_credentials', accountId: '7' },
      ];

      await store.createConnection(sampleConnection(), credentials);

      expect(await store.listCredentials('front-desk')).toEqual(credentials);
    });
  });
}
