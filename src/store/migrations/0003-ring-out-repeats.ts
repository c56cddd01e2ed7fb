import type { Kysely } from 'kysely';

/** What was asked for in a RingOut, so that the same wish a moment later is known again. */
export async function addRingOutRepeats(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('ring_out_sessions').addColumn('repeat_key', 'text').execute();
  await db.schema.createIndex('ring_out_sessions_repeat_key').on('ring_out_sessions').column('repeat_key').execute();
}
