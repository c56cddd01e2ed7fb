import { Kysely } from 'kysely';
import { nameOf, type PostgresPlace } from '../../domain/database-place.ts';
import { StoreUnavailable } from '../../domain/errors.ts';
import { isUpToDate, migrate } from '../migrate.ts';
import type { Database, Schema } from '../schema.ts';
import { type SealedStore, sealedStore } from '../store.ts';
import { postgresChanges } from './changes.ts';
import { contentsOf } from './contents.ts';
import { postgresStoreDialect, SharedPostgresDialect } from './dialect.ts';
import { type Bounds, createPool } from './pool.ts';

// A migration waits for those of other nodes, and rewrites what it must, however long that takes. One connection is
// for the transaction, one for what Kysely asks beside it.
const MIGRATION: Bounds = { connections: 2, statementTimeoutMs: 0 };

/**
 * Opens a PostgreSQL database and brings its tables up to date; of many nodes that start together one does that.
 *
 * What is saved is on the server's disk before the promise resolves (docs/guarantees.md, G2).
 *
 * @throws StoreUnavailable  cannot be reached or used, holds another program's tables, or belongs to a newer Trunkline
 */
export async function openPostgresStore(place: PostgresPlace): Promise<SealedStore> {
  const db = openPostgresDatabase(place, { connections: place.poolSize, statementTimeoutMs: place.statementTimeoutMs });
  try {
    if (!(await isUpToDate(db, postgresStoreDialect))) await bringUpToDate(place);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return sealedStore(db, postgresStoreDialect, postgresChanges(place));
}

async function bringUpToDate(place: PostgresPlace): Promise<void> {
  if ((await contentsOf(place)) === 'other') {
    throw new StoreUnavailable(`${nameOf(place)} holds another program's tables; give Trunkline a database of its own, or correct TRUNKLINE_DATABASE`);
  }
  const migrating = openPostgresDatabase(place, MIGRATION);
  try {
    await migrate(migrating, postgresStoreDialect);
  } finally {
    await migrating.destroy();
  }
}

/** The database alone, its tables as they are; it connects when it is asked. */
export function openPostgresDatabase(place: PostgresPlace, bounds: Bounds): Database {
  return new Kysely<Schema>({ dialect: new SharedPostgresDialect(createPool(place, bounds), nameOf(place)) });
}
