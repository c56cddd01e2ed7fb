import { sql } from 'kysely';
import { ConnectionNotFound } from '../domain/errors.ts';
import type { Lease, LeaseStore } from '../domain/lease.ts';
import type { StoreDialect } from './dialect.ts';
import { withReferences } from './reference.ts';
import type { Database } from './schema.ts';

// A Lease that ends this much later than one that is taken now was taken by a clock that has been set back since.
const FURTHEST_MS = 60_000;

/** Leases in the database. */
export function leaseStore(db: Database, dialect: StoreDialect): LeaseStore {
  return {
    takeLease: (wanted, now) =>
      withReferences(
        dialect,
        () => takeLease(db, wanted, now),
        async () => new ConnectionNotFound(wanted.connection),
      ),
    giveBackLease: (connection, holder, unclear) => giveBack(db, connection, holder, unclear),
    giveBackLeases: (holder) => giveBackAll(db, holder),
  };
}

// One statement, so that of two nodes one gets it. A Lease given back keeps its row: the first attempt is remembered.
async function takeLease(db: Database, wanted: Lease, now: number): Promise<Lease | undefined> {
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
        ),
    )
    .returning('first_attempt_at')
    .executeTakeFirst();
  return row && { ...wanted, firstAttemptAt: row.first_attempt_at };
}

// No Grant has this generation, so the next who takes the Lease finds no attempt before its own.
const NO_GENERATION = -1;

async function giveBack(db: Database, connection: string, holder: string, unclear: boolean): Promise<void> {
  const values = unclear ? { expires_at: 0 } : { expires_at: 0, generation: NO_GENERATION };
  await db.updateTable('leases').set(values).where('connection', '=', connection).where('holder', '=', holder).execute();
}

// What its requests have come to nobody knows.
async function giveBackAll(db: Database, holder: string): Promise<number> {
  const updated = await db.updateTable('leases').set({ expires_at: 0 }).where('holder', '=', holder).where('expires_at', '>', 0).executeTakeFirstOrThrow();
  return Number(updated.numUpdatedRows);
}
