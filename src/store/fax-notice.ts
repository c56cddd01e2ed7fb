import type { FaxEventName } from '../domain/fax.ts';
import type { Notice, NoticeWay, OutboxStore } from '../domain/outbox.ts';
import type { Database } from './schema.ts';

// Whoever is told of faxes may be away for a day (docs/fax.md).
const TOLD_WITHIN_MS = 24 * 60 * 60 * 1_000;

/** Notices of faxes, in the database. */
export function noticeStore(db: Database): Pick<OutboxStore, 'takeNotice' | 'putOffNotice' | 'removeNotice' | 'addNotice'> {
  return {
    takeNotice: async (now, until) => {
      const due = await db.selectFrom('fax_notices').select(['id', 'due_at']).where('due_at', '<=', now).orderBy('due_at').limit(1).executeTakeFirst();
      if (!due) return undefined;
      const row = await db
        .updateTable('fax_notices')
        .set({ due_at: until })
        .where('id', '=', due.id)
        .where('due_at', '=', due.due_at)
        .returningAll()
        .executeTakeFirst();
      return (
        row && { id: row.id, fax: row.fax, way: row.way as NoticeWay, event: row.event as FaxEventName, at: row.at, attempts: row.attempts, until: row.until }
      );
    },
    putOffNotice: async (id, attempts, dueAt) => {
      await db.updateTable('fax_notices').set({ attempts, due_at: dueAt }).where('id', '=', id).execute();
    },
    removeNotice: async (id) => {
      await db.deleteFrom('fax_notices').where('id', '=', id).execute();
    },
    addNotice: (notice) => insertNotice(db, notice),
  };
}

/** In the transaction that changes a fax: somebody is told of it. @param number  the fax's version, so that the id is the same whoever makes it */
export async function addNotice(
  db: Database,
  { fax, way, event, at, number }: Pick<Notice, 'fax' | 'way' | 'event' | 'at'> & { readonly number: number },
): Promise<void> {
  await insertNotice(db, { id: `${fax}.${number}.${way}`, fax, way, event, at, attempts: 0, until: at + TOLD_WITHIN_MS });
}

async function insertNotice(db: Database, notice: Notice): Promise<void> {
  await db
    .insertInto('fax_notices')
    .values({ ...notice, due_at: notice.at })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ due_at: notice.at, until: notice.until, attempts: 0 }))
    .execute();
}
