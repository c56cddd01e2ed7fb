import { type Kysely, sql } from 'kysely';
import type { Fax, FaxEvent, FaxEventName } from '../domain/fax.ts';
import type { FaxChange, FaxFilter, Happening, NewFax, OutboxStore } from '../domain/outbox.ts';
import type { PageRequest } from '../domain/page.ts';
import type { Vault } from '../vault/vault.ts';
import type { StoreDialect } from './dialect.ts';
import { contentKeyOf, toChangedColumns, toFax, toRow } from './fax.ts';
import { deleteContent, deleteLooseContents, insertContent, selectContent } from './fax-content.ts';
import { addNotice, noticeStore } from './fax-notice.ts';
import { addTurn, faxTurnStore } from './fax-turn.ts';
import { pageBy, rowsFor } from './page.ts';
import type { Database, FaxTable, Schema } from './schema.ts';
import { inTransaction } from './transaction.ts';

// Erased and removed so many at a time: each has up to some hundred pieces, and others write too.
const BATCH = 20;

/** The Outbox in the database. */
export function outboxStore(db: Database, dialect: StoreDialect, vault: Vault): OutboxStore {
  return {
    acceptFax: async (fax, content) => {
      await insertContent(db, fax.id, fax.contentKey, content);
      try {
        await inTransaction(db, dialect, (transaction) => insertFax(transaction, vault, fax));
      } catch (error) {
        await deleteContent(db, fax.id).catch(() => undefined);
        throw error;
      }
    },
    findFax: (id) => findFax(db, vault, id),
    findRepeatedFax: (repeatKey, since) => selectRepeated(db, repeatKey, since),
    findFaxOfMessage: async (connection, messageId) =>
      (await db.selectFrom('faxes').select('id').where('connection', '=', connection).where('message_id', '=', messageId).executeTakeFirst())?.id,
    listFaxes: async (filter, page) =>
      pageBy(
        ({ id }) => id,
        (await selectFaxes(db, filter, page)).map((row) => toFax(row, vault)),
        page,
      ),
    listFaxEvents: (id) => selectEvents(db, id),
    readFaxContent: (id) => readContent(db, vault, id),
    nextFax: (connection, now) => selectNext(db, vault, connection, now),
    changeFax: (fax, change, happening, now) => inTransaction(db, dialect, (transaction) => updateFax(transaction, vault, fax, change, happening, now)),
    markFaxLeft: async (fax, now) => {
      const row = await db
        .updateTable('faxes')
        .set({ left_at: now, version: fax.version + 1 })
        .where('id', '=', fax.id)
        .where('version', '=', fax.version)
        .where('withdrawn', '=', 0)
        .returningAll()
        .executeTakeFirst();
      return row && toFax(row, vault);
    },
    withdrawFax: (id, now) => inTransaction(db, dialect, (transaction) => withdraw(transaction, dialect, vault, id, now)),
    takeFollowedFax: (now, until) => takeFollowed(db, vault, now, until),
    ...faxTurnStore(db),
    ...noticeStore(db),
    eraseFaxContents: (closedBefore, now) => eraseContents(db, dialect, closedBefore, now),
    removeLooseFaxContents: (before) => deleteLooseContents(db, before),
    removeFaxes: (closedBefore) => deleteFaxes(db, closedBefore),
  };
}

async function insertFax(db: Database, vault: Vault, fax: NewFax): Promise<void> {
  await db.insertInto('faxes').values(toRow(fax, vault)).execute();
  await insertEvent(db, fax.id, 1, fax.createdAt, { event: 'accepted' });
  await addTurn(db, fax.connection, fax.createdAt);
}

async function findFax(db: Database, vault: Vault, id: string): Promise<Fax | undefined> {
  const row = await db.selectFrom('faxes').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toFax(row, vault);
}

async function selectRepeated(db: Database, repeatKey: string, since: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('faxes')
    .select('id')
    .where('repeat_key', '=', repeatKey)
    .where('created_at', '>=', since)
    .where('state', '!=', 'withdrawn')
    .where('withdrawn', '=', 0)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

function selectFaxes(db: Database, { state, connection, client }: FaxFilter, page: PageRequest): Promise<FaxTable[]> {
  let query = db.selectFrom('faxes').selectAll().orderBy('id', 'desc').limit(rowsFor(page));
  if (page.cursor !== undefined) query = query.where('id', '<', page.cursor);
  if (state !== undefined) query = query.where('state', '=', state);
  if (connection !== undefined) query = query.where('connection', '=', connection);
  if (client !== undefined) query = query.where('client', '=', client);
  return query.execute();
}

async function selectEvents(db: Database, id: string): Promise<FaxEvent[]> {
  const rows = await db.selectFrom('fax_events').selectAll().where('fax', '=', id).orderBy('number').execute();
  return rows.map(({ at, event, code }) => ({ at, event: event as FaxEventName, ...(code !== null && { code }) }));
}

async function* readContent(db: Database, vault: Vault, id: string): AsyncGenerator<Uint8Array> {
  const row = await db.selectFrom('faxes').select(['id', 'content_key']).where('id', '=', id).executeTakeFirst();
  yield* selectContent(db, id, contentKeyOf(id, row?.content_key ?? null, vault));
}

// One that is aside, and due, goes first: it is rarely so, and would else never come up while there are others.
async function selectNext(db: Database, vault: Vault, connection: string, now: number): Promise<Fax | undefined> {
  const ofConnection = db.selectFrom('faxes').selectAll().where('connection', '=', connection).limit(1);
  const aside = ofConnection.where('line_rank', '=', 1).orderBy('due_at').orderBy('id');
  const row =
    (await aside.where('due_at', '<=', now).executeTakeFirst()) ??
    (await ofConnection.where('line_rank', '=', 0).orderBy('id').executeTakeFirst()) ??
    (await aside.executeTakeFirst());
  return row && toFax(row, vault);
}

async function updateFax(db: Database, vault: Vault, fax: Fax, change: FaxChange, happening: Happening | undefined, now: number): Promise<Fax | undefined> {
  const version = fax.version + 1;
  const row = await db
    .updateTable('faxes')
    .set({ ...toChangedColumns(fax.id, change, vault), version })
    .where('id', '=', fax.id)
    .where('version', '=', fax.version)
    .returningAll()
    .executeTakeFirst();
  if (!row) return undefined;
  if (happening) {
    await insertEvent(db, fax.id, version, now, happening);
    for (const way of happening.tell ?? []) await addNotice(db, { fax: fax.id, way, event: happening.event, at: now, number: version });
  }
  return toFax(row, vault);
}

async function withdraw(db: Database, dialect: StoreDialect, vault: Vault, id: string, now: number): Promise<Fax | undefined> {
  const row = await dialect.held(db.selectFrom('faxes').selectAll().where('id', '=', id)).executeTakeFirst();
  const fax = row && toFax(row, vault);
  if (!fax || fax.isWithdrawn || !['queued', 'sending', 'unclear'].includes(fax.state)) return fax;
  const isQueued = fax.state === 'queued';
  const columns = isQueued ? { state: 'withdrawn', closed_at: now, line_rank: null } : {};
  const version = fax.version + 1;
  const withdrawn = await db
    .updateTable('faxes')
    .set({ ...columns, withdrawn: 1, version })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await insertEvent(db, id, version, now, { event: isQueued ? 'withdrawn' : 'withdrawing' });
  return toFax(withdrawn, vault);
}

async function takeFollowed(db: Database, vault: Vault, now: number, until: number): Promise<Fax | undefined> {
  const due = await db.selectFrom('faxes').select(['id', 'follow_at']).where('follow_at', '<=', now).orderBy('follow_at').limit(1).executeTakeFirst();
  if (!due) return undefined;
  const row = await db
    .updateTable('faxes')
    .set({ follow_at: until })
    .where('id', '=', due.id)
    .where('follow_at', '=', due.follow_at)
    .returningAll()
    .executeTakeFirst();
  return row && toFax(row, vault);
}

async function insertEvent(db: Kysely<Schema>, fax: string, number: number, at: number, { event, code = null }: { event: FaxEventName; code?: string | null }) {
  await db.insertInto('fax_events').values({ fax, number, at, event, code }).execute();
}

/** First the key, without which the pieces are noise, wherever the database keeps copies of them. */
async function eraseContents(db: Database, dialect: StoreDialect, closedBefore: number, now: number): Promise<number> {
  const rows = await db
    .selectFrom('faxes')
    .select(['id', 'version'])
    .where('closed_at', '<=', closedBefore)
    .where('content_key', 'is not', null)
    .limit(BATCH)
    .execute();
  for (const { id, version } of rows) {
    await inTransaction(db, dialect, async (transaction) => {
      const erased = await transaction
        .updateTable('faxes')
        .set({ content_key: null, cover_text: null, version: version + 1 })
        .where('id', '=', id)
        .where('version', '=', version)
        .returning('id')
        .executeTakeFirst();
      if (erased) await insertEvent(transaction, id, version + 1, now, { event: 'erased' });
    });
    await deleteContent(db, id);
  }
  return rows.length;
}

async function deleteFaxes(db: Database, closedBefore: number): Promise<number> {
  const deleted = await db.deleteFrom('faxes').where('closed_at', '<=', closedBefore).where('content_key', 'is', null).executeTakeFirstOrThrow();
  await db
    .deleteFrom('fax_turns')
    .where('due_at', 'is', null)
    .where('holder', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('faxes').select(sql<number>`1`.as('one')).whereRef('faxes.connection', '=', 'fax_turns.connection'))),
    )
    .execute();
  return Number(deleted.numDeletedRows);
}
