import type { Kysely } from 'kysely';

/** The gateway keys that a Client has besides its first one, when each ends, and whether links lead to the gateway. */
export async function addClientKeys(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('clients')
    .addColumn('keys_made', 'integer', (made) => made.notNull().defaultTo(1))
    .execute();
  await db.schema.alterTable('clients').addColumn('key_expires_at', 'bigint').execute();
  // 0 or 1: SQLite has no booleans.
  await db.schema
    .alterTable('clients')
    .addColumn('rewrite_links', 'integer', (links) => links.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createTable('client_keys')
    .addColumn('client', 'text', (column) => column.notNull().references('clients.name').onDelete('cascade'))
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('key_hash', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addPrimaryKeyConstraint('client_keys_key', ['client', 'number'])
    .execute();
  await db.schema.createIndex('client_keys_key_hash').on('client_keys').column('key_hash').execute();
}
