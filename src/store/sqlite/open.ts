import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import { StoreUnavailable } from '../../domain/errors.ts';
import { migrate } from '../migrate.ts';
import type { Database, Schema } from '../schema.ts';
import { type SealedStore, sealedStore } from '../store.ts';
import { connect, IN_MEMORY } from './connect.ts';
import { SharedSqliteDialect, sqliteStoreDialect } from './dialect.ts';
import { withPatience } from './patience.ts';
import { WriterThread } from './writer-thread.ts';

/**
 * Opens a SQLite database and brings its tables up to date.
 *
 * A file that is not there is made, readable by its owner only. What is saved is on the disk before the promise
 * resolves (design G2).
 *
 * @param file  a path, or `:memory:`
 * @throws StoreUnavailable  cannot be made, read or written, is not a database, or belongs to a newer Trunkline
 */
export async function openSqliteStore({ file }: { readonly file: string }): Promise<SealedStore> {
  const db = await openSqliteDatabase(file);
  try {
    await migrate(db, sqliteStoreDialect);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return sealedStore(db, sqliteStoreDialect);
}

/**
 * The database alone, its settings made and its tables as they are.
 *
 * @throws StoreUnavailable
 */
export async function openSqliteDatabase(file: string): Promise<Database> {
  if (file !== IN_MEMORY) makeFile(file);
  const database = await withPatience(file, async () => connect(file));
  // A database in memory belongs to one connection, and never waits for a disk.
  const writer = file === IN_MEMORY ? undefined : await WriterThread.open(file);
  return new Kysely<Schema>({ dialect: new SharedSqliteDialect({ file, database, writer }) });
}

// SQLite would make the file readable by others, and would open one that is not writable without saying so.
function makeFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new StoreUnavailable(`${file} cannot be made or written${code}`, error);
  }
}
