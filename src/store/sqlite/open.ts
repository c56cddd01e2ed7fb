import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import { StoreUnavailable } from '../../domain/errors.ts';
import { migrate } from '../migrate.ts';
import type { Database, Schema } from '../schema.ts';
import { type SealedStore, sealedStore } from '../store.ts';
import { sqliteChanges } from './changes.ts';
import { connect, IN_MEMORY } from './connect.ts';
import { contentsOf } from './contents.ts';
import { SharedSqliteDialect, sqliteStoreDialect } from './dialect.ts';
import type { SharedSqliteParts } from './driver.ts';
import { withPatience } from './patience.ts';
import { StatementThread } from './statement-thread.ts';

/**
 * Opens a SQLite database and brings its tables up to date.
 *
 * A file that is not there is made, readable by its owner only. What is saved is on the disk before the promise
 * resolves (docs/guarantees.md, G2).
 *
 * @param file        a path, or `:memory:`
 * @param makeFolder  whether its folder is made where that is absent
 * @throws StoreUnavailable  cannot be made, read or written, is not a database or another program's, or belongs to a
 *                           newer Trunkline
 */
export async function openSqliteStore({ file, makeFolder = true }: { readonly file: string; readonly makeFolder?: boolean }): Promise<SealedStore> {
  if (file !== IN_MEMORY) refuseWrongPlace(file, makeFolder);
  const parts = await openParts(file);
  const db = databaseOf(parts);
  try {
    await migrate(db, sqliteStoreDialect);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return sealedStore(db, sqliteStoreDialect, sqliteChanges(parts.database));
}

/**
 * The database alone, its settings made and its tables as they are.
 *
 * @throws StoreUnavailable
 */
export async function openSqliteDatabase(file: string): Promise<Database> {
  return databaseOf(await openParts(file));
}

function databaseOf(parts: SharedSqliteParts): Database {
  return new Kysely<Schema>({ dialect: new SharedSqliteDialect(parts) });
}

async function openParts(file: string): Promise<SharedSqliteParts> {
  if (file !== IN_MEMORY) makeFile(file);
  const database = await withPatience(file, async () => connect(file));
  // A database in memory belongs to one connection, and never waits for a disk.
  const writer = file === IN_MEMORY ? undefined : await StatementThread.open(file);
  return { file, database, writer };
}

// A word that was mistyped must not become a second, empty gateway, nor add tables to what belongs to another program.
function refuseWrongPlace(file: string, makeFolder: boolean): void {
  const folder = dirname(file);
  if (!makeFolder && !existsSync(folder)) throw new StoreUnavailable(`the folder ${folder} does not exist; make it, or correct TRUNKLINE_DATABASE`);
  const contents = contentsOf(file);
  if (contents === 'sandbox') throw new StoreUnavailable(`${file} holds the state of a sandbox, not a gateway's; correct TRUNKLINE_DATABASE`);
  if (contents === 'other') throw new StoreUnavailable(`${file} holds another program's tables; correct TRUNKLINE_DATABASE`);
}

// What to do about the system's refusals; the others say it by their names.
const FILE_REMEDIES: Readonly<Record<string, string>> = {
  EACCES: '; run this as the user that owns it, or let this one write it and its folder',
  EPERM: '; run this as the user that owns it, or let this one write it and its folder',
  EROFS: '; its file system is read-only: name another file with TRUNKLINE_DATABASE',
  EISDIR: '; it is a folder: name a file with TRUNKLINE_DATABASE',
  ENOSPC: '; the disk is full: free some space',
};

// SQLite would make the file readable by others, and would open one that is not writable without saying so.
function makeFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new StoreUnavailable(`${file} cannot be made or written${code && ` (${code})`}${FILE_REMEDIES[code] ?? ''}`, error);
  }
}
