import { afterAll } from 'vitest';
import type { Store } from '../../src/domain/store.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { openVault } from '../../src/vault/vault.ts';
import { databaseWithTables, onDatabase, placeOf } from '../postgres/databases.ts';
import { NOW, type StoreWorld } from './world.ts';

interface Nodes {
  readonly url: string;
  readonly store: Store;
  readonly other: Store;
}

// What owns the table may also switch its guards off.
const EMPTY = `
  alter table audit disable trigger user; alter table audit_anchor disable trigger user;
  delete from audit; update audit_anchor set first_seq = 1; delete from clients; delete from connections; delete from apps; delete from ring_out_claims; delete from freezes; delete from revocations; delete from faxes; delete from fax_contents; delete from fax_turns; delete from limit_nodes; delete from limit_slices; delete from limit_penalties;
  alter table audit enable trigger user; alter table audit_anchor enable trigger user;`;

// Two nodes that a test has left as they were serve the next one too, once their database is empty again.
const idle: Nodes[] = [];
afterAll(async () => {
  for (const { store, other } of idle.splice(0)) await Promise.all([store.close(), other.close()]);
});

/** A database on a real server, opened twice, as by two nodes. */
export async function openInPostgres(): Promise<StoreWorld> {
  const nodes = idle.pop() ?? (await openNodes());
  const { url, store, other } = nodes;
  let closed = false;
  const closing = (node: Store): Store => ({
    ...node,
    close: () => {
      closed = true;
      return node.close();
    },
  });
  return {
    store: closing(store),
    other: closing(other),
    look: async (query) => numbered((await onDatabase(url, query))[0] as Record<string, unknown>[]),
    close: async () => {
      if (closed) {
        await Promise.all([store.close(), other.close()]);
        return;
      }
      await onDatabase(url, EMPTY);
      idle.push(nodes);
    },
  };
}

/** Epoch milliseconds come as texts on a plain connection. */
function numbered(rows: readonly Record<string, unknown>[]): unknown[] {
  const isNumber = (value: unknown) => typeof value === 'string' && /^\d+$/.test(value);
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, isNumber(value) ? Number(value) : value])));
}

async function openNodes(): Promise<Nodes> {
  const url = await databaseWithTables();
  const vaultKey = systemRandom.bytes(32);
  return { url, store: await openPostgres(url, vaultKey), other: await openPostgres(url, vaultKey) };
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
