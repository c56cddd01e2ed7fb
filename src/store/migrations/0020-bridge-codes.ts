import type { Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** Authorization codes of the Bridge, and what a program waits for while its user signs in. */
export async function createBridgeCodes(db: Kysely<unknown>, { bytesType }: StoreDialect): Promise<void> {
  await db.schema
    .createTable('bridge_codes')
    .addColumn('hash', 'text', (column) => column.primaryKey().notNull())
    .addColumn('client', 'text', (column) => column.notNull().references('clients.name').onDelete('cascade'))
    .addColumn('connection', 'text', (column) => column.notNull().references('connections.name').onDelete('cascade'))
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('redirect_uri', 'text', (column) => column.notNull())
    .addColumn('redirect_uri_named', 'integer', (column) => column.notNull())
    .addColumn('challenge', 'text')
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('presented_at', 'bigint')
    .addColumn('session', 'text')
    .execute();
  for (const column of ['client', 'connection', 'expires_at'])
    await db.schema.createIndex(`bridge_codes_${column}`).on('bridge_codes').column(column).execute();
  await db.schema.alterTable('sign_in_attempts').addColumn('wish', bytesType).execute();
}
