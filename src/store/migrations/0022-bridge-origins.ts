import type { Kysely } from 'kysely';

/** The pages that may call from a browser. */
export async function addBridgeOrigins(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('clients').addColumn('bridge_origins', 'text').execute();
}
