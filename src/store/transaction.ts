import type { Transaction } from 'kysely';
import { StoreUnavailable } from '../domain/errors.ts';
import type { StoreDialect } from './dialect.ts';
import type { Database, Schema } from './schema.ts';

// Two that are in each other's way are in it again rarely; whoever fails so often meets something that stays.
const ATTEMPTS = 5;

/**
 * Runs a transaction; one that the database undid because of another is run again, so `work` must do nothing else.
 *
 * @throws StoreUnavailable
 */
export async function inTransaction<Result>(db: Database, dialect: StoreDialect, work: (transaction: Transaction<Schema>) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (!dialect.isConflict(error)) throw error;
      if (attempt === ATTEMPTS) throw new StoreUnavailable('other transactions stayed in the way; try again', error);
    }
  }
}
