import type BetterSqlite3 from 'better-sqlite3';
import type { QueryResult } from 'kysely';

// The gateway has some hundred statements; lists of names make a few more. The bound is for what nobody foresaw.
const PREPARED = 500;

/** A statement with its values. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Runs statements on one connection, each prepared once. */
export class Statements {
  readonly #database: BetterSqlite3.Database;
  readonly #prepared = new Map<string, BetterSqlite3.Statement>();

  constructor(database: BetterSqlite3.Database) {
    this.#database = database;
  }

  /** @throws SqliteError */
  run({ sql, parameters }: Statement): QueryResult<unknown> {
    const statement = this.#prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) };
    const { changes, lastInsertRowid } = statement.run(parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  /**
   * Runs statements as one transaction.
   *
   * @throws SqliteError  nothing was done
   */
  transact(statements: readonly Statement[]): QueryResult<unknown>[] {
    this.#do('begin immediate');
    try {
      const results = statements.map((statement) => this.run(statement));
      this.#do('commit');
      return results;
    } catch (error) {
      // SQLite ends a transaction by itself where the disk is full or fails; ending it again would fail, and hide why.
      if (this.#database.inTransaction) this.#do('rollback');
      throw error;
    }
  }

  #do(sql: string): void {
    this.#prepare(sql).run();
  }

  #prepare(sql: string): BetterSqlite3.Statement {
    const known = this.#prepared.get(sql);
    if (known) return known;
    if (this.#prepared.size >= PREPARED) this.#prepared.clear();
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}
