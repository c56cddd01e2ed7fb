import { sql } from 'kysely';
import { ConnectionNotFound } from '../domain/errors.ts';
import type { Lease, LeaseEnd, LeaseStore, WantedLease } from '../domain/lease.ts';
import type { StoreDialect } from './dialect.ts';
import { withReferences } from './reference.ts';
import type { Database } from './schema.ts';

// A Lease that ends this much later than one that is taken now was taken by a clock that has been set back since.
export const FURTHEST_MS = 60_000;
// So did a back-off that ends so much later than now: that of a locked account lasts five minutes.
export const FURTHEST_BACK_OFF_MS = 10 * 60_000;

/** Leases in the database. */
export function leaseStore(db: Database, dialect: StoreDialect): LeaseStore {
  return {
    takeLease: (wanted, now) =>
      withReferences(
        dialect,
        () => takeLease(db, wanted, now),
        async () => new ConnectionNotFound(wanted.connection),
      ),
    giveBackLease: (connection, holder, end) => giveBack(db, connection, holder, end),
    giveBackLeases: async (node) => (await giveBackAll(db, node)) + (await giveBackAllOfRingCx(db, node)),
    endBackOff: async (connection) => {
      await db.updateTable('leases').set({ failures: 0, retry_at: 0, retry_code: null }).where('connection', '=', connection).execute();
    },
  };
}

const ANY_TIME = Number.MAX_SAFE_INTEGER - FURTHEST_BACK_OFF_MS;

/**
 * One statement, so that of two nodes one gets it. A Lease given back keeps its row: the first attempt is remembered.
 *
 * @param from  the earliest end of a back-off that is none any more
 */
export async function takeLease(db: Database, wanted: WantedLease, now: number, from = ANY_TIME): Promise<Lease | undefined> {
  const row = await db
    .insertInto('leases')
    .values({
      connection: wanted.connection,
      holder: wanted.holder,
      expires_at: wanted.expiresAt,
      generation: wanted.generation,
      first_attempt_at: wanted.firstAttemptAt,
    })
    .onConflict((conflict) =>
      conflict
        .column('connection')
        .doUpdateSet((row) => ({
          holder: row.ref('excluded.holder'),
          expires_at: row.ref('excluded.expires_at'),
          generation: row.ref('excluded.generation'),
          first_attempt_at: sql<number>`case when leases.generation = excluded.generation then leases.first_attempt_at else excluded.first_attempt_at end`,
        }))
        .where((row) =>
          row.or([
            row('leases.expires_at', '<=', now),
            row('leases.expires_at', '>', wanted.expiresAt + FURTHEST_MS),
            row('leases.holder', '=', wanted.holder),
          ]),
        )
        .where((row) => row.or([row('leases.retry_at', '<=', from), row('leases.retry_at', '>', from + FURTHEST_BACK_OFF_MS)])),
    )
    .returning(['first_attempt_at', 'failures'])
    .executeTakeFirst();
  return row && { ...wanted, firstAttemptAt: row.first_attempt_at, failures: row.failures };
}

// No Grant has this generation, so the next who takes the Lease finds no attempt before its own.
const NO_GENERATION = -1;

async function giveBack(db: Database, connection: string, holder: string, { unclear, retry }: LeaseEnd): Promise<void> {
  await db
    .updateTable('leases')
    .set((row) => ({
      expires_at: 0,
      ...(!unclear && { generation: NO_GENERATION }),
      failures: retry ? row('failures', '+', 1) : 0,
      retry_at: retry?.at ?? 0,
      retry_code: retry?.code ?? null,
    }))
    .where('connection', '=', connection)
    .where('holder', '=', holder)
    .execute();
}

// What its requests have come to nobody knows. In the order of the bytes 0 is what follows a slash.
async function giveBackAll(db: Database, node: string): Promise<number> {
  const updated = await db
    .updateTable('leases')
    .set({ expires_at: 0 })
    .where('holder', '>=', `${node}/`)
    .where('holder', '<', `${node}0`)
    .where('expires_at', '>', 0)
    .executeTakeFirstOrThrow();
  return Number(updated.numUpdatedRows);
}

async function giveBackAllOfRingCx(db: Database, node: string): Promise<number> {
  const deleted = await db.deleteFrom('ring_cx_leases').where('holder', '>=', `${node}/`).where('holder', '<', `${node}0`).executeTakeFirstOrThrow();
  return Number(deleted.numDeletedRows);
}
