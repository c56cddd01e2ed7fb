import type { Keeping, KeepingStore } from '../domain/keeping.ts';
import { holdBudget } from './budget-row.ts';
import type { StoreDialect } from './dialect.ts';
import type { Database } from './schema.ts';
import { inTransaction } from './transaction.ts';
import { STALE_MS } from './turn-queue.ts';

// Every row that changes is announced to all nodes; more come with the next round.
const MOST_AT_ONCE = 1_000;

/** What is to be kept alive, in the database. */
export function keepAliveStore(db: Database, dialect: StoreDialect): KeepingStore {
  return {
    listKeepings: (connections) => selectKeepings(db, connections),
    listPressing: (now) => selectPressing(db, now),
    giveUp: (app, most, by, now) => inTransaction(db, dialect, (transaction) => giveUp(transaction, dialect, app, most, by, now)),
    keepAgain: (app, count, now) => keepAgain(db, app, Math.min(count, MOST_AT_ONCE), now),
    payFrom: async (connection, app) => {
      await db.updateTable('connections').set({ budget_app: app }).where('name', '=', connection).where('budget_app', 'is not', null).execute();
    },
  };
}

async function selectKeepings(db: Database, connections: readonly string[]): Promise<readonly Keeping[]> {
  const rows = await db.selectFrom('connections').select(['name', 'keep_by', 'used_at', 'given_up_at']).where('name', 'in', connections).execute();
  return rows.map(({ name, keep_by, used_at, given_up_at }) => ({
    connection: name,
    keepBy: keep_by ?? undefined,
    usedAt: used_at === 0 ? undefined : used_at,
    givenUpAt: keep_by === null ? undefined : (given_up_at ?? undefined),
  }));
}

async function selectPressing(db: Database, now: number) {
  const rows = await db
    .selectFrom('apps')
    .select((app) => [
      'apps.name',
      app
        .selectFrom('connections')
        .select((row) => row.fn.min('keep_by').as('at'))
        .whereRef('budget_app', '=', 'apps.name')
        .where('keep_by', '>', now)
        .where('given_up_at', 'is', null)
        .as('keep_by'),
      app
        .selectFrom('connections')
        .select((row) => row.fn.min('fresh_at').as('at'))
        .whereRef('budget_app', '=', 'apps.name')
        .where('fresh_at', 'is not', null)
        .as('fresh_at'),
      app
        .selectFrom('token_wants')
        .select('turn')
        .whereRef('app', '=', 'apps.name')
        .where('wanted_at', '>', now - STALE_MS)
        .limit(1)
        .as('waiting'),
    ])
    .execute();
  return rows.map(({ name, keep_by, fresh_at, waiting }) => ({
    app: name,
    keepBy: keep_by ?? undefined,
    freshAt: fresh_at ?? undefined,
    waiting: waiting !== null,
  }));
}

// Whoever counts holds the budget, so that two nodes do not both give up the same excess.
async function giveUp(db: Database, dialect: StoreDialect, app: string, most: number, by: number, now: number): Promise<number> {
  await holdBudget(db, dialect, app);
  const kept = db
    .selectFrom('connections')
    .where('budget_app', '=', app)
    .where('keep_by', '>', now)
    .where('keep_by', '<=', by)
    .where('given_up_at', 'is', null);
  const { count } = await kept.select((row) => row.fn.countAll<number | bigint | string>().as('count')).executeTakeFirstOrThrow();
  const excess = Math.min(Number(count) - most, MOST_AT_ONCE);
  if (excess <= 0) return 0;
  const { numUpdatedRows } = await db
    .updateTable('connections')
    .set({ given_up_at: now })
    .where('name', 'in', kept.select('name').orderBy('used_at').orderBy('keep_by').limit(excess))
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

async function keepAgain(db: Database, app: string, count: number, now: number): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('connections')
    .set({ given_up_at: null })
    .where('name', 'in', (row) =>
      row
        .selectFrom('connections')
        .select('name')
        .where('budget_app', '=', app)
        .where('keep_by', '>', now)
        .where('given_up_at', 'is not', null)
        .orderBy('used_at', 'desc')
        .limit(count),
    )
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}
