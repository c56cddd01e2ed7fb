import type { Selectable } from 'kysely';
import { ConnectionNotFound } from '../domain/errors.ts';
import { HIGHEST_SESSION_ID, type RingOutSession, type RingOutSessionStore } from '../domain/ring-out.ts';
import type { StoreDialect } from './dialect.ts';
import { withReferences } from './reference.ts';
import { insertsOne } from './rows.ts';
import type { Database, RingOutSessionTable } from './schema.ts';

/** RingOut sessions in the database. */
export function ringOutSessionStore(db: Database, dialect: StoreDialect): RingOutSessionStore {
  return {
    createSession: (session, now) =>
      withReferences(
        dialect,
        () => insertSession(db, toRow(session), now),
        async () => new ConnectionNotFound(session.connection),
      ),
    findSession: async (id, now) => {
      const row = isSessionId(id) ? await selectBySessionId(db, Number(id), now) : await selectByRingOutId(db, id, now);
      return row && toSession(row);
    },
    findRepeat: async (repeatKey, since, now) => {
      const row = await selectRepeat(db, repeatKey, since, now);
      return row && toSession(row);
    },
    endRepeats: (sessionId) => clearRepeatKey(db, sessionId),
    removeExpiredSessions: (now) => deleteExpired(db, now),
  };
}

function isSessionId(id: string): boolean {
  return /^\d+$/.test(id) && Number(id) >= 1 && Number(id) <= HIGHEST_SESSION_ID;
}

/** Takes the session id where it is free, or where the session that had it has expired. */
function insertSession(db: Database, row: RingOutSessionTable, now: number): Promise<boolean> {
  return insertsOne(
    db
      .insertInto('ring_out_sessions')
      .values(row)
      .onConflict((conflict) => conflict.column('session_id').doUpdateSet(row).where('ring_out_sessions.expires_at', '<=', now)),
  );
}

function selectBySessionId(db: Database, sessionId: number, now: number): Promise<Selectable<RingOutSessionTable> | undefined> {
  return db.selectFrom('ring_out_sessions').selectAll().where('session_id', '=', sessionId).where('expires_at', '>', now).executeTakeFirst();
}

function selectByRingOutId(db: Database, ringOutId: string, now: number): Promise<Selectable<RingOutSessionTable> | undefined> {
  return db
    .selectFrom('ring_out_sessions')
    .selectAll()
    .where('ring_out_id', '=', ringOutId)
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

function selectRepeat(db: Database, repeatKey: string, since: number, now: number): Promise<Selectable<RingOutSessionTable> | undefined> {
  return db
    .selectFrom('ring_out_sessions')
    .selectAll()
    .where('repeat_key', '=', repeatKey)
    .where('created_at', '>=', since)
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function clearRepeatKey(db: Database, sessionId: number): Promise<void> {
  await db.updateTable('ring_out_sessions').set({ repeat_key: null }).where('session_id', '=', sessionId).execute();
}

async function deleteExpired(db: Database, now: number): Promise<number> {
  const deleted = await db.deleteFrom('ring_out_sessions').where('expires_at', '<=', now).executeTakeFirstOrThrow();
  return Number(deleted.numDeletedRows);
}

function toRow(session: RingOutSession): RingOutSessionTable {
  return {
    session_id: session.sessionId,
    client: session.client,
    connection: session.connection,
    ring_out_id: session.ringOutId,
    to_number: session.to,
    from_number: session.from,
    created_at: session.createdAt,
    expires_at: session.expiresAt,
    repeat_key: session.repeatKey ?? null,
  };
}

function toSession(row: Selectable<RingOutSessionTable>): RingOutSession {
  return {
    sessionId: row.session_id,
    client: row.client,
    connection: row.connection,
    ringOutId: row.ring_out_id,
    to: row.to_number,
    from: row.from_number,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    repeatKey: row.repeat_key ?? undefined,
  };
}
