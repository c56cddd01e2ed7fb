import { type DatabaseConnection, type DialectAdapter, type Driver, SqliteAdapter, SqliteDialect, sql } from 'kysely';
import type { StoreDialect } from '../dialect.ts';
import { RoutedConnection, SharedSqliteDriver, type SharedSqliteParts } from './driver.ts';

/** SQLite's side of the few differences. */
export const sqliteStoreDialect: StoreDialect = {
  bytesType: 'blob',
  // A primary key of this type is the row's own number, of 64 bits.
  lineNumberType: 'integer',
  // Whoever shares a file shares a machine.
  time: undefined,
  appendOnly: (table) =>
    ['update', 'delete'].map(
      (change) => `create trigger ${table}_no_${change} before ${change} on ${table} begin select raise(abort, '${table} is append-only'); end`,
    ),
  removableBefore: (table, anchor) => [
    `drop trigger ${table}_no_delete`,
    `create trigger ${table}_no_delete before delete on ${table} when old.seq >= coalesce((select first_seq from ${anchor}), 0) begin select raise(abort, '${table} is append-only'); end`,
    `create trigger ${anchor}_only_rises before update on ${anchor} when new.first_seq < old.first_seq or new.first_seq > coalesce((select max(seq) from ${table}), 0) begin select raise(abort, '${anchor} only rises'); end`,
    `create trigger ${anchor}_no_delete before delete on ${anchor} begin select raise(abort, '${anchor} only rises'); end`,
  ],
  // Whoever remembers something asks for the number that changes with every commit of another connection.
  announced: () => [],
  held: (query) => query,
  isBrokenReference: (error) => error instanceof Error && 'code' in error && error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY',
  isConflict: () => false,
  // A statement changes one table; but a whole transaction goes to the thread that writes as one message.
  compound: { by: 'transaction', run: (db, queries) => db.getExecutor().provideConnection((connection) => routed(connection).transact(queries)) },
  jsonNumber: (column, key) => sql<number | null>`json_extract(${sql.ref(column)}, ${sql.lit(`$.${key}`)})`,
  // Read on the thread that serves, a million rows would hold it up for a second.
  scan: (db, query) => db.getExecutor().provideConnection((connection) => routed(connection).scan(query)),
};

function routed(connection: DatabaseConnection): RoutedConnection {
  if (connection instanceof RoutedConnection) return connection;
  throw new TypeError('a connection of another database');
}

/** Kysely's dialect for SQLite, for a database file that other processes use too. */
export class SharedSqliteDialect extends SqliteDialect {
  readonly #parts: SharedSqliteParts;

  constructor(parts: SharedSqliteParts) {
    super({ database: parts.database });
    this.#parts = parts;
  }

  override createDriver(): Driver {
    return new SharedSqliteDriver(this.#parts);
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
