import {
  type BudgetPause,
  type BudgetStore,
  countingSlots,
  freeAt,
  keepingGoesFirst,
  slotAt,
  streakAfter,
  type TurnOutcome,
  type Turnseeker,
  type TurnTaking,
  withSlot,
} from '../domain/budget.ts';
import { ConnectionNotFound } from '../domain/errors.ts';
import { missingApp } from './app.ts';
import { holdBudget, selectBudget, toBudget, turnOf, updateBudget, wantedLease, withCaller } from './budget-row.ts';
import type { StoreDialect } from './dialect.ts';
import { FURTHEST_BACK_OFF_MS, type LeaseTaking, leaseTaking } from './lease.ts';
import { nextTurnStore } from './next-turn.ts';
import { withReferences } from './reference.ts';
import type { BudgetTable, Database } from './schema.ts';
import { inTransaction } from './transaction.ts';
import { countWaiting, countWaitingAt, deleteWant, findPlace, listWaiting, queueUp } from './turn-queue.ts';

/** Budgets in the database. */
export function budgetStore(db: Database, dialect: StoreDialect): BudgetStore {
  const takeLease = leaseTaking(db);
  return {
    findBudget: async (app, now) => toBudget(app, await selectBudget(db, app), now),
    takeTurn: (seeker, taking) =>
      withReferences(
        dialect,
        async () =>
          (await takeUnlimitedTurn(db, takeLease, seeker, taking)) ??
          (await inTransaction(db, dialect, (transaction) => takeTurn(transaction, dialect, takeLease, seeker, taking))),
        () => missing(db, seeker.app, seeker.connection),
      ),
    ...nextTurnStore(db, dialect, takeLease),
    takeSlot: (app, now, behind) =>
      withReferences(
        dialect,
        () => inTransaction(db, dialect, (transaction) => takeSlot(transaction, dialect, app, now, behind)),
        () => missing(db, app),
      ),
    returnSlot: (app, at) =>
      inTransaction(db, dialect, async (transaction) => {
        const { slots } = toBudget(app, await holdBudget(transaction, dialect, app), at);
        const place = slots.indexOf(at);
        if (place >= 0) await updateBudget(transaction, app, { slots: JSON.stringify(slots.toSpliced(place, 1)) });
      }),
    leaveQueue: (connection) => deleteWant(db, connection),
    countWaiting: (app) => countWaiting(db, app),
    listWaiting: (connections, now) => listWaiting(db, connections, now),
    setPause: (app, pause) => change(db, dialect, app, toPauseColumns(pause)),
    setLimit: (app, limit, windowMs) => change(db, dialect, app, { slot_limit: limit ?? null, window_ms: windowMs }),
    setFailures: (app, failures) => change(db, dialect, app, { failures }),
    noteUsed: (app, used, now) =>
      inTransaction(db, dialect, async (transaction) => {
        const budget = toBudget(app, await holdBudget(transaction, dialect, app), now);
        const others = used - countingSlots(budget, now).length;
        if (others > 0) await updateBudget(transaction, app, { slots: JSON.stringify(withSlot(budget, now, others)) });
      }),
  };
}

/** An App without a limit needs no slot, so its row is read and not held: nodes are not in each other's way. */
async function takeUnlimitedTurn(db: Database, takeLease: LeaseTaking, seeker: Turnseeker, taking: TurnTaking): Promise<TurnOutcome | undefined> {
  const row = await selectBudget(db, seeker.app);
  if (row?.slot_limit !== null) return undefined;
  const budget = toBudget(seeker.app, row, taking.now);
  if (budget.pause && budget.pause.until > taking.now) return { outcome: 'paused', pause: budget.pause };
  const lease = await takeLease(db, wantedLease(seeker, taking), taking.now, taking.now);
  if (lease) return { outcome: 'taken', turn: turnOf(seeker.app, lease, budget, 'caller') };
  return (await backingOff(db, seeker.connection, taking.now)) ?? { outcome: 'held' };
}

async function takeTurn(db: Database, dialect: StoreDialect, takeLease: LeaseTaking, seeker: Turnseeker, taking: TurnTaking): Promise<TurnOutcome> {
  const { now } = taking;
  const row = await holdBudget(db, dialect, seeker.app);
  const budget = toBudget(seeker.app, row, now);
  if (budget.pause && budget.pause.until > now) return { outcome: 'paused', pause: budget.pause };
  const back = await backingOff(db, seeker.connection, now);
  if (back) return back;

  const { ahead, turn } = await findPlace(db, seeker, row.turn, now);
  const second = keepingGoesFirst(taking, row.streak);
  if (freeAt(budget, now) > now || ahead > 0 || second) {
    const at = slotAt(budget, ahead + (second ? 1 : 0), now);
    await queueUp(db, seeker, turn, at);
    return { outcome: 'queued', at };
  }
  const lease = await takeLease(db, wantedLease(seeker, taking), now);
  if (!lease) return { outcome: 'held' };
  const slots = withSlot(budget, now);
  const streak = taking.urgent || taking.early ? streakAfter('caller', row.streak) : 0;
  await updateBudget(db, seeker.app, { slots: JSON.stringify(slots), streak, ...withCaller(row, now) });
  await deleteWant(db, seeker.connection);
  return { outcome: 'taken', turn: turnOf(seeker.app, lease, { ...budget, slots }, 'caller') };
}

async function takeSlot(db: Database, dialect: StoreDialect, app: string, now: number, behind?: number) {
  const budget = toBudget(app, await holdBudget(db, dialect, app), now);
  const ahead = behind === undefined || budget.limit === undefined ? 0 : (await countWaitingAt(db, app, now)) + Math.min(behind, budget.limit - 1);
  const at = budget.pause && budget.pause.until > now ? budget.pause.until : slotAt(budget, ahead, now);
  if (at > now || budget.limit === undefined) return { at, budget };
  const slots = withSlot(budget, now);
  await updateBudget(db, app, { slots: JSON.stringify(slots) });
  return { at, budget: { ...budget, slots } };
}

async function backingOff(db: Database, connection: string, now: number): Promise<TurnOutcome | undefined> {
  const row = await db
    .selectFrom('leases')
    .select(['retry_at', 'retry_code'])
    .where('connection', '=', connection)
    .where('retry_at', '>', now)
    .where('retry_at', '<=', now + FURTHEST_BACK_OFF_MS)
    .executeTakeFirst();
  return row && { outcome: 'backing off', until: row.retry_at, code: row.retry_code ?? '' };
}

async function change(db: Database, dialect: StoreDialect, app: string, columns: Partial<BudgetTable>): Promise<void> {
  await withReferences(
    dialect,
    () =>
      inTransaction(db, dialect, async (transaction) => {
        await holdBudget(transaction, dialect, app);
        await updateBudget(transaction, app, columns);
      }),
    () => missing(db, app),
  );
}

async function missing(db: Database, app: string, connection?: string): Promise<Error | undefined> {
  const noApp = await missingApp(db, [app]);
  return noApp ?? (connection === undefined ? undefined : new ConnectionNotFound(connection));
}

function toPauseColumns(pause: BudgetPause | undefined): Partial<BudgetTable> {
  return { paused_until: pause?.until ?? 0, paused_code: pause?.code ?? null, paused_word: pause?.word ?? null };
}
