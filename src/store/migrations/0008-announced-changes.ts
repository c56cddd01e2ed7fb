import { type Kysely, sql } from 'kysely';
import type { StoreDialect } from '../dialect.ts';

// What a node may remember, by the column that names it.
const ANNOUNCED = { apps: 'name', clients: 'name', connections: 'name', grants: 'connection' };

/** Word to all nodes of what changes. */
export async function announceChanges(db: Kysely<unknown>, dialect: StoreDialect): Promise<void> {
  for (const [table, name] of Object.entries(ANNOUNCED)) {
    for (const statement of dialect.announced(table, name)) await sql.raw(statement).execute(db);
  }
}
