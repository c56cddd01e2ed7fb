import type { Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** What an App asks for with its token requests, and the client secrets that it has besides its first one. */
export async function addWaysToAToken(db: Kysely<unknown>, dialect: StoreDialect): Promise<void> {
  for (const column of ['access_token_ttl_ms', 'refresh_token_ttl_ms'] as const) await db.schema.alterTable('apps').addColumn(column, 'bigint').execute();
  await db.schema.alterTable('apps').addColumn('endpoint_id', 'text').execute();
  await db.schema.alterTable('apps').addColumn('token_requests_per_minute', 'integer').execute();
  for (const column of ['secrets_made', 'secret_in_use'] as const) {
    await db.schema
      .alterTable('apps')
      .addColumn(column, 'integer', (made) => made.notNull().defaultTo(1))
      .execute();
  }
  await db.schema
    .createTable('client_secrets')
    .addColumn('app', 'text', (column) => column.notNull().references('apps.name').onDelete('cascade'))
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('secret', dialect.bytesType, (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('client_secrets_key', ['app', 'number'])
    .execute();
}
