import { type Kysely, sql } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** Clients have limits; nodes tell each other who they are, what they take of the platform's limits, and which penalties they met. */
export async function createLimits(db: Kysely<unknown>, dialect: StoreDialect): Promise<void> {
  await db.schema.alterTable('clients').addColumn('limits', 'text').execute();
  await db.schema
    .createTable('limit_nodes')
    .addColumn('node', 'text', (column) => column.notNull().primaryKey())
    .addColumn('counts_until', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('limit_slices')
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('usage_group', 'text', (column) => column.notNull())
    .addColumn('slices', 'text', (column) => column.notNull())
    .addColumn('counts_until', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('limit_slices_key', ['app', 'connection', 'usage_group'])
    .execute();
  await db.schema.createIndex('limit_slices_counts_until').on('limit_slices').column('counts_until').execute();
  await db.schema
    .createTable('limit_penalties')
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('usage_group', 'text', (column) => column.notNull())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('limit_penalties_key', ['app', 'connection', 'usage_group'])
    .execute();
  await db.schema.createIndex('limit_penalties_until').on('limit_penalties').column('until').execute();
  for (const [table, name] of Object.entries({ limit_nodes: 'node', limit_penalties: 'connection' })) {
    for (const statement of dialect.announced(table, name)) await sql.raw(statement).execute(db);
  }
}
