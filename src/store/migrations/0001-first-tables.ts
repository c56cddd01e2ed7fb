import type { Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** The tables of the first release. */
export async function createFirstTables(db: Kysely<unknown>, dialect: StoreDialect): Promise<void> {
  await createDataKeys(db, dialect);
  await createApps(db, dialect);
  await createConnections(db);
  await createCredentials(db, dialect);
  await createGrants(db, dialect);
  await createClients(db);
  await createRingOutSessions(db);
}

async function createDataKeys(db: Kysely<unknown>, { bytesType }: StoreDialect): Promise<void> {
  await db.schema
    .createTable('data_keys')
    .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('wrapped', bytesType, (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
}

async function createApps(db: Kysely<unknown>, { bytesType }: StoreDialect): Promise<void> {
  await db.schema
    .createTable('apps')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('platform_origin', 'text', (column) => column.notNull())
    .addColumn('media_origin', 'text', (column) => column.notNull())
    .addColumn('ringcx_origin', 'text', (column) => column.notNull())
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('client_secret', bytesType)
    .addColumn('redirect_uris', 'text', (column) => column.notNull())
    .addColumn('return_to', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
}

async function createConnections(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('connections')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('app', 'text', (column) => column.notNull().references('apps.name'))
    .addColumn('labels', 'text', (column) => column.notNull())
    .addColumn('keep', 'text', (column) => column.notNull())
    .addColumn('owner_id', 'text')
    .addColumn('sign_in_needed_at', 'bigint')
    .addColumn('sign_in_needed_code', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('connections_app').on('connections').column('app').execute();
}

async function createCredentials(db: Kysely<unknown>, { bytesType }: StoreDialect): Promise<void> {
  await db.schema
    .createTable('credentials')
    .addColumn('connection', 'text', (column) => column.notNull().references('connections.name').onDelete('cascade'))
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('app', 'text', (column) => column.references('apps.name'))
    .addColumn('details', 'text', (column) => column.notNull())
    .addColumn('secret', bytesType, (column) => column.notNull())
    .addColumn('refused_at', 'bigint')
    .addColumn('refused_code', 'text')
    .addPrimaryKeyConstraint('credentials_key', ['connection', 'position'])
    .execute();
  await db.schema.createIndex('credentials_app').on('credentials').column('app').execute();
}

async function createGrants(db: Kysely<unknown>, { bytesType }: StoreDialect): Promise<void> {
  await db.schema
    .createTable('grants')
    .addColumn('connection', 'text', (column) => column.primaryKey().notNull().references('connections.name').onDelete('cascade'))
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('generation', 'integer', (column) => column.notNull())
    .addColumn('access_token', bytesType, (column) => column.notNull())
    .addColumn('issued_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('refresh_token', bytesType)
    .addColumn('refresh_expires_at', 'bigint')
    .addColumn('owner_id', 'text')
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('endpoint_id', 'text')
    .addColumn('session_id', 'text')
    .execute();
}

async function createClients(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('clients')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('policy', 'text')
    .addColumn('key_hash', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('client_connections')
    .addColumn('client', 'text', (column) => column.notNull().references('clients.name').onDelete('cascade'))
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull().references('connections.name'))
    .addPrimaryKeyConstraint('client_connections_key', ['client', 'position'])
    .execute();
  await db.schema.createIndex('client_connections_connection').on('client_connections').column('connection').execute();
  await db.schema
    .createTable('legacy_logins')
    .addColumn('client', 'text', (column) => column.notNull().references('clients.name').onDelete('cascade'))
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('username', 'text', (column) => column.notNull())
    .addColumn('extension', 'text', (column) => column.notNull())
    .addColumn('password_hash', 'text')
    .addColumn('connection', 'text', (column) => column.notNull().references('connections.name'))
    .addPrimaryKeyConstraint('legacy_logins_key', ['client', 'position'])
    .addUniqueConstraint('legacy_logins_login', ['username', 'extension'])
    .execute();
  await db.schema.createIndex('legacy_logins_connection').on('legacy_logins').column('connection').execute();
}

async function createRingOutSessions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('ring_out_sessions')
    .addColumn('session_id', 'integer', (column) => column.primaryKey().notNull())
    // The Client has no foreign key: a call that is under way outlives the Client that placed it.
    .addColumn('client', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull().references('connections.name').onDelete('cascade'))
    .addColumn('ring_out_id', 'text', (column) => column.notNull())
    .addColumn('to_number', 'text', (column) => column.notNull())
    .addColumn('from_number', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('ring_out_sessions_connection').on('ring_out_sessions').column('connection').execute();
  await db.schema.createIndex('ring_out_sessions_ring_out_id').on('ring_out_sessions').column('ring_out_id').execute();
  await db.schema.createIndex('ring_out_sessions_expires_at').on('ring_out_sessions').column('expires_at').execute();
}
