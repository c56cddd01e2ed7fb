import type { Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** The tokens of RingCX that Connections have, who may ask for the next ones, and until when RingCX wants no more requests. */
export async function createRingCxGrants(db: Kysely<unknown>, { bytesType }: StoreDialect): Promise<void> {
  await db.schema
    .createTable('ring_cx_grants')
    .addColumn('connection', 'text', (column) => column.primaryKey().notNull().references('connections.name').onDelete('cascade'))
    .addColumn('generation', 'integer', (column) => column.notNull())
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('grant_generation', 'integer', (column) => column.notNull())
    .addColumn('access_token', bytesType, (column) => column.notNull())
    .addColumn('refresh_token', bytesType)
    .addColumn('issued_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('main_account_id', 'text')
    .addColumn('admin_id', 'text')
    .addColumn('agent_details', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('ring_cx_leases')
    .addColumn('connection', 'text', (column) => column.primaryKey().notNull().references('connections.name').onDelete('cascade'))
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('ring_cx_penalties')
    .addColumn('app', 'text', (column) => column.notNull().references('apps.name').onDelete('cascade'))
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('request', 'text', (column) => column.notNull())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('ring_cx_penalties_key', ['app', 'origin', 'request'])
    .execute();
}
