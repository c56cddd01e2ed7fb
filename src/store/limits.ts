import type { Selectable } from 'kysely';
import type { LimitGroup, LimitKey, LimitPenalty, LimitsStore, TakenSlice, WantedSlice } from '../domain/platform-limits.ts';
import type { StoreDialect } from './dialect.ts';
import type { Database, LimitPenaltyTable, LimitSliceTable } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** What nodes tell each other about the platform's limits, in the database. */
export function limitsStore(db: Database, dialect: StoreDialect): LimitsStore {
  return {
    keepLimitNode: (node, countsUntil) => upsertNode(db, node, countsUntil),
    countLimitNodes: (now) => countNodes(db, now),
    takeLimitSlice: (wanted, now) => inTransaction(db, dialect, (transaction) => takeSlice(transaction, dialect, wanted, now)),
    addLimitSlice: (used, now) =>
      inTransaction(db, dialect, async (transaction) => {
        await writeSlices(transaction, used, [...(await holdSlices(transaction, dialect, used, now)), sliceOf(used)]);
      }),
    noteLimitPenalty: (penalty) => upsertPenalty(db, penalty),
    listLimitPenalties: async (now) => (await selectPenalties(db, now)).map(toPenalty),
    removeExpiredLimits: (now) => deleteExpired(db, now),
  };
}

interface Slice {
  readonly tokens: number;
  readonly until: number;
}

async function takeSlice(db: Database, dialect: StoreDialect, wanted: WantedSlice, now: number): Promise<TakenSlice> {
  const slices = await holdSlices(db, dialect, wanted, now);
  const taken = slices.reduce((sum, slice) => sum + slice.tokens, 0);
  const tokens = Math.max(0, Math.min(wanted.tokens, wanted.pool - taken));
  if (tokens > 0) await writeSlices(db, wanted, [...slices, sliceOf({ ...wanted, tokens })]);
  return { tokens, moreAt: tokens === wanted.tokens ? now : Math.min(wanted.until, ...slices.map(({ until }) => until)) };
}

/** Those that count, which nobody else changes until the transaction ends. */
async function holdSlices(db: Database, dialect: StoreDialect, key: LimitKey, now: number): Promise<Slice[]> {
  const select = () =>
    dialect
      .held(
        db.selectFrom('limit_slices').select('slices').where('app', '=', key.app).where('connection', '=', key.connection).where('usage_group', '=', key.group),
      )
      .executeTakeFirst();
  let row = await select();
  if (!row) {
    await db
      .insertInto('limit_slices')
      .values(rowOf(key, []))
      .onConflict((conflict) => conflict.columns(['app', 'connection', 'usage_group']).doNothing())
      .execute();
    row = await select();
  }
  return (JSON.parse(row?.slices ?? '[]') as Slice[]).filter(({ until }) => until > now);
}

async function writeSlices(db: Database, key: LimitKey, slices: readonly Slice[]): Promise<void> {
  const { app, connection, usage_group, ...columns } = rowOf(key, slices);
  await db
    .updateTable('limit_slices')
    .set(columns)
    .where('app', '=', app)
    .where('connection', '=', connection)
    .where('usage_group', '=', usage_group)
    .execute();
}

function rowOf({ app, connection, group }: LimitKey, slices: readonly Slice[]): LimitSliceTable {
  return { app, connection, usage_group: group, slices: JSON.stringify(slices), counts_until: Math.max(0, ...slices.map(({ until }) => until)) };
}

function sliceOf({ tokens, until }: Slice): Slice {
  return { tokens, until };
}

async function upsertNode(db: Database, node: string, countsUntil: number): Promise<void> {
  await db
    .insertInto('limit_nodes')
    .values({ node, counts_until: countsUntil })
    .onConflict((conflict) => conflict.column('node').doUpdateSet({ counts_until: countsUntil }))
    .execute();
}

async function countNodes(db: Database, now: number): Promise<number> {
  const { nodes } = await db
    .selectFrom('limit_nodes')
    .select(({ fn }) => fn.countAll<number | string>().as('nodes'))
    .where('counts_until', '>', now)
    .executeTakeFirstOrThrow();
  return Number(nodes);
}

async function upsertPenalty(db: Database, { app, connection, group, until }: LimitPenalty): Promise<void> {
  await db
    .insertInto('limit_penalties')
    .values({ app, connection, usage_group: group, until })
    .onConflict((conflict) => conflict.columns(['app', 'connection', 'usage_group']).doUpdateSet({ until }).where('limit_penalties.until', '<', until))
    .execute();
}

function selectPenalties(db: Database, now: number): Promise<Selectable<LimitPenaltyTable>[]> {
  return db.selectFrom('limit_penalties').selectAll().where('until', '>', now).execute();
}

async function deleteExpired(db: Database, now: number): Promise<void> {
  await db.deleteFrom('limit_nodes').where('counts_until', '<=', now).execute();
  await db.deleteFrom('limit_slices').where('counts_until', '<=', now).execute();
  await db.deleteFrom('limit_penalties').where('until', '<=', now).execute();
}

function toPenalty({ app, connection, usage_group, until }: Selectable<LimitPenaltyTable>): LimitPenalty {
  return { app, connection, group: usage_group as LimitGroup, until };
}
