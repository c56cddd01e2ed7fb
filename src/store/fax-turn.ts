import { sql } from 'kysely';
import type { OutboxStore } from '../domain/outbox.ts';
import { updatesOne } from './rows.ts';
import type { Database } from './schema.ts';

/** Whose turn it is to send the faxes of a Connection, in the database. */
export function faxTurnStore(db: Database): Pick<OutboxStore, 'takeFaxTurn' | 'keepFaxTurn' | 'giveBackFaxTurn'> {
  return {
    takeFaxTurn: async (holder, now, until) => {
      const due = await db
        .selectFrom('fax_turns')
        .select('connection')
        .where('due_at', '<=', now)
        .where('held_until', '<=', now)
        .orderBy('due_at')
        .limit(1)
        .executeTakeFirst();
      if (!due) return undefined;
      const row = await db
        .updateTable('fax_turns')
        .set({ holder, held_until: until })
        .where('connection', '=', due.connection)
        .where('due_at', '<=', now)
        .where('held_until', '<=', now)
        .returning(['connection', 'accepted'])
        .executeTakeFirst();
      return row;
    },
    keepFaxTurn: (connection, holder, until) =>
      updatesOne(db.updateTable('fax_turns').set({ held_until: until }).where('connection', '=', connection).where('holder', '=', holder)),
    giveBackFaxTurn: async ({ connection, accepted }, holder, dueAt) => {
      const given = { holder: null, held_until: 0 };
      const held = db.updateTable('fax_turns').where('connection', '=', connection).where('holder', '=', holder);
      // Where a fax has come since, the time that `addTurn` has set stands.
      if (await updatesOne(held.set({ ...given, due_at: dueAt ?? null }).where('accepted', '=', accepted))) return;
      await held.set(given).execute();
    },
  };
}

/** In the transaction that accepts a fax: there is something to do for its Connection, at once. */
export async function addTurn(db: Database, connection: string, now: number): Promise<void> {
  await db
    .insertInto('fax_turns')
    .values({ connection, holder: null, held_until: 0, due_at: now, accepted: 1 })
    .onConflict((conflict) => conflict.column('connection').doUpdateSet({ due_at: now, accepted: sql<number>`fax_turns.accepted + 1` }))
    .execute();
}
