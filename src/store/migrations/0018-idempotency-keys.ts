import type { Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** Requests that Clients have given a key, with what they were answered. */
export async function createIdempotencyKeys(db: Kysely<unknown>, dialect: StoreDialect): Promise<void> {
  await db.schema
    .createTable('idempotency_keys')
    .addColumn('client', 'text', (column) => column.notNull().references('clients.name').onDelete('cascade'))
    .addColumn('key_hash', 'text', (column) => column.notNull())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('running_until', 'bigint', (column) => column.notNull())
    .addColumn('result', dialect.bytesType)
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('idempotency_keys_key', ['client', 'key_hash'])
    .execute();
  await db.schema.createIndex('idempotency_keys_expires_at').on('idempotency_keys').column('expires_at').execute();
}
