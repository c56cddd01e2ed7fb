import type { Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** Sessions that are to be ended on the platform. They name Connection and App, and outlive both. */
export async function createRevocations(db: Kysely<unknown>, { bytesType }: StoreDialect): Promise<void> {
  await db.schema
    .createTable('revocations')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('platform_origin', 'text', (column) => column.notNull())
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('client_secret', bytesType)
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('token', bytesType, (column) => column.notNull())
    .addColumn('hint', 'text', (column) => column.notNull())
    .addColumn('dies_at', 'bigint', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('not_before', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('revocations_not_before').on('revocations').column('not_before').execute();
}
