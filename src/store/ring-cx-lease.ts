import { ConnectionNotFound } from '../domain/errors.ts';
import type { RingCxGrantStore } from '../domain/ring-cx-grant.ts';
import type { StoreDialect } from './dialect.ts';
import { FURTHEST_MS } from './lease.ts';
import { withReferences } from './reference.ts';
import { insertsOne } from './rows.ts';
import type { Database } from './schema.ts';

/** Leases on the RingCX tokens of Connections, in the database. */
export function ringCxLeaseStore(db: Database, dialect: StoreDialect): Pick<RingCxGrantStore, 'takeRingCxLease' | 'giveBackRingCxLease'> {
  return {
    takeRingCxLease: (connection, holder, expiresAt, now) =>
      withReferences(
        dialect,
        () => takeLease(db, { connection, holder, expires_at: expiresAt }, now),
        async () => new ConnectionNotFound(connection),
      ),
    giveBackRingCxLease: (connection, holder) => giveBackLease(db, connection, holder),
  };
}

// One statement, so that of two nodes one gets it.
function takeLease(db: Database, row: { connection: string; holder: string; expires_at: number }, now: number): Promise<boolean> {
  return insertsOne(
    db
      .insertInto('ring_cx_leases')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .column('connection')
          .doUpdateSet(row)
          .where((stored) =>
            stored.or([
              stored('ring_cx_leases.expires_at', '<=', now),
              stored('ring_cx_leases.expires_at', '>', row.expires_at + FURTHEST_MS),
              stored('ring_cx_leases.holder', '=', row.holder),
            ]),
          ),
      ),
  );
}

async function giveBackLease(db: Database, connection: string, holder: string): Promise<void> {
  await db.deleteFrom('ring_cx_leases').where('connection', '=', connection).where('holder', '=', holder).execute();
}
