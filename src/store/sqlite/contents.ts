import BetterSqlite3 from 'better-sqlite3';

/** What a file holds: nothing yet, Trunkline's tables, the sandbox's state, or another program's database. */
export type SqliteContents = 'nothing' | 'trunkline' | 'sandbox' | 'other';

// 'SBX1', which the sandbox writes into its own file; Trunkline's has tables of its names instead.
const SANDBOX_ID = 0x53425831;
const OWN_TABLE = 'kysely_migration';

/**
 * What is in a SQLite file. It is not changed.
 *
 * @returns nothing where it cannot be read, which whoever opens it for use says better
 */
export function contentsOf(file: string): SqliteContents | undefined {
  let database: BetterSqlite3.Database | undefined;
  try {
    database = new BetterSqlite3(file, { readonly: true, fileMustExist: true });
    const tables = database.prepare<[], { name: string }>("select name from sqlite_master where type = 'table'").all();
    if (tables.some(({ name }) => name === OWN_TABLE)) return 'trunkline';
    if (database.pragma('application_id', { simple: true }) === SANDBOX_ID) return 'sandbox';
    return tables.length === 0 ? 'nothing' : 'other';
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}
