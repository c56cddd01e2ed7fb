import type { Kysely } from 'kysely';

/** What a session that stands in place of RingCX's was exchanged for. */
export async function addBridgeExchanges(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('bridge_sessions').addColumn('of_session', 'text').execute();
  await db.schema.alterTable('bridge_sessions').addColumn('of_key', 'text').execute();
  await db.schema.createIndex('bridge_sessions_of_session').on('bridge_sessions').column('of_session').execute();
}
