import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult, type TransactionSettings } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { asUnavailable, asUnreachable, codeOf, endsConnection } from './unavailable.ts';

// The gateway has some hundred statements; lists of names make a few more. The bound is for what nobody foresaw.
const PREPARED = 500;
// A statement outside a transaction that was in another's way is asked again at once.
const ATTEMPTS = 5;
// "cached plan must not change result type": a newer node has added a column since the statement was prepared.
const STALE_PLAN = '0A000';
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';

/** Whether the server undid what was asked though nothing is wrong with it. */
export function isConflict(error: unknown): boolean {
  return [SERIALIZATION_FAILURE, DEADLOCK, STALE_PLAN].includes(codeOf(error));
}

/**
 * Runs statements on a pool of connections, each prepared once per connection.
 *
 * A connection that failed is not used again; the next statement gets another one, so that nobody needs a restart when
 * the server had one. `StoreUnavailable` where the server is at fault.
 */
export class PooledPostgresDriver implements Driver {
  readonly #pool: Pool;
  readonly #name: string;
  readonly #statements = new StatementNames();
  #ending: Promise<void> | undefined;

  /** @param name  of the database, for messages */
  constructor(pool: Pool, name: string) {
    this.#pool = pool;
    this.#name = name;
  }

  async init(): Promise<void> {
    // The pool connects when it is asked.
  }

  async acquireConnection(): Promise<PooledConnection> {
    try {
      return new PooledConnection(await this.#pool.connect(), this.#name, this.#statements);
    } catch (error) {
      throw asUnreachable(error, this.#name);
    }
  }

  async beginTransaction(connection: PooledConnection, { isolationLevel, accessMode }: TransactionSettings): Promise<void> {
    const settings = [isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean).join(' ');
    await connection.begin(`start transaction ${settings}`.trim());
  }

  async commitTransaction(connection: PooledConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: PooledConnection): Promise<void> {
    await connection.rollback();
  }

  async releaseConnection(connection: PooledConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    this.#ending ??= this.#pool.end();
    await this.#ending;
  }
}

/** What Kysely holds while it runs one statement, or one transaction. */
class PooledConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  readonly #name: string;
  readonly #statements: StatementNames;
  #inTransaction = false;
  #spent = false;

  constructor(client: PoolClient, name: string, statements: StatementNames) {
    this.#client = client;
    this.#name = name;
    this.#statements = statements;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        // A statement that was prepared too long ago is asked without its name.
        return await this.#run<Row>(sql, parameters, attempt === 1 ? this.#statements.nameOf(sql) : undefined);
      } catch (error) {
        this.#spent ||= endsConnection(error) || codeOf(error) === STALE_PLAN;
        if (this.#inTransaction || !isConflict(error) || attempt === ATTEMPTS) throw asUnavailable(error, this.#name);
      }
    }
  }

  streamQuery(): never {
    throw new TypeError('rows are not streamed from PostgreSQL');
  }

  async begin(sql: string): Promise<void> {
    await this.executeQuery(CompiledQuery.raw(sql));
    this.#inTransaction = true;
  }

  // With the connection the transaction has ended; asking for that would fail, and hide why.
  async rollback(): Promise<void> {
    if (!this.#spent) await this.executeQuery(CompiledQuery.raw('rollback'));
  }

  release(): void {
    this.#client.release(this.#spent);
  }

  async #run<Row>(text: string, parameters: readonly unknown[], name: string | undefined): Promise<QueryResult<Row>> {
    const { command, rowCount, rows } = await this.#client.query({ text, values: parameters.map(withoutNul), ...(name !== undefined && { name }) });
    return command === 'SELECT' ? { rows } : { rows, numAffectedRows: BigInt(rowCount ?? 0) };
  }
}

// PostgreSQL's text has no place for the character NUL, SQLite's has. What a stranger sends with one in it is looked for
// in vain here as there, instead of being an error.
function withoutNul(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value;
}

/** A name per statement, the same on every connection. */
class StatementNames {
  readonly #names = new Map<string, string>();

  /** @returns nothing where there are too many: then it is planned anew each time */
  nameOf(sql: string): string | undefined {
    const known = this.#names.get(sql);
    if (known !== undefined || this.#names.size >= PREPARED) return known;
    const name = `trunkline_${this.#names.size + 1}`;
    this.#names.set(sql, name);
    return name;
  }
}
