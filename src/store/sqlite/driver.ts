import type BetterSqlite3 from 'better-sqlite3';
import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult, type TransactionSettings } from 'kysely';
import { withPatience } from './patience.ts';
import { StatementThread } from './statement-thread.ts';
import { type Statement, Statements } from './statements.ts';

/** Where statements that change something are carried out. */
export interface Writer {
  /** Whether the last statement left a transaction open. */
  readonly inTransaction: boolean;
  /** @throws Error  with the `code` that SQLite gave */
  run(statement: Statement): Promise<QueryResult<unknown>>;
  /**
   * Runs statements as one transaction, in one go.
   *
   * @throws Error  with the `code` that SQLite gave; nothing was done
   */
  transact(statements: readonly Statement[]): Promise<readonly QueryResult<unknown>[]>;
  close(): Promise<void>;
}

/** What the driver runs on. */
export interface SharedSqliteParts {
  readonly file: string;
  /** This thread's own connection. */
  readonly database: BetterSqlite3.Database;
  /** Absent for a database in memory, which belongs to one connection: then that one writes too. */
  readonly writer: Writer | undefined;
}

/**
 * Reads on a connection of this thread, where they take some microseconds, and writes on the writer's.
 *
 * In a transaction everything goes to the writer, one transaction at a time. What is read outside is what was committed
 * last. While another process is in the way a statement is asked again; `StoreUnavailable` where the file is at fault.
 */
export class SharedSqliteDriver implements Driver {
  readonly #file: string;
  readonly #database: BetterSqlite3.Database;
  readonly #writer: Writer;
  readonly #reads: Statements | undefined;
  readonly #turns = new Turns();

  constructor({ file, database, writer }: SharedSqliteParts) {
    this.#file = file;
    this.#database = database;
    this.#reads = writer && new Statements(database);
    this.#writer = writer ?? new OwnWriter(database);
  }

  async init(): Promise<void> {
    // Everything was opened before the driver was made.
  }

  async acquireConnection(): Promise<RoutedConnection> {
    return new RoutedConnection(this.#file, this.#reads, this.#writer, this.#turns);
  }

  // A transaction that began by reading cannot always go on to write (SQLITE_BUSY_SNAPSHOT, which no waiting cures).
  async beginTransaction(connection: RoutedConnection, settings: TransactionSettings): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(settings.accessMode === 'read only' ? 'begin' : 'begin immediate'));
  }

  async commitTransaction(connection: RoutedConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  // SQLite ends a transaction by itself where the disk is full or fails; ending it again would fail, and hide why.
  async rollbackTransaction(connection: RoutedConnection): Promise<void> {
    if (this.#writer.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async releaseConnection(connection: RoutedConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    await this.#writer.close();
    this.#database.close();
  }
}

/** What Kysely holds while it runs one statement, or one transaction. */
export class RoutedConnection implements DatabaseConnection {
  readonly #file: string;
  readonly #reads: Statements | undefined;
  readonly #writer: Writer;
  readonly #turns: Turns;
  #endTurn: (() => void) | undefined;

  constructor(file: string, reads: Statements | undefined, writer: Writer, turns: Turns) {
    this.#file = file;
    this.#reads = reads;
    this.#writer = writer;
    this.#turns = turns;
  }

  async executeQuery<Row>({ query, sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const reads = this.#endTurn || query.kind !== 'SelectQueryNode' ? undefined : this.#reads;
    if (!reads) this.#endTurn ??= await this.#turns.take();
    return withPatience(this.#file, async () => (reads ? reads.run({ sql, parameters }) : this.#writer.run({ sql, parameters }))) as Promise<QueryResult<Row>>;
  }

  /** See `Compound` of the dialect. */
  async transact(queries: () => readonly CompiledQuery[]): Promise<readonly QueryResult<unknown>[]> {
    this.#endTurn ??= await this.#turns.take();
    // A thread is sent what it needs, and not Kysely's tree.
    const statements = queries().map(({ sql, parameters }) => ({ sql, parameters }));
    return withPatience(this.#file, () => this.#writer.transact(statements));
  }

  /** Runs a query that reads much: in a thread of its own, which ends with it. */
  async scan<Row>({ sql, parameters }: CompiledQuery<Row>): Promise<QueryResult<Row>> {
    const reads = this.#reads;
    // A database in memory belongs to one connection.
    if (!reads) return this.#writer.run({ sql, parameters }) as Promise<QueryResult<Row>>;
    const thread = await StatementThread.open(this.#file);
    try {
      return (await withPatience(this.#file, () => thread.run({ sql, parameters }))) as QueryResult<Row>;
    } finally {
      await thread.close();
    }
  }

  streamQuery(): never {
    throw new TypeError('rows are not streamed from SQLite');
  }

  release(): void {
    this.#endTurn?.();
    this.#endTurn = undefined;
  }
}

/** Writes on the connection that also reads. */
class OwnWriter implements Writer {
  readonly #database: BetterSqlite3.Database;
  readonly #statements: Statements;

  constructor(database: BetterSqlite3.Database) {
    this.#database = database;
    this.#statements = new Statements(database);
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  async run(statement: Statement): Promise<QueryResult<unknown>> {
    return this.#statements.run(statement);
  }

  async transact(statements: readonly Statement[]): Promise<readonly QueryResult<unknown>[]> {
    return this.#statements.transact(statements);
  }

  async close(): Promise<void> {
    // The driver closes the connection.
  }
}

/** One at a time, in the order of asking. */
class Turns {
  #last: Promise<void> = Promise.resolve();

  /** @returns ends the turn */
  async take(): Promise<() => void> {
    const before = this.#last;
    let end = (): void => undefined;
    this.#last = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    return end;
  }
}
