import type { Kysely } from 'kysely';

/**
 * Leases, by which nodes agree who wins the next token pair of a Connection; and the mark of a refresh token that the
 * platform has refused.
 */
export async function createLeases(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('leases')
    .addColumn('connection', 'text', (column) => column.primaryKey().notNull().references('connections.name').onDelete('cascade'))
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('generation', 'integer', (column) => column.notNull())
    .addColumn('first_attempt_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.alterTable('grants').addColumn('refresh_refused_at', 'bigint').execute();
  await db.schema.alterTable('grants').addColumn('refresh_refused_code', 'text').execute();
}
