import type Database from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type TransactionSettings,
} from 'kysely';
import { systemClock } from '../../runtime/clock.ts';
import type { StoreDialect } from '../dialect.ts';
import { asUnavailable, isBusy } from './unavailable.ts';

/** SQLite's side of the few differences. */
export const sqliteStoreDialect: StoreDialect = {
  bytesType: 'blob',
  appendOnly: (table) =>
    ['update', 'delete'].map(
      (change) => `create trigger ${table}_no_${change} before ${change} on ${table} begin select raise(abort, '${table} is append-only'); end`,
    ),
  isBrokenReference: (error) => error instanceof Error && 'code' in error && error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY',
};

/**
 * How long SQLite itself waits for another connection, in milliseconds. The event loop stands still meanwhile, so it
 * is short, and asked again `BUSY_ATTEMPTS` times with a pause in which other work goes on: about ten seconds in all.
 */
export const BUSY_TIMEOUT_MS = 50;
const BUSY_PAUSE_MS = 50;
const BUSY_ATTEMPTS = 100;

/** Kysely's dialect for SQLite, for a database file that other processes use too. */
export class SharedSqliteDialect extends SqliteDialect {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    super({ database });
    this.#database = database;
  }

  override createDriver(): Driver {
    return new SharedSqliteDriver(this.#database);
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalSqliteAdapter();
  }
}

/** With this a migration is one transaction, which is also its lock: it begins by taking the right to write. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class SharedSqliteDriver extends SqliteDriver {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    super({ database });
    this.#database = database;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return new PatientConnection(await super.acquireConnection(), this.#database.name);
  }

  // A transaction that began by reading cannot always go on to write (SQLITE_BUSY_SNAPSHOT, which no waiting cures).
  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings = {}): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(settings.accessMode === 'read only' ? 'begin' : 'begin immediate'));
  }

  // SQLite ends a transaction by itself where the disk is full or fails; ending it again would fail, and hide why.
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await super.rollbackTransaction(connection);
  }
}

/** Asks again while another connection is in the way, and says `StoreUnavailable` where the file is at fault. */
class PatientConnection implements DatabaseConnection {
  readonly #connection: DatabaseConnection;
  readonly #file: string;

  constructor(connection: DatabaseConnection, file: string) {
    this.#connection = connection;
    this.#file = file;
  }

  executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return withPatience(this.#file, async () => this.#connection.executeQuery<Row>(query));
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.#connection.streamQuery(query, chunkSize);
  }
}

/**
 * Runs a statement; while another connection is in the way it is asked again.
 *
 * The pause is the machine's own, not the gateway's clock: it waits for another process, whatever a test's clock says.
 *
 * @throws StoreUnavailable
 */
export async function withPatience<Result>(file: string, statement: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await statement();
    } catch (error) {
      if (!isBusy(error) || attempt === BUSY_ATTEMPTS) throw asUnavailable(error, file);
      await systemClock.sleep(BUSY_PAUSE_MS);
    }
  }
}
