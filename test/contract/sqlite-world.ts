import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Kysely } from 'kysely';
import type { Store } from '../../src/domain/store.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Schema } from '../../src/store/schema.ts';
import { sqliteChanges } from '../../src/store/sqlite/changes.ts';
import { connect } from '../../src/store/sqlite/connect.ts';
import { SharedSqliteDialect, sqliteStoreDialect } from '../../src/store/sqlite/dialect.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { type SealedStore, sealedStore } from '../../src/store/store.ts';
import { openVault } from '../../src/vault/vault.ts';
import { NOW, type StoreWorld } from './world.ts';

/** A database in memory. */
export async function openInMemory(): Promise<StoreWorld> {
  const database = connect(':memory:');
  const db = new Kysely<Schema>({ dialect: new SharedSqliteDialect({ file: ':memory:', database, writer: undefined }) });
  await migrate(db, sqliteStoreDialect);
  const store = await withVault(sealedStore(db, sqliteStoreDialect, sqliteChanges(database)), systemRandom.bytes(32));
  return { store, other: store, look: async (query) => database.prepare(query).all(), close: () => store.close() };
}

/** A database file in a folder of its own, opened twice, as by two processes. */
export async function openInFile(): Promise<StoreWorld & { readonly file: string; readonly vaultKey: Uint8Array }> {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-store-'));
  const file = join(folder, 'trunkline.db');
  const vaultKey = systemRandom.bytes(32);
  const store = await openSqlite(file, vaultKey);
  const other = await openSqlite(file, vaultKey);
  return {
    store,
    other,
    file,
    vaultKey,
    look: async (query) => {
      const database = new BetterSqlite3(file, { readonly: true });
      const rows = database.prepare(query).all();
      database.close();
      return rows;
    },
    close: async () => {
      await store.close();
      await other.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The store in a file, with the Vault that a key opens. */
export async function openSqlite(file: string, vaultKey: Uint8Array): Promise<Store> {
  return withVault(await openSqliteStore({ file }), vaultKey);
}

async function withVault(sealed: SealedStore, vaultKey: Uint8Array): Promise<Store> {
  try {
    return sealed.withVault(await openVault({ vaultKey, keys: sealed.dataKeys, random: systemRandom, now: NOW }));
  } catch (error) {
    await sealed.close();
    throw error;
  }
}
