import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, describe, expect, test } from 'vitest';
import { StoreUnavailable } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import { systemRandom } from '../../runtime/random.ts';
import { openVault } from '../../vault/vault.ts';
import { migrate, migrator } from '../migrate.ts';
import type { Database } from '../schema.ts';
import { sealedStore } from '../store.ts';
import { BUSY_TIMEOUT_MS } from './connect.ts';
import { sqliteStoreDialect } from './dialect.ts';
import { openSqliteDatabase, openSqliteStore } from './open.ts';

const NOW = 1_750_000_000_000;
const LINE = { who: 'admin', action: 'createApp', object: 'apps/main', address: '', result: 'ok', requestId: '', times: 1 };
const ends: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A path in a folder of its own, where nothing is yet. */
function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-sqlite-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'data', 'trunkline.db');
}

async function openDatabase(file: string): Promise<Database> {
  const db = await openSqliteDatabase(file);
  ends.push(() => db.destroy());
  return db;
}

async function open(file: string) {
  const store = await openSqliteStore({ file });
  ends.push(() => store.close());
  return store;
}

async function openWithVault(file: string) {
  const db = await openDatabase(file);
  await migrate(db, sqliteStoreDialect);
  const sealed = sealedStore(db, sqliteStoreDialect, { watch: async () => () => undefined, comes: () => true, close: async () => undefined });
  const vault = await openVault({ vaultKey: new Uint8Array(32), keys: sealed.dataKeys, random: systemRandom, now: NOW });
  return { db, store: sealed.withVault(vault) };
}

async function pragma(db: Database, name: string): Promise<unknown> {
  const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(db);
  return Object.values(rows[0] ?? {})[0];
}

async function schemaOf(db: Database): Promise<string> {
  const { rows } = await sql<{
    sql: string;
  }>`select sql from sqlite_master where sql is not null order by tbl_name, type = 'table' desc, type desc, name`.execute(db);
  return rows.map((row) => `${columnPerLine(row.sql)};\n`).join('\n');
}

function columnPerLine(statement: string): string {
  return statement.replace(/^(CREATE TABLE "\w+") \((.*)\)$/, '$1 (\n  $2\n)').replaceAll(/, (?="\w+" \w|constraint )/g, ',\n  ');
}

/** An App whose row is about a megabyte. */
function largeApp(name: string) {
  const origin = 'https://platform.example.com';
  return {
    name,
    platformOrigin: origin,
    mediaOrigin: origin,
    ringcxOrigin: origin,
    clientId: 'x'.repeat(1_000_000),
    clientSecret: new Secret('client-secret'),
    redirectUris: [],
    returnTo: [],
    createdAt: NOW,
  };
}

describe('openSqliteStore', () => {
  test('27: makes the file readable by its owner only, in a folder of the same kind, -wal and -shm too', async () => {
    const file = newFile();

    await openWithVault(file);

    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(file + suffix).mode & 0o777, suffix).toBe(0o600);
  });

  test('leaves the mode of a folder that is there as it is', async () => {
    const file = newFile();
    mkdirSync(dirname(file));
    chmodSync(dirname(file), 0o750);

    await open(file);

    expect(statSync(dirname(file)).mode & 0o777).toBe(0o750);
  });

  test('34: writes ahead, syncs every commit, waits for other writers, and holds foreign keys', async () => {
    const { db } = await openWithVault(newFile());

    const settings = await Promise.all(['journal_mode', 'synchronous', 'busy_timeout', 'foreign_keys'].map((name) => pragma(db, name)));

    // 2 is FULL (sqlite.org/pragma.html#pragma_synchronous).
    expect(settings).toEqual(['wal', 2, BUSY_TIMEOUT_MS, 1]);
  });

  test('keeps a database in memory apart from every other, and makes no file', async () => {
    const one = await openWithVault(':memory:');
    const other = await openWithVault(':memory:');

    await one.store.createApp(largeApp('main'));

    expect(await other.store.findApp('main')).toBeUndefined();
    expect(existsSync(':memory:')).toBe(false);
  });

  test('finds again what was saved before it was closed', async () => {
    const file = newFile();
    const { store } = await openWithVault(file);
    await store.createApp(largeApp('main'));
    await store.close();

    const again = await openWithVault(file);

    expect((await again.store.findApp('main'))?.clientSecret?.reveal()).toBe('client-secret');
  });

  test('35: says in one line which path cannot be used: a file where a folder should be', async () => {
    const file = newFile();
    writeFileSync(dirname(file), 'a file');

    const opening = openSqliteStore({ file });

    await expect(opening).rejects.toThrow(StoreUnavailable);
    await expect(opening).rejects.toThrow(new RegExp(`^The database cannot be used: ${file} cannot be made or written \\(E[A-Z]+\\)\\.$`));
  });

  test('35: says in one line which path cannot be used: a folder where the file should be', async () => {
    const file = newFile();
    mkdirSync(file, { recursive: true });

    const opening = openSqliteStore({ file });

    await expect(opening).rejects.toThrow(
      `The database cannot be used: ${file} cannot be made or written (EISDIR); it is a folder: name a file with TRUNKLINE_DATABASE.`,
    );
  });

  test('35: says in one line which path cannot be used: not a database, and leaves it as it was', async () => {
    const file = newFile();
    mkdirSync(dirname(file));
    writeFileSync(file, 'This is a letter, not a database. '.repeat(100));

    const opening = openSqliteStore({ file });

    await expect(opening).rejects.toThrow(StoreUnavailable);
    await expect(opening).rejects.toThrow(`The database cannot be used: ${file} is not a SQLite database.`);
    expect(statSync(file).size).toBe(3_400);
  });
});

describe('migrate', () => {
  test('gives the schema that schema.sql shows', async () => {
    const { db } = await openWithVault(':memory:');

    const schema = await schemaOf(db);

    // After a new migration: npx vitest run src/store -u
    await expect(schema).toMatchFileSnapshot('schema.sql');
  });

  test('68: the audit trail takes new lines, and lets none be changed or removed', async () => {
    const { db, store } = await openWithVault(newFile());
    await store.appendAudit({ ...LINE, at: NOW });

    await expect(db.updateTable('audit').set({ who: 'nobody' }).execute()).rejects.toThrow('append-only');
    await expect(db.deleteFrom('audit').execute()).rejects.toThrow('append-only');
    expect((await store.listAudit({ limit: 1 })).items).toMatchObject([{ seq: 1, who: 'admin' }]);
  });

  test('68: what was trimmed can be told from what is missing', async () => {
    const { db, store } = await openWithVault(newFile());
    for (let index = 1; index <= 9; index += 1) await store.appendAudit({ ...LINE, at: NOW + index });
    await store.trimAudit(NOW + 3, 100);

    await expect(db.deleteFrom('audit').where('seq', '>=', 3).execute()).rejects.toThrow('append-only');
    await expect(db.updateTable('audit_anchor').set({ first_seq: 2 }).execute()).rejects.toThrow('only rises');
    await expect(db.updateTable('audit_anchor').set({ first_seq: 10 }).execute()).rejects.toThrow('only rises');
    await expect(db.deleteFrom('audit_anchor').execute()).rejects.toThrow('only rises');
    const whole = await store.checkAudit();
    await sql`drop trigger audit_no_delete`.execute(db);
    await sql`delete from audit where seq in (5, 6, 8)`.execute(db);
    const middle = await store.checkAudit();
    await sql`delete from audit where seq = 3`.execute(db);
    const beginning = await store.checkAudit();
    await sql`delete from audit`.execute(db);
    const all = await store.checkAudit();

    expect(whole).toEqual({ anchor: 3, newest: 9, missing: undefined });
    expect(middle).toEqual({ anchor: 3, newest: 9, missing: { first: 5, last: 6 } });
    expect(beginning).toEqual({ anchor: 3, newest: 9, missing: { first: 3, last: 3 } });
    expect(all).toEqual({ anchor: 3, newest: undefined, missing: { first: 3, last: 3 } });
  });

  test('68: a trail from before there was an anchor keeps its lines, and begins at the first', async () => {
    const file = newFile();
    const db = await openDatabase(file);
    await migrator(db, sqliteStoreDialect).migrateTo('0005-audit-times');
    const { requestId, ...line } = { ...LINE, at: NOW };
    for (let seq = 1; seq <= 3; seq += 1)
      await db
        .insertInto('audit')
        .values({ seq, ...line, request_id: requestId })
        .execute();

    const again = await openWithVault(file);

    expect(await again.store.checkAudit()).toEqual({ anchor: 1, newest: 3, missing: undefined });
    await expect(again.db.deleteFrom('audit').execute()).rejects.toThrow('append-only');
  });

  test('logins from before there were programs are those of their Client’s', async () => {
    const file = newFile();
    const db = await openDatabase(file);
    await migrator(db, sqliteStoreDialect).migrateTo('0023-faxes');
    await sql`insert into apps (name, platform_origin, media_origin, ringcx_origin, client_id, redirect_uris, return_to, created_at) values ('a', '', '', '', '', '[]', '[]', 0)`.execute(
      db,
    );
    await sql`insert into connections (name, id, app, labels, keep, created_at) values ('c', 'id', 'a', '{}', 'alive', 0)`.execute(db);
    for (const [name, id] of [
      ['plain', null],
      ['own', 'own-id'],
    ]) {
      await sql`insert into clients (name, key_hash, created_at, bridge_client_id, bridge_redirect_uris) values (${name}, ${name}, 0, ${id}, '[]')`.execute(db);
      await sql`insert into legacy_logins (client, position, username, extension, password_hash, connection) values (${name}, 0, '1555', ${name}, 'hash', 'c')`.execute(
        db,
      );
    }

    const { store } = await openWithVault(file);

    const login = { username: '1555', passwordHash: 'hash', connection: 'c' };
    expect(await store.listLogins('1555')).toEqual([
      { ...login, client: 'own', extension: 'own', program: 'own-id' },
      { ...login, client: 'plain', extension: 'plain', program: '' },
    ]);
    await store.removeClient('own');
    expect(await store.listLogins('1555')).toHaveLength(1);
  });

  test('a second time changes nothing', async () => {
    const { db, store } = await openWithVault(newFile());
    await store.createApp(largeApp('main'));
    const before = [await schemaOf(db), await pragma(db, 'data_version'), await pragma(db, 'schema_version')];

    await migrate(db, sqliteStoreDialect);

    expect([await schemaOf(db), await pragma(db, 'data_version'), await pragma(db, 'schema_version')]).toEqual(before);
    expect(await store.findApp('main')).toBeDefined();
  });

  test('by several connections at once is done once', async () => {
    const file = newFile();

    const stores = await Promise.all(Array.from({ length: 5 }, () => open(file)));

    const { db } = await openWithVault(file);
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
    expect(stores).toHaveLength(5);
    expect(rows.map(({ name }) => name)).toEqual([...new Set(rows.map(({ name }) => name))]);
    expect(rows[0]).toEqual({ name: '0001-first-tables' });
  });

  test('that fails half-way leaves nothing behind', async () => {
    const db = await openDatabase(newFile());
    await sql`create table grants (connection text)`.execute(db);

    const migrating = migrate(db, sqliteStoreDialect);

    await expect(migrating).rejects.toThrow(StoreUnavailable);
    const { rows } = await sql`select name from sqlite_master where name in ('data_keys', 'apps', 'connections')`.execute(db);
    expect(rows).toEqual([]);
  });

  test('refuses a database that a newer Trunkline has changed', async () => {
    const file = newFile();
    const { db } = await openWithVault(file);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '2099-01-01T00:00:00.000Z')`.execute(db);

    const opening = openSqliteStore({ file });

    await expect(opening).rejects.toThrow(StoreUnavailable);
    await expect(opening).rejects.toThrow('a newer Trunkline has changed it (migration 9999-from-the-future)');
  });
});

describe('a statement', () => {
  test('waits, without stopping other work, while another process writes', async () => {
    const file = newFile();
    const { store } = await openWithVault(file);
    const writer = new BetterSqlite3(file);
    writer.exec('begin immediate');
    let turns = 0;
    const otherWork = setInterval(() => turns++, 10);
    ends.push(() => clearInterval(otherWork));
    setTimeout(() => writer.exec('commit').close(), 500);

    await store.createApp(largeApp('main'));

    expect(await store.findApp('main')).toBeDefined();
    expect(turns).toBeGreaterThan(3);
  });

  test('35: on a full disk is refused by name, and what was there stays', async () => {
    const file = newFile();
    const { db, store } = await openWithVault(file);
    await store.createApp(largeApp('before'));
    await sql`pragma max_page_count = ${sql.raw(String(await pragma(db, 'page_count')))}`.execute(db);

    const creating = store.createApp(largeApp('after'));

    await expect(creating).rejects.toThrow(StoreUnavailable);
    await expect(creating).rejects.toThrow(`The database cannot be used: ${file} cannot grow, the disk is full: free some space.`);
    expect(await store.findApp('before')).toBeDefined();
    expect(await store.findApp('after')).toBeUndefined();
  });

  test('35: of a transaction on a full disk is refused by name, and the next one succeeds where there is room', async () => {
    const { db, store } = await openWithVault(newFile());
    await store.createApp({ ...largeApp('main'), clientId: 'client-id' });
    const connection = { id: 'id', app: 'main', keep: 'alive', ownerId: undefined, signInNeeded: undefined, createdAt: NOW } as const;
    const labels = { label: 'x'.repeat(1_000_000) };
    await sql`pragma max_page_count = ${sql.raw(String(await pragma(db, 'page_count')))}`.execute(db);

    const creating = store.createConnection({ ...connection, name: 'large', labels }, []);

    await expect(creating).rejects.toThrow(StoreUnavailable);
    await store.createConnection({ ...connection, name: 'small', labels: {} }, []);
    expect((await store.listConnections({ limit: 10 })).items.map(({ name }) => name)).toEqual(['small']);
  });

  test('on a damaged file is refused by name', async () => {
    const file = newFile();
    const { store } = await openWithVault(file);
    await store.createApp(largeApp('main'));
    await store.close();
    writeFileSync(file, Buffer.alloc(statSync(file).size - 4_096, 0x5a), { flag: 'r+' });

    const opening = openSqliteStore({ file });

    await expect(opening).rejects.toThrow(StoreUnavailable);
    await expect(opening).rejects.toThrow(file);
  });
});
