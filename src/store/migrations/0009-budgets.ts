import { type Kysely, type SqlBool, sql } from 'kysely';

/**
 * What of the Connections is to be kept alive, and until when; the back-off of each; and the Apps' budgets of token
 * requests, with who waits for a slot in them.
 */
export async function createBudgets(db: Kysely<unknown>): Promise<void> {
  for (const column of ['keep_by', 'fresh_at', 'given_up_at'] as const) await db.schema.alterTable('connections').addColumn(column, 'bigint').execute();
  await db.schema.alterTable('connections').addColumn('budget_app', 'text').execute();
  await db.schema
    .alterTable('connections')
    .addColumn('used_at', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  // What is given up lies beside what is kept and not among it: many thousands would have to be passed over for each that is kept.
  await db.schema
    .createIndex('connections_keep_by')
    .on('connections')
    .columns(['budget_app', 'keep_by'])
    .where('keep_by', 'is not', null)
    .where(sql<SqlBool>`given_up_at is null`)
    .execute();
  await db.schema
    .createIndex('connections_given_up')
    .on('connections')
    .columns(['budget_app', 'used_at'])
    .where(sql<SqlBool>`given_up_at is not null`)
    .execute();
  await db.schema
    .createIndex('connections_fresh_at')
    .on('connections')
    .columns(['budget_app', 'fresh_at', 'keep_by'])
    .where('fresh_at', 'is not', null)
    .execute();

  for (const column of ['failures', 'retry_at'] as const) {
    await db.schema
      .alterTable('leases')
      .addColumn(column, 'bigint', (made) => made.notNull().defaultTo(0))
      .execute();
  }
  await db.schema.alterTable('leases').addColumn('retry_code', 'text').execute();

  await db.schema
    .createTable('budgets')
    .addColumn('app', 'text', (column) => column.primaryKey().notNull().references('apps.name').onDelete('cascade'))
    .addColumn('slot_limit', 'integer')
    .addColumn('window_ms', 'bigint', (column) => column.notNull())
    .addColumn('slots', 'text', (column) => column.notNull())
    .addColumn('paused_until', 'bigint', (column) => column.notNull())
    .addColumn('paused_code', 'text')
    .addColumn('paused_word', 'text')
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('turn', 'bigint', (column) => column.notNull())
    .addColumn('streak', 'integer', (column) => column.notNull())
    .addColumn('caller_load', 'double precision', (column) => column.notNull())
    .addColumn('caller_load_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('token_wants')
    .addColumn('connection', 'text', (column) => column.primaryKey().notNull().references('connections.name').onDelete('cascade'))
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('client', 'text', (column) => column.notNull())
    .addColumn('generation', 'integer', (column) => column.notNull())
    .addColumn('turn', 'bigint', (column) => column.notNull())
    .addColumn('wanted_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('token_wants_turn').on('token_wants').columns(['app', 'turn', 'wanted_at']).execute();
}
