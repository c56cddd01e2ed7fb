import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../src/domain/store.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { openVault } from '../../src/vault/vault.ts';
import { NOW, type StoreWorld } from './world.ts';

/** A database in memory. */
export async function openInMemory(): Promise<StoreWorld> {
  const store = await openSqlite(':memory:', systemRandom.bytes(32));
  return { store, other: store, close: () => store.close() };
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
    close: async () => {
      await store.close();
      await other.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The store in a file, with the Vault that a key opens. */
export async function openSqlite(file: string, vaultKey: Uint8Array): Promise<Store> {
  const sealed = await openSqliteStore({ file });
  try {
    return sealed.withVault(await openVault({ vaultKey, keys: sealed.dataKeys, random: systemRandom, now: NOW }));
  } catch (error) {
    await sealed.close();
    throw error;
  }
}
