import type { RingCxGrantStore, RingCxPenalty } from '../domain/ring-cx-grant.ts';
import type { StoreDialect } from './dialect.ts';
import type { Database } from './schema.ts';

/** The penalties that RingCX has set, in the database. */
export function ringCxPenaltyStore(db: Database, dialect: StoreDialect): Pick<RingCxGrantStore, 'findRingCxPenalty' | 'noteRingCxPenalty'> {
  return {
    findRingCxPenalty: (penalty) => selectPenalty(db, penalty),
    noteRingCxPenalty: (penalty) => notePenalty(db, dialect, penalty),
  };
}

async function selectPenalty(db: Database, { app, origin, request }: Omit<RingCxPenalty, 'until'>): Promise<number> {
  const row = await db
    .selectFrom('ring_cx_penalties')
    .select('until')
    .where('app', '=', app)
    .where('origin', '=', origin)
    .where('request', '=', request)
    .executeTakeFirst();
  return row?.until ?? 0;
}

async function notePenalty(db: Database, dialect: StoreDialect, penalty: RingCxPenalty): Promise<void> {
  try {
    await db
      .insertInto('ring_cx_penalties')
      .values(penalty)
      .onConflict((conflict) =>
        conflict.columns(['app', 'origin', 'request']).doUpdateSet({ until: penalty.until }).where('ring_cx_penalties.until', '<', penalty.until),
      )
      .execute();
  } catch (error) {
    // The App was removed while RingCX was asked.
    if (!dialect.isBrokenReference(error)) throw error;
  }
}
