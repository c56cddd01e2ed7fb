import type { Kysely } from 'kysely';

/** How many requests a line of the audit trail stands for. */
export async function addAuditTimes(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('audit')
    .addColumn('times', 'integer', (column) => column.notNull().defaultTo(1))
    .execute();
}
