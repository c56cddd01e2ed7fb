import type { Changes } from '../domain/changes.ts';
import type { Store } from '../domain/store.ts';
import type { DataKeyStore } from '../vault/data-key.ts';
import type { Vault } from '../vault/vault.ts';
import { appStore } from './app.ts';
import { auditStore } from './audit.ts';
import { clientStore } from './client.ts';
import { connectionStore } from './connection.ts';
import { dataKeyStore, sealedRowsExist } from './data-key.ts';
import type { StoreDialect } from './dialect.ts';
import { grantStore } from './grant.ts';
import { invitationStore } from './invitation.ts';
import { leaseStore } from './lease.ts';
import { ringOutClaimStore } from './ring-out-claim.ts';
import { ringOutSessionStore } from './ring-out-session.ts';
import type { Database } from './schema.ts';

/** A database that is open and up to date, before there is a Vault to open what is sealed in it. */
export interface SealedStore {
  /** Whether there is anything that only the present vault key can open; without that key the gateway must not start. */
  sealedRowsExist(): Promise<boolean>;
  /** What `openVault` reads and writes. */
  readonly dataKeys: DataKeyStore;
  /** The whole store, on the same database. */
  withVault(vault: Vault): Store;
  close(): Promise<void>;
}

/** Where word of changes comes from, and how it ends. */
export interface ChangeSource extends Changes {
  close(): Promise<void>;
}

/** The store on a database whose tables are up to date. */
export function sealedStore(db: Database, dialect: StoreDialect, changes: ChangeSource): SealedStore {
  const close = async () => {
    await changes.close();
    await db.destroy();
  };
  return {
    sealedRowsExist: () => sealedRowsExist(db),
    dataKeys: dataKeyStore(db),
    withVault: (vault) => ({
      ...appStore(db, dialect, vault),
      ...connectionStore(db, dialect, vault),
      ...grantStore(db, dialect, vault),
      ...leaseStore(db, dialect),
      ...invitationStore(db, dialect, vault),
      ...clientStore(db, dialect),
      ...ringOutSessionStore(db, dialect),
      ...ringOutClaimStore(db),
      ...auditStore(db, dialect),
      changes,
      databaseTime: async () => dialect.time && (await dialect.time.execute(db)).rows[0]?.now,
      ping: () => ping(db),
      close,
    }),
    close,
  };
}

/** A row is asked for, not a constant: a constant needs no database. */
async function ping(db: Database): Promise<void> {
  await db.selectFrom('data_keys').select('id').limit(1).execute();
}
