import BetterSqlite3 from 'better-sqlite3';
import { StoreUnavailable } from '../../domain/errors.ts';

/** The name SQLite gives a database that is in no file. */
export const IN_MEMORY = ':memory:';

/**
 * How long SQLite itself waits for another connection, in milliseconds. The thread stands still meanwhile, so it is
 * short, and whoever asked asks again.
 */
export const BUSY_TIMEOUT_MS = 50;

// 16 MB. The same pages are written again and again: SQLite's own thousand has them copied, and the disk synced, after some 200 saves.
const CHECKPOINT_PAGES = 4_000;

/**
 * A connection with the settings that every one of ours has.
 *
 * @throws StoreUnavailable, SqliteError
 */
export function connect(file: string): BetterSqlite3.Database {
  const database = new BetterSqlite3(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    // Readers do not wait for the writer; with FULL every commit is on the disk before it is answered.
    const mode = database.pragma('journal_mode = WAL', { simple: true });
    if (mode !== 'wal' && file !== IN_MEMORY) throw new StoreUnavailable(`${file} lies on a file system without shared memory (journal mode ${mode})`);
    database.pragma('synchronous = FULL');
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.pragma('foreign_keys = ON');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
