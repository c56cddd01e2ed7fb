import type { Changes } from '../domain/changes.ts';
import type { Store } from '../domain/store.ts';
import type { DataKeyStore } from '../vault/data-key.ts';
import type { Vault } from '../vault/vault.ts';
import { appStore } from './app.ts';
import { auditStore } from './audit.ts';
import { bridgeCodeStore } from './bridge-code.ts';
import { bridgeSessionStore } from './bridge-session.ts';
import { budgetStore } from './budget.ts';
import { clientStore } from './client.ts';
import { connectionStore } from './connection.ts';
import { importStore } from './connection-import.ts';
import { dataKeyStore, sealedRowsExist } from './data-key.ts';
import type { StoreDialect } from './dialect.ts';
import { forecastStore } from './forecast.ts';
import { freezeStore } from './freeze.ts';
import { grantStore } from './grant.ts';
import { idempotencyStore } from './idempotency.ts';
import { invitationStore } from './invitation.ts';
import { keepAliveStore } from './keep-alive.ts';
import { leaseStore } from './lease.ts';
import { limitsStore } from './limits.ts';
import { outboxStore } from './outbox.ts';
import { revocationStore } from './revocation.ts';
import { ringCxGrantStore } from './ring-cx-grant.ts';
import { ringOutClaimStore } from './ring-out-claim.ts';
import { ringOutSessionStore } from './ring-out-session.ts';
import type { Database } from './schema.ts';
import { inTransaction } from './transaction.ts';
import { weatherStore } from './weather.ts';

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
      ...importStore(db, dialect, vault),
      ...grantStore(db, dialect, vault),
      ...ringCxGrantStore(db, dialect, vault),
      ...leaseStore(db, dialect),
      ...budgetStore(db, dialect),
      ...keepAliveStore(db, dialect),
      ...forecastStore(db, dialect),
      ...weatherStore(db, dialect),
      ...invitationStore(db, dialect, vault),
      ...clientStore(db, dialect),
      ...bridgeSessionStore(db, dialect, vault),
      ...bridgeCodeStore(db, dialect),
      ...ringOutSessionStore(db, dialect),
      ...ringOutClaimStore(db),
      ...limitsStore(db, dialect),
      ...idempotencyStore(db, dialect, vault),
      ...auditStore(db, dialect),
      ...freezeStore(db, dialect),
      ...revocationStore(db, dialect, vault),
      ...outboxStore(db, dialect, vault),
      changes,
      databaseTime: async () => dialect.time && (await dialect.time.execute(db)).rows[0]?.now,
      ping: () => ping(db),
      probeWrite: (now) => probeWrite(db, dialect, now),
      close,
    }),
    close,
  };
}

// No call has a key like it.
const PROBE = 'readiness';

/** A row that nobody ever sees: it is gone before its transaction ends, which has to reach the disk all the same. */
async function probeWrite(db: Database, dialect: StoreDialect, now: number): Promise<void> {
  await inTransaction(db, dialect, async (transaction) => {
    await transaction.insertInto('ring_out_claims').values({ repeat_key: PROBE, holder: PROBE, expires_at: now, unclear: 0 }).execute();
    await transaction.deleteFrom('ring_out_claims').where('repeat_key', '=', PROBE).execute();
  });
}

/** A row is asked for, not a constant: a constant needs no database. */
async function ping(db: Database): Promise<void> {
  await db.selectFrom('data_keys').select('id').limit(1).execute();
}
