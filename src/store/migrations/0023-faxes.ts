import type { Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** Faxes, their contents in pieces, their history, whose turn it is to send them, and who is told of them. */
export async function createFaxes(db: Kysely<unknown>, { bytesType }: StoreDialect): Promise<void> {
  await db.schema
    .createTable('faxes')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('client', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('fax_order', bytesType, (column) => column.notNull())
    .addColumn('cover_text', bytesType)
    .addColumn('content_key', bytesType)
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('line_rank', 'integer')
    .addColumn('due_at', 'bigint', (column) => column.notNull())
    .addColumn('deadline', 'bigint', (column) => column.notNull())
    .addColumn('left_at', 'bigint')
    .addColumn('withdrawn', 'integer', (column) => column.notNull())
    .addColumn('message_id', 'text')
    .addColumn('message_status', 'text')
    .addColumn('page_count', 'integer')
    .addColumn('results', bytesType)
    .addColumn('code', 'text')
    .addColumn('follow_at', 'bigint')
    .addColumn('repeat_key', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('closed_at', 'bigint')
    .execute();
  for (const columns of [['connection', 'line_rank', 'id'], ['connection', 'message_id'], ['follow_at'], ['repeat_key'], ['closed_at'], ['state', 'id']]) {
    await db.schema
      .createIndex(`faxes_${columns.join('_')}`)
      .on('faxes')
      .columns(columns)
      .execute();
  }
  // Without a reference to the fax: the content comes first.
  await db.schema
    .createTable('fax_contents')
    .addColumn('fax', 'text', (column) => column.notNull())
    .addColumn('piece', 'integer', (column) => column.notNull())
    .addColumn('sealed', bytesType, (column) => column.notNull())
    .addPrimaryKeyConstraint('fax_contents_key', ['fax', 'piece'])
    .execute();
  await db.schema
    .createTable('fax_events')
    .addColumn('fax', 'text', (column) => column.notNull().references('faxes.id').onDelete('cascade'))
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('code', 'text')
    .addPrimaryKeyConstraint('fax_events_key', ['fax', 'number'])
    .execute();
  await db.schema
    .createTable('fax_turns')
    .addColumn('connection', 'text', (column) => column.primaryKey().notNull())
    .addColumn('holder', 'text')
    .addColumn('held_until', 'bigint', (column) => column.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('accepted', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('fax_turns_due_at').on('fax_turns').column('due_at').execute();
  await db.schema
    .createTable('fax_notices')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('fax', 'text', (column) => column.notNull().references('faxes.id').onDelete('cascade'))
    .addColumn('way', 'text', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('due_at', 'bigint', (column) => column.notNull())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .execute();
  for (const column of ['fax', 'due_at']) await db.schema.createIndex(`fax_notices_${column}`).on('fax_notices').column(column).execute();
}
