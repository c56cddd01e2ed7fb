import { type Kysely, sql } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** The audit trail, and the index by which a gateway key is found. */
export async function createAudit(db: Kysely<unknown>, dialect: StoreDialect): Promise<void> {
  await db.schema
    .createTable('audit')
    .addColumn('seq', dialect.lineNumberType, (column) => column.primaryKey().notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('who', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('object', 'text', (column) => column.notNull())
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('result', 'text', (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .execute();
  for (const statement of dialect.appendOnly('audit')) await sql.raw(statement).execute(db);
  await db.schema.createIndex('clients_key_hash').on('clients').column('key_hash').execute();
}
