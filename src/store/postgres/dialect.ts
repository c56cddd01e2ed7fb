import {
  ColumnDefinitionNode,
  type DataTypeNode,
  type Driver,
  PostgresDialect,
  PostgresQueryCompiler,
  type QueryCompiler,
  type SelectQueryBuilder,
  sql,
} from 'kysely';
import { DatabaseError, type Pool } from 'pg';
import type { StoreDialect } from '../dialect.ts';
import { isConflict, PooledPostgresDriver } from './driver.ts';

/** The channel on which changes are announced, in the schema's own name: `TABLE NAME`. */
export const CHANNEL = 'trunkline_changes';

// A foreign key's own violation, and since PostgreSQL 18 that of one that restricts.
const BROKEN_REFERENCE = ['23503', '23001'];
// Its payload takes 8,000 bytes; a name has 100 characters at most, each of four bytes at most.
const LONGEST_NAME = 500;
// The key of an advisory lock, of which a database has one space: 'TLAU'. Kysely has one of its own, around migrations.
const AUDIT_TURN = 0x544c4155;

/** PostgreSQL's side of the few differences. */
export const postgresStoreDialect: StoreDialect = {
  bytesType: 'bytea',
  lineNumberType: 'bigint',
  // Not `now()`, which is when the transaction began.
  time: sql<{ now: number }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`,
  appendOnly: (table) => [
    // Whoever adds a row waits for the one before, up to its commit; a function that is volatile then sees that one's row.
    `create function ${table}_number() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(${AUDIT_TURN}); select coalesce(max(seq), 0) + 1 into new.seq from ${table}; return new; end $$`,
    `create trigger ${table}_number before insert on ${table} for each row execute function ${table}_number()`,
    ...refusing(`${table}_refuse`, `${table} is append-only`),
    ...['update', 'delete'].map(
      (change) => `create trigger ${table}_no_${change} before ${change} on ${table} for each row execute function ${table}_refuse()`,
    ),
    `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function ${table}_refuse()`,
  ],
  removableBefore: (table, anchor) => [
    `create function ${table}_trim() returns trigger language plpgsql as $$ begin if old.seq >= coalesce((select first_seq from ${anchor}), 0) then raise exception '${table} is append-only'; end if; return old; end $$`,
    `drop trigger ${table}_no_delete on ${table}`,
    `create trigger ${table}_no_delete before delete on ${table} for each row execute function ${table}_trim()`,
    ...refusing(`${anchor}_refuse`, `${anchor} only rises`),
    `create trigger ${anchor}_no_delete before delete on ${anchor} for each row execute function ${anchor}_refuse()`,
    `create trigger ${anchor}_no_truncate before truncate on ${anchor} for each statement execute function ${anchor}_refuse()`,
    `create function ${anchor}_rise() returns trigger language plpgsql as $$ begin if new.first_seq < old.first_seq or new.first_seq > coalesce((select max(seq) from ${table}), 0) then raise exception '${anchor} only rises'; end if; return new; end $$`,
    `create trigger ${anchor}_only_rises before update on ${anchor} for each row execute function ${anchor}_rise()`,
  ],
  announced: (table, name) => [
    `create function ${table}_announce() returns trigger language plpgsql as $$ begin perform pg_notify('${CHANNEL}', '${table} ' || left(coalesce(new.${name}, old.${name}), ${LONGEST_NAME})); return null; end $$`,
    `create trigger ${table}_announce after insert or update or delete on ${table} for each row execute function ${table}_announce()`,
  ],
  held: <DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>) => query.forUpdate(),
  isBrokenReference: (error) => error instanceof DatabaseError && BROKEN_REFERENCE.includes(error.code ?? ''),
  isConflict,
  // The transaction that made this version of the row ("System Columns").
  compound: { by: 'statement', rowVersion: sql`xmin` },
  jsonNumber: (column, key) => sql<number | null>`(${sql.ref(column)}::json ->> ${sql.lit(key)})::bigint`,
  scan: (db, query) => db.executeQuery(query),
};

function refusing(name: string, message: string): readonly string[] {
  return [`create function ${name}() returns trigger language plpgsql as $$ begin raise exception '${message}'; end $$`];
}

/** Kysely's dialect for PostgreSQL, for a database that other nodes use too. */
export class SharedPostgresDialect extends PostgresDialect {
  readonly #pool: Pool;
  readonly #name: string;

  constructor(pool: Pool, name: string) {
    super({ pool });
    this.#pool = pool;
    this.#name = name;
  }

  override createDriver(): Driver {
    return new PooledPostgresDriver(this.#pool, this.#name);
  }

  override createQueryCompiler(): QueryCompiler {
    return new BytewisePostgresCompiler();
  }
}

/**
 * Texts are compared byte by byte, as in SQLite: names then have one order on every server, and an index does not break
 * when the operating system's rules of a language change.
 */
class BytewisePostgresCompiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    super.visitDataType(node);
    if (node.dataType === 'text' && this.parentNode && ColumnDefinitionNode.is(this.parentNode)) this.append(' collate "C"');
  }
}
