import type { Turnseeker } from '../domain/budget.ts';
import { FURTHEST_BACK_OFF_MS } from './lease.ts';
import type { Database } from './schema.ts';

/** Whoever was told when to come back and has not come so long after that has gone. */
export const STALE_MS = 15 * 60_000;

/**
 * The seeker's turn, and how many are in front of it.
 *
 * Each Client's first Connection in the queue comes before anybody's second: so a Client that asks for thousands does
 * not keep another from its one.
 *
 * @param served  the turn that was served last
 */
export async function findPlace(db: Database, seeker: Turnseeker, served: number, now: number): Promise<{ readonly ahead: number; readonly turn: number }> {
  const turn = (await selectTurn(db, seeker.connection)) ?? Math.max(served, await selectLastTurn(db, seeker)) + 1;
  const { ahead } = await db
    .selectFrom('token_wants')
    .select((row) => row.fn.countAll<number | bigint | string>().as('ahead'))
    .where('app', '=', seeker.app)
    .where('wanted_at', '>', now - STALE_MS)
    .where('connection', '!=', seeker.connection)
    .where((row) => row.or([row('turn', '<', turn), row.and([row('turn', '=', turn), row('connection', '<', seeker.connection)])]))
    .executeTakeFirstOrThrow();
  return { ahead: Number(ahead), turn };
}

async function selectTurn(db: Database, connection: string): Promise<number | undefined> {
  const row = await db.selectFrom('token_wants').select('turn').where('connection', '=', connection).executeTakeFirst();
  return row?.turn;
}

async function selectLastTurn(db: Database, { app, client }: Turnseeker): Promise<number> {
  const row = await db
    .selectFrom('token_wants')
    .select((made) => made.fn.max('turn').as('turn'))
    .where('app', '=', app)
    .where('client', '=', client)
    .executeTakeFirst();
  return row?.turn ?? 0;
}

/**
 * Puts the Connection in the queue, or notes that it is still wanted.
 *
 * @param turn  its own, where it is not in the queue yet
 * @param at    when it was told to come back
 */
export async function queueUp(db: Database, { connection, app, client, generation }: Turnseeker, turn: number, at: number): Promise<void> {
  await db
    .insertInto('token_wants')
    .values({ connection, app, client, generation, turn, wanted_at: at })
    .onConflict((conflict) =>
      conflict
        .column('connection')
        .doUpdateSet((row) => ({ app: row.ref('excluded.app'), generation: row.ref('excluded.generation'), wanted_at: row.ref('excluded.wanted_at') })),
    )
    .execute();
}

/** Takes a Connection out of the queue. */
export async function deleteWant(db: Database, connection: string): Promise<void> {
  await db.deleteFrom('token_wants').where('connection', '=', connection).execute();
}

/** Takes those out who have gone. */
export async function deleteStaleWants(db: Database, app: string, now: number): Promise<void> {
  await db
    .deleteFrom('token_wants')
    .where('app', '=', app)
    .where('wanted_at', '<=', now - STALE_MS)
    .execute();
}

/** How many wait in the queue of an App. */
export async function countWaiting(db: Database, app: string): Promise<number> {
  const { waiting } = await db
    .selectFrom('token_wants')
    .select((row) => row.fn.countAll<number | bigint | string>().as('waiting'))
    .where('app', '=', app)
    .executeTakeFirstOrThrow();
  return Number(waiting);
}

/** The same without those who have gone. */
export async function countWaitingAt(db: Database, app: string, now: number): Promise<number> {
  const { waiting } = await db
    .selectFrom('token_wants')
    .select((row) => row.fn.countAll<number | bigint | string>().as('waiting'))
    .where('app', '=', app)
    .where('wanted_at', '>', now - STALE_MS)
    .executeTakeFirstOrThrow();
  return Number(waiting);
}

/** Of these Connections, those that wait in a queue or are left alone after a failure. */
export async function listWaiting(db: Database, connections: readonly string[], now: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('token_wants')
    .select('connection')
    .where('connection', 'in', connections)
    // Its slot may come later than was told.
    .where('wanted_at', '>', now - STALE_MS)
    .union(
      db
        .selectFrom('leases')
        .select('connection')
        .where('connection', 'in', connections)
        .where('retry_at', '>', now)
        .where('retry_at', '<=', now + FURTHEST_BACK_OFF_MS),
    )
    .execute();
  return rows.map(({ connection }) => connection);
}
