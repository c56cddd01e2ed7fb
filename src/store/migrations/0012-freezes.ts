import { type Kysely, sql } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** Emergency stops. Each goes with what it stops, and all nodes hear of it. */
export async function createFreezes(db: Kysely<unknown>, dialect: StoreDialect): Promise<void> {
  await db.schema
    .createTable('freezes')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.references('connections.name').onDelete('cascade'))
    .addColumn('client', 'text', (column) => column.references('clients.name').onDelete('cascade'))
    .addColumn('app', 'text', (column) => column.references('apps.name').onDelete('cascade'))
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('by_whom', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addPrimaryKeyConstraint('freezes_key', ['kind', 'name'])
    .execute();
  for (const column of ['connection', 'client', 'app']) await db.schema.createIndex(`freezes_${column}`).on('freezes').column(column).execute();
  for (const statement of dialect.announced('freezes', 'name')) await sql.raw(statement).execute(db);
}
