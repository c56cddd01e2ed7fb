import { type Kysely, sql } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** What programs need that sign in through the Bridge: their sessions, their own client id, and JWTs that can be looked for. */
export async function createBridge(db: Kysely<unknown>, dialect: StoreDialect): Promise<void> {
  await createSessions(db, dialect);
  await db.schema.alterTable('clients').addColumn('bridge_client_id', 'text').execute();
  await db.schema.alterTable('clients').addColumn('bridge_secret_hash', 'text').execute();
  await db.schema.alterTable('clients').addColumn('bridge_redirect_uris', 'text').execute();
  await db.schema.createIndex('clients_bridge_client_id').on('clients').column('bridge_client_id').execute();
  await db.schema.alterTable('credentials').addColumn('assertion_hash', 'text').execute();
  await db.schema.createIndex('credentials_assertion_hash').on('credentials').column('assertion_hash').execute();
}

async function createSessions(db: Kysely<unknown>, dialect: StoreDialect): Promise<void> {
  await db.schema
    .createTable('bridge_sessions')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('client', 'text', (column) => column.notNull().references('clients.name').onDelete('cascade'))
    .addColumn('connection', 'text', (column) => column.notNull().references('connections.name').onDelete('cascade'))
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('endpoint_id', 'text', (column) => column.notNull())
    .addColumn('generation', 'integer', (column) => column.notNull())
    .addColumn('access_hash', 'text', (column) => column.notNull())
    .addColumn('access_expires_at', 'bigint', (column) => column.notNull())
    .addColumn('refresh_hash', 'text')
    .addColumn('refresh_expires_at', 'bigint')
    .addColumn('issued_at', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint')
    .addColumn('previous_access_hash', 'text')
    .addColumn('previous_refresh_hash', 'text')
    .addColumn('previous_refresh_expires_at', 'bigint')
    .addColumn('seed', dialect.bytesType)
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('revoked_at', 'bigint')
    .addColumn('over_at', 'bigint', (column) => column.notNull())
    .execute();
  for (const column of ['client', 'connection', 'over_at'])
    await db.schema.createIndex(`bridge_sessions_${column}`).on('bridge_sessions').column(column).execute();
  for (const statement of dialect.announced('bridge_sessions', 'id')) await sql.raw(statement).execute(db);
}
