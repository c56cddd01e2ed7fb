import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { databaseWithTables, emptyDatabase, onDatabase, placeOf } from '../../../test/postgres/databases.ts';
import { nameOf, type PostgresPlace } from '../../domain/database-place.ts';
import { StoreUnavailable } from '../../domain/errors.ts';
import { systemRandom } from '../../runtime/random.ts';
import { openVault } from '../../vault/vault.ts';
import { migrate } from '../migrate.ts';
import type { Database } from '../schema.ts';
import { sealedStore } from '../store.ts';
import { contentsOf } from './contents.ts';
import { postgresStoreDialect } from './dialect.ts';
import { openPostgresDatabase, openPostgresStore } from './open.ts';

const NOW = 1_750_000_000_000;
const BOUNDS = { connections: 4, statementTimeoutMs: 10_000 };
const LINE = { who: 'admin', action: 'createApp', object: 'apps/main', address: '', result: 'ok', requestId: '', times: 1 };
const ORIGIN = 'https://platform.example.com';

function openDatabase(place: PostgresPlace, bounds = BOUNDS): Database {
  const db = openPostgresDatabase(place, bounds);
  onTestFinished(() => db.destroy());
  return db;
}

async function open(place: PostgresPlace) {
  const store = await openPostgresStore(place);
  onTestFinished(() => store.close());
  return store;
}

/** The tables, a connection of their own for looking at them, and the store on them. */
async function openWithVault() {
  const url = await databaseWithTables();
  const db = openDatabase(placeOf(url));
  const sealed = sealedStore(db, postgresStoreDialect, { watch: async () => () => undefined, comes: () => true, close: async () => undefined });
  const vault = await openVault({ vaultKey: new Uint8Array(32), keys: sealed.dataKeys, random: systemRandom, now: NOW });
  return { url, db, store: sealed.withVault(vault) };
}

/** As psql would show it, in an order that does not depend on when something was made. */
async function schemaOf(url: string): Promise<string> {
  const [columns, constraints, indexes, functions, triggers] = (await onDatabase(
    url,
    `select table_name, string_agg(format(E'  %I %s%s%s%s', column_name, data_type, case when character_maximum_length is null then '' else format('(%s)', character_maximum_length) end,
       case when collation_name is null then '' else format(' collate %I', collation_name) end,
       case when column_default is null then '' else ' default ' || column_default end || case is_nullable when 'NO' then ' not null' else '' end), E',\\n' order by ordinal_position) as body
     from information_schema.columns where table_schema = current_schema() group by table_name order by table_name collate "C"`,
    `select conrelid::regclass::text as of, format('alter table %s add constraint %I %s;', conrelid::regclass, conname, pg_get_constraintdef(oid)) as body
     from pg_constraint where connamespace = current_schema()::regnamespace and contype <> 'n' order by conname collate "C"`,
    `select tablename as of, replace(indexdef, current_schema() || '.', '') || ';' as body from pg_indexes
     where schemaname = current_schema() and indexname not in (select conname from pg_constraint) order by indexname collate "C"`,
    `select replace(pg_get_functiondef(oid), current_schema() || '.', '') || ';' as body from pg_proc
     where pronamespace = current_schema()::regnamespace order by proname collate "C"`,
    `select tgrelid::regclass::text as of, replace(pg_get_triggerdef(oid), current_schema() || '.', '') || ';' as body from pg_trigger
     where not tgisinternal order by tgname collate "C"`,
  )) as { table_name: string; of: string; body: string }[][];
  const about = (table: string, rows: readonly { of: string; body: string }[] = []) => rows.filter(({ of }) => of === table).map(({ body }) => `${body}\n`);
  return [
    ...(columns ?? []).map(({ table_name: table, body }) =>
      [`create table ${table} (\n${body}\n);\n`, ...about(table, constraints), ...about(table, indexes), ...about(table, triggers)].join(''),
    ),
    ...(functions ?? []).map(({ body }) => `${body}\n`),
  ].join('\n');
}

describe('openPostgresStore', () => {
  test('by many nodes at once makes the tables once', async () => {
    const url = await emptyDatabase();

    const nodes = await Promise.all(Array.from({ length: 8 }, () => open(placeOf(url))));

    const [rows] = await onDatabase(url, 'select count(*)::int as made, count(distinct name)::int as different, min(name) as first from kysely_migration');
    expect(nodes).toHaveLength(8);
    expect(rows).toEqual([{ made: expect.any(Number), different: (rows as { made: number }[])[0]?.made, first: '0001-first-tables' }]);
  });

  test('gives the schema that schema.sql shows', async () => {
    const schema = await schemaOf(await databaseWithTables());

    // After a new migration: npx vitest run src/store -u
    await expect(schema).toMatchFileSnapshot('schema.sql');
  });

  test('by a node that is stopped in the middle is gone on with by the next', async () => {
    const url = await emptyDatabase();
    const killing = openPostgresStore(placeOf(url)).catch((error: unknown) => error);
    const name = new URL(url).pathname.slice(1);
    await onDatabase(url, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and application_name = 'trunkline'`);
    await killing;

    await open(placeOf(url));

    expect(await contentsOf(placeOf(url))).toBe('trunkline');
  });

  test('that fails half-way leaves nothing behind', async () => {
    const url = await emptyDatabase();
    await onDatabase(url, 'create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)', 'create type grants as (a int)');

    const opening = openPostgresStore(placeOf(url));

    await expect(opening).rejects.toThrow(StoreUnavailable);
    expect(await contentsOf(placeOf(url))).toBe('nothing');
  });

  test('refuses what another program uses, and leaves it as it was', async () => {
    const url = await emptyDatabase();
    await onDatabase(url, 'create table apps (name text)');

    const opening = openPostgresStore(placeOf(url));

    await expect(opening).rejects.toThrow(`${nameOf(placeOf(url))} holds another program's tables; give Trunkline a database of its own`);
    expect(await onDatabase(url, "select tablename from pg_tables where schemaname = 'public'")).toEqual([[{ tablename: 'apps' }]]);
  });

  test('refuses a database that a newer Trunkline has changed', async () => {
    const url = await databaseWithTables();
    await onDatabase(url, "insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '2099-01-01T00:00:00.000Z')");

    const opening = openPostgresStore(placeOf(url));

    await expect(opening).rejects.toThrow('a newer Trunkline has changed it (migration 9999-from-the-future)');
  });

  test('refuses a database whose encoding cannot hold every name', async () => {
    const url = await databaseWithTables();
    const name = `${new URL(url).pathname.slice(1)}_ascii`;
    await onDatabase(url, `create database ${name} template template0 encoding 'SQL_ASCII' locale 'C'`);
    onTestFinished(async () => {
      await onDatabase(url, `drop database ${name} with (force)`);
    });

    const opening = openPostgresStore({ ...placeOf(url), database: name });

    await expect(opening).rejects.toThrow(StoreUnavailable);
    await expect(opening).rejects.toThrow('is encoded in SQL_ASCII');
  });

  test.each([
    ['no server answers', { port: 1 }, 'does not answer; start the server, or correct TRUNKLINE_DATABASE (ECONNREFUSED).'],
    ['the database is not there', { database: 'nowhere' }, 'does not exist; create it with `createdb`, or correct TRUNKLINE_DATABASE (3D000).'],
    ['the server speaks no TLS', { tls: 'verify-full' }, 'does not answer as it should; check the server, the network, and sslmode in TRUNKLINE_DATABASE.'],
    [
      'a file of the TLS settings is not there',
      { tls: 'verify-full', caFile: '/nowhere/ca.pem' },
      'the file /nowhere/ca.pem, sslrootcert in TRUNKLINE_DATABASE',
    ],
  ] as const)('35: says in one line what is wrong, and no password: %s', async (_what, change, message) => {
    const place = { ...placeOf(await databaseWithTables()), ...change };

    const error = await openPostgresStore(place).catch((thrown: Error) => thrown);

    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error).toMatchObject({ retryAfterMs: 5_000 });
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toMatch(/for-tests|\n/);
  });

  test('34: a saved pair is on the disk, whatever the server does for others', async () => {
    const url = await databaseWithTables();
    await onDatabase(url, `alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = off`);
    const db = openDatabase(placeOf(url));

    const { rows } = await sql`show synchronous_commit`.execute(db);

    expect(rows).toEqual([{ synchronous_commit: 'on' }]);
  });
});

describe('the audit trail on PostgreSQL', () => {
  test('68: takes new lines, and lets none be changed, removed or truncated', async () => {
    const { db, store } = await openWithVault();
    await store.appendAudit({ ...LINE, at: NOW });

    await expect(db.updateTable('audit').set({ who: 'nobody' }).execute()).rejects.toThrow('append-only');
    await expect(db.deleteFrom('audit').execute()).rejects.toThrow('append-only');
    await expect(sql`truncate audit`.execute(db)).rejects.toThrow('append-only');
    await expect(sql`truncate audit_anchor`.execute(db)).rejects.toThrow('only rises');
    expect((await store.listAudit({ limit: 1 })).items).toMatchObject([{ seq: 1, who: 'admin' }]);
  });

  test('68: what was trimmed can be told from what is missing', async () => {
    const { db, store } = await openWithVault();
    for (let index = 1; index <= 9; index += 1) await store.appendAudit({ ...LINE, at: NOW + index });
    await store.trimAudit(NOW + 3, 100);

    await expect(db.deleteFrom('audit').where('seq', '>=', 3).execute()).rejects.toThrow('append-only');
    await expect(db.updateTable('audit_anchor').set({ first_seq: 2 }).execute()).rejects.toThrow('only rises');
    await expect(db.updateTable('audit_anchor').set({ first_seq: 10 }).execute()).rejects.toThrow('only rises');
    await expect(db.deleteFrom('audit_anchor').execute()).rejects.toThrow('only rises');
    const whole = await store.checkAudit();
    await sql`drop trigger audit_no_delete on audit`.execute(db);
    await sql`delete from audit where seq in (5, 6, 8)`.execute(db);

    expect(whole).toEqual({ anchor: 3, newest: 9, missing: undefined });
    expect(await store.checkAudit()).toEqual({ anchor: 3, newest: 9, missing: { first: 5, last: 6 } });
  });
});

describe('a statement', () => {
  test('goes on after a newer node has added a column to its table, also in a transaction', async () => {
    const { url, store } = await openWithVault();
    const app = { platformOrigin: ORIGIN, mediaOrigin: ORIGIN, ringcxOrigin: ORIGIN, clientId: 'id', clientSecret: undefined, redirectUris: [], returnTo: [] };
    await store.createApp({ ...app, name: 'main', createdAt: NOW });
    const before = [await store.findApp('main'), await store.findClient('billing')];
    await onDatabase(url, 'alter table apps add column added text', 'alter table clients add column added text');

    const after = await Promise.all([store.findApp('main'), store.findApp('main'), store.findClient('billing'), store.findClient('billing')]);

    expect(before).toMatchObject([{ name: 'main' }, undefined]);
    expect(after).toMatchObject([{ name: 'main' }, { name: 'main' }, undefined, undefined]);
  });

  test('of two transactions that lock each other out, both end as if one had come after the other', async () => {
    const { db, store } = await openWithVault();
    const app = { platformOrigin: ORIGIN, mediaOrigin: ORIGIN, ringcxOrigin: ORIGIN, clientId: 'id', clientSecret: undefined, redirectUris: [], returnTo: [] };
    await store.createApp({ ...app, name: 'main', createdAt: NOW });
    const connection = { id: 'id', app: 'main', labels: {}, keep: 'alive', ownerId: undefined, signInNeeded: undefined, createdAt: NOW } as const;
    await store.createConnection({ ...connection, name: 'desk' }, []);
    const logins = ['101', '102'].map((extension) => ({ username: '16505550100', extension, passwordHash: undefined, connection: 'desk' }));
    const client = {
      connections: ['desk'],
      policy: undefined,
      keys: [{ id: '1', hash: 'ab', createdAt: NOW, expiresAt: undefined }],
      rewriteLinks: false,
      createdAt: NOW,
    };

    for (let round = 0; round < 10; round += 1) {
      const both = await Promise.allSettled([
        store.createClient({ ...client, name: 'a', legacyLogins: logins }),
        store.createClient({ ...client, name: 'b', legacyLogins: logins.toReversed() }),
      ]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      for (const one of both) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'login_taken' });
      await db.deleteFrom('clients').execute();
    }
  });

  test('that waits too long for another is refused by name', async () => {
    const url = await databaseWithTables();
    const place = placeOf(url);
    const [held, waiting] = [openDatabase(place), openDatabase(place, { connections: 1, statementTimeoutMs: 200 })];

    const outcome = await held.transaction().execute(async (transaction) => {
      await sql`lock table apps in access exclusive mode`.execute(transaction);
      return waiting
        .selectFrom('apps')
        .selectAll()
        .execute()
        .catch((error: unknown) => error);
    });

    expect(outcome).toBeInstanceOf(StoreUnavailable);
    expect(await waiting.selectFrom('apps').selectAll().execute()).toEqual([]);
  });
});

describe('migrate', () => {
  test('a second time changes nothing', async () => {
    const url = await databaseWithTables();
    const before = await schemaOf(url);

    await migrate(openDatabase(placeOf(url)), postgresStoreDialect);

    expect(await schemaOf(url)).toBe(before);
  });
});
