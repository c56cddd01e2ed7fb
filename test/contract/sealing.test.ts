import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { SealedValueUnreadable, VaultKeyMissing, VaultKeyWrong } from '../../src/domain/errors.ts';
import type { RingCxGrant } from '../../src/domain/ring-cx-grant.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { readVaultKey } from '../../src/vault/key-file.ts';
import { openInFile, openSqlite } from './sqlite-world.ts';
import { CONNECTION_ID, password, refreshToken, sampleApp, sampleConnection, sampleGrant } from './world.ts';

const PLANTED = {
  clientSecret: 'planted-client-secret-5550100',
  password: 'planted-password-5550101',
  storedRefreshToken: 'planted-stored-refresh-token-5550102',
  accessToken: 'planted-access-token-5550103',
  refreshToken: 'planted-refresh-token-5550104',
  ringCxAccessToken: 'planted-ringcx-access-token-5550105',
  ringCxRefreshToken: 'planted-ringcx-refresh-token-5550106',
};

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const world of opened.splice(0)) await world.close();
});

async function world() {
  const made = await openInFile();
  opened.push(made);
  const { store, file } = made;
  await store.createApp(sampleApp({ clientId: 'visible-client-id', clientSecret: new Secret(PLANTED.clientSecret) }));
  await store.createApp(sampleApp({ name: 'second', clientSecret: new Secret('second-secret') }));
  for (const name of ['front-desk', 'back-office']) await store.createConnection(sampleConnection({ name }), plantedCredentials());
  for (const connection of ['front-desk', 'back-office']) await store.saveGrant(plantedGrant(1, connection), 0, CONNECTION_ID);
  for (const connection of ['front-desk', 'back-office']) await store.saveRingCxGrant(plantedRingCx(1, connection), 0, CONNECTION_ID);
  return { ...made, sql: (statement: string) => onFile(file, statement), ...folderOf() };
}

function plantedCredentials() {
  return [password({ password: new Secret(PLANTED.password) }), refreshToken({ refreshToken: new Secret(PLANTED.storedRefreshToken) })];
}

function plantedGrant(generation: number, connection = 'front-desk') {
  return sampleGrant({ connection, generation, accessToken: new Secret(PLANTED.accessToken), refreshToken: new Secret(PLANTED.refreshToken) });
}

function plantedRingCx(generation: number, connection = 'front-desk'): RingCxGrant {
  return {
    ...{ connection, generation, app: 'main', origin: 'https://ringcx.example.com', grantGeneration: 1, issuedAt: 0, expiresAt: 300_000 },
    ...{ mainAccountId: undefined, adminId: undefined, agentDetails: [] },
    accessToken: new Secret(PLANTED.ringCxAccessToken),
    refreshToken: new Secret(PLANTED.ringCxRefreshToken),
  };
}

/** An empty folder that ends with the test. */
function folderOf() {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-sealing-'));
  opened.push({ close: async () => rmSync(folder, { recursive: true, force: true }) });
  return { folder };
}

/** What somebody with the file, but not with the vault key, can do to it. */
function onFile(file: string, statement: string): void {
  const database = new BetterSqlite3(file);
  database.exec(statement);
  database.close();
}

function rawBytes(file: string): Buffer {
  return Buffer.concat(['', '-wal', '-shm'].flatMap((suffix) => (existsSync(file + suffix) ? readFileSync(file + suffix) : [])));
}

/** Every row of every table, as SQLite prints them. */
function rowsOf(file: string): unknown {
  const database = new BetterSqlite3(file, { readonly: true });
  const tables = database.prepare("select name from sqlite_master where type = 'table' order by name").pluck().all();
  const rows = tables.map((table) => [table, database.prepare(`select * from "${table}" order by 1, 2`).raw().all()]);
  database.close();
  return rows;
}

async function unreadable(reading: Promise<unknown>): Promise<void> {
  await expect(reading).rejects.toThrow(SealedValueUnreadable);
}

describe('the database file', () => {
  test('S1/23: holds no secret, while it is in use and after it was closed', async () => {
    const { store, other, file } = await world();
    await store.saveGrant(plantedGrant(2), 1, CONNECTION_ID);

    const inUse = rawBytes(file);
    await Promise.all([store.close(), other.close()]);
    const closed = rawBytes(file);

    for (const bytes of [inUse, closed]) {
      expect(bytes.includes('visible-client-id')).toBe(true);
      for (const secret of Object.values(PLANTED)) {
        for (const form of [secret, Buffer.from(secret, 'utf16le'), Buffer.from(secret).toString('base64').slice(0, 20), Buffer.from(secret).toString('hex')]) {
          expect(bytes.includes(form), secret).toBe(false);
        }
      }
    }
  });

  test('S1: holds no key in the clear: with the vault key alone known, what is sealed is found nowhere', async () => {
    const { file, vaultKey } = await world();

    const bytes = rawBytes(file);

    expect(bytes.includes(Buffer.from(vaultKey))).toBe(false);
    expect(bytes.includes(Buffer.from(vaultKey).toString('base64'))).toBe(false);
  });

  test('G2/34: holds a Grant on the disk before the save resolves: a copy taken at that instant has it', async () => {
    const { store, file, vaultKey, folder } = await world();
    const copy = join(folder, 'copy.db');

    const saved = await store.saveGrant(plantedGrant(2), 1, CONNECTION_ID);
    for (const suffix of ['', '-wal']) copyFileSync(file + suffix, copy + suffix);

    const restored = await openSqlite(copy, vaultKey);
    opened.push(restored);
    expect(saved).toBe(true);
    expect(await restored.findGrant('front-desk')).toMatchObject({ generation: 2 });
  });
});

describe('a sealed value that was moved', () => {
  test('S1/24: between two Apps: swapping the client secrets makes both unreadable', async () => {
    const { store, sql } = await world();

    sql(swap('apps', 'client_secret', "name = 'main'", "name = 'second'"));

    await unreadable(store.findApp('main'));
    await unreadable(store.findApp('second'));
    await unreadable(store.listApps({ limit: 10 }));
  });

  test('S1/24: between two Connections: swapping the passwords makes both unreadable', async () => {
    const { store, sql } = await world();

    sql(swap('credentials', 'secret', "connection = 'front-desk' and position = 0", "connection = 'back-office' and position = 0"));

    await unreadable(store.listCredentials('front-desk'));
    await unreadable(store.listCredentials('back-office'));
  });

  test('and still all Connections are listed, with what is not secret', async () => {
    const { store, sql } = await world();
    sql(swap('credentials', 'secret', "connection = 'front-desk' and position = 0", "connection = 'back-office' and position = 0"));
    sql(swap('grants', 'access_token', "connection = 'front-desk'", "connection = 'back-office'"));

    const grants = await store.listGrantOutlines(['front-desk', 'back-office', 'nobody']);
    const credentials = await store.listCredentialOutlines(['front-desk', 'nobody']);

    expect(grants.map(({ connection, generation }) => [connection, generation]).sort()).toEqual([
      ['back-office', 1],
      ['front-desk', 1],
    ]);
    expect(credentials).toEqual([
      { connection: 'front-desk', kind: 'password' },
      { connection: 'front-desk', kind: 'refresh_token' },
    ]);
    for (const secret of Object.values(PLANTED)) expect(JSON.stringify([grants, credentials])).not.toContain(secret);
  });

  test('S1/24: between two positions: swapping password and refresh token makes both unreadable', async () => {
    const { store, sql } = await world();

    sql(swap('credentials', 'secret', "connection = 'front-desk' and position = 0", "connection = 'front-desk' and position = 1"));

    await unreadable(store.listCredentials('front-desk'));
  });

  test.each(['access_token', 'refresh_token'])('S1/24: between two Grants: swapping the %s makes both unreadable', async (column) => {
    const { store, sql } = await world();

    sql(swap('grants', column, "connection = 'front-desk'", "connection = 'back-office'"));

    await unreadable(store.findGrant('front-desk'));
    await unreadable(store.findGrant('back-office'));
  });

  test.each(['access_token', 'refresh_token'])('S1/24: between two RingCX pairs: swapping the %s makes both unreadable', async (column) => {
    const { store, sql } = await world();

    sql(swap('ring_cx_grants', column, "connection = 'front-desk'", "connection = 'back-office'"));

    await unreadable(store.findRingCxGrant('front-desk'));
    await unreadable(store.findRingCxGrant('back-office'));
  });

  test('S1/24: between Grant and RingCX pair: the token of the one does not open as that of the other', async () => {
    const { store, sql } = await world();

    sql("update ring_cx_grants set access_token = (select access_token from grants where connection = 'front-desk') where connection = 'front-desk'");

    await unreadable(store.findRingCxGrant('front-desk'));
  });

  test('S1/24: between two columns: the refresh token does not open as the access token', async () => {
    const { store, sql } = await world();

    sql('update grants set access_token = refresh_token, refresh_token = access_token');

    await unreadable(store.findGrant('front-desk'));
  });

  test('S1/24: between two generations: an old pair does not open in the place of the new one', async () => {
    const { store, sql } = await world();
    sql('create table kept as select * from grants');

    await store.saveGrant(plantedGrant(2), 1, CONNECTION_ID);
    sql(
      "update grants set (access_token, refresh_token) = (select access_token, refresh_token from kept where connection = 'front-desk') where generation = 2",
    );

    await unreadable(store.findGrant('front-desk'));
  });
});

describe('a sealed value that was altered', () => {
  test('S1/25: wherever a byte of it changed or is missing, the error is the same and names no secret', async () => {
    const { store, sql, file } = await world();
    const database = new BetterSqlite3(file, { readonly: true });
    const sealed = database.prepare("select access_token from grants where connection = 'front-desk'").pluck().get() as Buffer;
    database.close();
    const { message } = new SealedValueUnreadable('grants', 'access_token');
    const damage = fc.record({ at: fc.nat({ max: sealed.length - 1 }), by: fc.integer({ min: 1, max: 255 }), cut: fc.boolean() });

    const damaged = async ({ at, by, cut }: { at: number; by: number; cut: boolean }) => {
      const bytes = Buffer.from(sealed.subarray(0, cut ? at : sealed.length));
      if (!cut) bytes[at] = sealed[at]! ^ by;
      sql(`update grants set access_token = x'${bytes.toString('hex')}' where connection = 'front-desk'`);
      await expect(store.findGrant('front-desk')).rejects.toMatchObject({ name: 'SealedValueUnreadable', message });
    };

    await fc.assert(fc.asyncProperty(damage, damaged), { numRuns: 60 });
  });
});

describe('a vault key that is not the one', () => {
  test('S3/25: is refused at the start, and neither a byte nor a row of the database changes', async () => {
    const { store, other, file, vaultKey } = await world();
    await Promise.all([store.close(), other.close()]);
    const before = { bytes: rawBytes(file), rows: rowsOf(file) };

    const opening = openSqlite(file, systemRandom.bytes(32));

    await expect(opening).rejects.toThrow(VaultKeyWrong);
    expect(rawBytes(file).equals(before.bytes)).toBe(true);
    expect(rowsOf(file)).toEqual(before.rows);
    await expectEverythingOpens(await openAgain(file, vaultKey));
  });

  test('S3/27: a lost key is not replaced while the database holds what it sealed', async () => {
    const { file, folder } = await world();
    const sealed = await openSqliteStore({ file });
    opened.push(sealed);

    const sealedRowsExist = await sealed.sealedRowsExist();
    const reading = () => readVaultKey({ defaultFile: join(folder, 'vault.key'), sealedRowsExist, random: systemRandom });

    expect(reading).toThrow(VaultKeyMissing);
    expect(existsSync(join(folder, 'vault.key'))).toBe(false);
  });

  test('S3: a database where nothing is sealed needs its key from the moment it has a data key', async () => {
    const { folder } = folderOf();
    const file = join(folder, 'new.db');
    const sealed = await openSqliteStore({ file });
    opened.push(sealed);
    onFile(
      file,
      "insert into apps (name, platform_origin, media_origin, ringcx_origin, client_id, client_secret, redirect_uris, return_to, created_at) values ('public', 'https://a.example', 'https://a.example', 'https://a.example', 'id', null, '[]', '[]', 0)",
    );

    const before = await sealed.sealedRowsExist();
    opened.push(await openSqlite(file, systemRandom.bytes(32)));
    const after = await sealed.sealedRowsExist();

    expect([before, after]).toEqual([false, true]);
  });

  test.each(['apps', 'credentials', 'grants', 'ring_cx_grants'])('S3: sealed rows in %s count even where the data keys were removed', async (kept) => {
    const { file, sql } = await world();
    const others = ['apps', 'credentials', 'grants', 'ring_cx_grants', 'data_keys'].filter((table) => table !== kept);
    sql(`pragma foreign_keys = off; ${others.map((table) => `delete from ${table};`).join(' ')}`);
    const sealed = await openSqliteStore({ file });
    opened.push(sealed);

    const found = await sealed.sealedRowsExist();

    expect(found).toBe(true);
  });
});

async function openAgain(file: string, vaultKey: Uint8Array): Promise<Store> {
  const store = await openSqlite(file, vaultKey);
  opened.push(store);
  return store;
}

async function expectEverythingOpens(store: Store): Promise<void> {
  const [first, second] = await store.listCredentials('front-desk');
  const grant = await store.findGrant('front-desk');
  const ringCx = await store.findRingCxGrant('front-desk');
  const app = await store.findApp('main');
  expect({
    clientSecret: app?.clientSecret?.reveal(),
    password: first?.kind === 'password' && first.password.reveal(),
    storedRefreshToken: second?.kind === 'refresh_token' && second.refreshToken.reveal(),
    accessToken: grant?.accessToken.reveal(),
    refreshToken: grant?.refreshToken?.reveal(),
    ringCxAccessToken: ringCx?.accessToken.reveal(),
    ringCxRefreshToken: ringCx?.refreshToken?.reveal(),
  }).toEqual(PLANTED);
}

function swap(table: string, column: string, one: string, other: string): string {
  return `
    create temp table swapped as select (select ${column} from ${table} where ${one}) as one, (select ${column} from ${table} where ${other}) as other;
    update ${table} set ${column} = (select other from swapped) where ${one};
    update ${table} set ${column} = (select one from swapped) where ${other};
  `;
}
