import type { Kysely } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** Invitations, with which people connect themselves, and the sign-ins that were begun. */
export async function createInvitations(db: Kysely<unknown>, { bytesType }: StoreDialect): Promise<void> {
  await db.schema
    .createTable('invitations')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('secret_hash', 'text', (column) => column.notNull().unique())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('app', 'text', (column) => column.notNull().references('apps.name').onDelete('cascade'))
    .addColumn('labels', 'text', (column) => column.notNull())
    .addColumn('return_to', 'text')
    .addColumn('ways', 'text', (column) => column.notNull())
    .addColumn('tries', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint')
    .addColumn('used_by', 'text')
    .execute();
  await db.schema.createIndex('invitations_app').on('invitations').column('app').execute();
  await db.schema.createIndex('invitations_expires_at').on('invitations').column('expires_at').execute();

  await db.schema
    .createTable('sign_in_attempts')
    .addColumn('state_hash', 'text', (column) => column.primaryKey().notNull())
    .addColumn('invitation', 'text', (column) => column.references('invitations.id').onDelete('cascade'))
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('app', 'text', (column) => column.notNull().references('apps.name').onDelete('cascade'))
    .addColumn('labels', 'text', (column) => column.notNull())
    .addColumn('browser_hash', 'text')
    .addColumn('redirect_uri', 'text', (column) => column.notNull())
    .addColumn('issuer', 'text')
    .addColumn('verifier', bytesType)
    .addColumn('link', bytesType)
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint')
    .execute();
  await db.schema.createIndex('sign_in_attempts_invitation').on('sign_in_attempts').column('invitation').execute();
  await db.schema.createIndex('sign_in_attempts_app').on('sign_in_attempts').column('app').execute();
  await db.schema.createIndex('sign_in_attempts_expires_at').on('sign_in_attempts').column('expires_at').execute();
}
