import type { Kysely } from 'kysely';

/** Claims, by which nodes agree who places a call that is asked for twice at once. */
export async function createRingOutClaims(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('ring_out_claims')
    .addColumn('repeat_key', 'text', (column) => column.primaryKey().notNull())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('unclear', 'integer', (column) => column.notNull())
    .execute();
}
