import { sql } from 'kysely';
import { ConnectionNotFound } from '../domain/errors.ts';
import type { Lease, LeaseEnd, LeaseStore, WantedLease } from '../domain/lease.ts';
import type { StoreDialect } from './dialect.ts';
import { prepared } from './prepared.ts';
import { withReferences } from './reference.ts';
import type { Database } from './schema.ts';

/** A Lease that ends this much later than one that is taken now was taken by a clock that has been set back since. */
export const FURTHEST_MS = 60_000;
/** So did a back-off that ends so much later than now: that of a locked account lasts five minutes. */
export const FURTHEST_BACK_OFF_MS = 10 * 60_000;

/** Leases in the database. */
export function leaseStore(db: Database, dialect: StoreDialect): LeaseStore {
  const takeLease = leaseTaking(db);
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

/** Takes a Lease: with `on` in a transaction, and with `from` only where no back-off lasts longer than that. */
export type LeaseTaking = (on: Database, wanted: WantedLease, now: number, from?: number) => Promise<Lease | undefined>;

/** What the statement says of a Lease that stands there. */
interface Taken {
  readonly first_attempt_at: number;
  readonly failures: number;
}

/** One statement, so that of two nodes one gets it. A Lease given back keeps its row: the first attempt is remembered. */
export function leaseTaking(db: Database): LeaseTaking {
  const statement = prepared<WantedLease & { readonly now: number; readonly from: number; readonly furthest: number; readonly furthestRetry: number }, Taken>(
    (value) =>
      db
        .insertInto('leases')
        .values({
          connection: value('connection'),
          holder: value('holder'),
          expires_at: value('expiresAt'),
          generation: value('generation'),
          first_attempt_at: value('firstAttemptAt'),
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
                row('leases.expires_at', '<=', value('now')),
                row('leases.expires_at', '>', value('furthest')),
                row('leases.holder', '=', value('holder')),
              ]),
            )
            .where((row) => row.or([row('leases.retry_at', '<=', value('from')), row('leases.retry_at', '>', value('furthestRetry'))])),
        )
        .returning(['first_attempt_at', 'failures']),
  );
  return async (on, wanted, now, from = ANY_TIME) => {
    const { rows } = await on.executeQuery(
      statement({ ...wanted, now, from, furthest: wanted.expiresAt + FURTHEST_MS, furthestRetry: from + FURTHEST_BACK_OFF_MS }),
    );
    return rows[0] && { ...wanted, firstAttemptAt: rows[0].first_attempt_at, failures: rows[0].failures };
  };
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
