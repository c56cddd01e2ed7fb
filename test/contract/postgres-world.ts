import type { Store } from '../../src/domain/store.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { openVault } from '../../src/vault/vault.ts';
import { databaseWithTables, placeOf } from '../postgres/databases.ts';
import { NOW, type StoreWorld } from './world.ts';

/** A database on a real server, opened twice, as by two nodes. */
export async function openInPostgres(): Promise<StoreWorld & { readonly url: string }> {
  const url = await databaseWithTables();
  const vaultKey = systemRandom.bytes(32);
  const store = await openPostgres(url, vaultKey);
  const other = await openPostgres(url, vaultKey);
  return {
    store,
    other,
    url,
    close: async () => {
      await store.close();
      await other.close();
    },
  };
}

/** The store in a database, with the Vault that a key opens. */
export async function openPostgres(url: string, vaultKey: Uint8Array): Promise<Store> {
  const sealed = await openPostgresStore(placeOf(url));
  try {
    return sealed.withVault(await openVault({ vaultKey, keys: sealed.dataKeys, random: systemRandom, now: NOW }));
  } catch (error) {
    await sealed.close();
    throw error;
  }
}
