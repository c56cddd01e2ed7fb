import type { CompiledQuery, QueryResult, RawBuilder, SelectQueryBuilder } from 'kysely';
import type { Database } from './schema.ts';

/** The few things in which databases differ; everything else in this room is the same for all of them. */
export interface StoreDialect {
  /** The column type of a sealed value. */
  readonly bytesType: 'blob' | 'bytea';
  /** The column type of the number of a line, which may rise beyond 32 bits. */
  readonly lineNumberType: 'integer' | 'bigint';
  /** The time by a clock of the database's own, epoch milliseconds; absent where it has none. */
  readonly time: RawBuilder<{ readonly now: number }> | undefined;
  /**
   * Statements after which the rows of a table can be added, but neither changed nor removed, and where two that are
   * added at once do not get the same `seq`.
   */
  appendOnly(table: string): readonly string[];
  /**
   * Statements after which the rows of such a table can be removed where their `seq` is lower than the `first_seq` of its
   * anchor, which only rises, and never beyond the newest row.
   */
  removableBefore(table: string, anchor: string): readonly string[];
  /** Statements after which the changes of a table's rows are announced, by the column that names them. */
  announced(table: string, name: string): readonly string[];
  /** In a transaction: nobody else changes the rows that were read until it ends. Where one at a time writes, they are read. */
  held<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>;
  /** Whether a statement failed because what it refers to is not there, or because something refers to what it removes. */
  isBrokenReference(error: unknown): boolean;
  /** Whether a transaction was undone because of another one; nothing was done, and it may be asked for again. */
  isConflict(error: unknown): boolean;
  /** How changes of several tables that belong together travel in one round trip. */
  readonly compound: Compound;
  /** The number that a JSON text in a column has under a key; null where it has none. */
  jsonNumber(column: string, key: string): RawBuilder<number | null>;
  /** Runs a query that reads very many rows, so that nothing else waits for it. */
  scan<Row>(db: Database, query: CompiledQuery<Row>): Promise<QueryResult<Row>>;
}

/** One durable change of several tables, all conditions of which are in its SQL: nobody looks at a result on the way. */
export type Compound = CompoundTransaction | CompoundStatement;

/** Several statements travel together, and are one transaction. One transaction at a time writes: what comes meanwhile joins the next. */
export interface CompoundTransaction {
  readonly by: 'transaction';
  /**
   * @param queries  is asked when the turn has come
   * @returns a result for each, when they are committed
   * @throws StoreUnavailable, or the database's own error: nothing was done
   */
  run(db: Database, queries: () => readonly CompiledQuery[]): Promise<readonly QueryResult<unknown>[]>;
}

/** A statement may change several tables, and many run at once. */
export interface CompoundStatement {
  readonly by: 'statement';
  /**
   * Another one after every change of a row. A statement sees the database as it was when it began, but a row that it
   * holds as it is now: where both are the same version, what else it sees of that row's things is of now, too.
   */
  readonly rowVersion: RawBuilder<unknown>;
}
