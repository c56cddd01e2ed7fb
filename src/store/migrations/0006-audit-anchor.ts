import { type Kysely, sql } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

/** Where the kept part of the audit trail begins; the lines before it, and no others, can be removed. */
export async function createAuditAnchor(db: Kysely<unknown>, dialect: StoreDialect): Promise<void> {
  await db.schema
    .createTable('audit_anchor')
    .addColumn('id', 'integer', (column) => column.primaryKey().notNull().check(sql`id = 1`))
    .addColumn('first_seq', dialect.lineNumberType, (column) => column.notNull())
    .execute();
  await sql`insert into audit_anchor (id, first_seq) values (1, 1)`.execute(db);
  for (const statement of dialect.removableBefore('audit', 'audit_anchor')) await sql.raw(statement).execute(db);
}
