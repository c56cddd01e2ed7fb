import { type ExpressionBuilder, sql } from 'kysely';
import { type BudgetStore, freeAt, keepingGoesFirst, type NextTurnOutcome, streakAfter, type Turn, type TurnTaking, withSlot } from '../domain/budget.ts';
import { holdBudget, toBudget, turnOf, updateBudget, wantedLease, withCaller } from './budget-row.ts';
import type { StoreDialect } from './dialect.ts';
import { FURTHEST_BACK_OFF_MS, FURTHEST_MS, type LeaseTaking } from './lease.ts';
import type { Database, Schema } from './schema.ts';
import { inTransaction } from './transaction.ts';
import { deleteStaleWants, deleteWant, STALE_MS } from './turn-queue.ts';

// What nobody waits for is spread out, also where the platform sets no limit: ten thousand Grants that die in the same
// minute are no reason to send it ten thousand requests.
const PACE = { limit: 5, windowMs: 1_000 };
// Grants are refreshed a day before they would die, so that a day's outage kills none; those that live for less than a
// week, in the last seventh of their life.
const ALIVE_MARGIN_MS = 24 * 60 * 60_000;
const ALIVE_SHARE = 7;
// Another node was faster; its choice is not ours.
const AGAIN_MS = 50;

interface Candidate {
  readonly connection: string;
  readonly generation: number;
  readonly cause: Turn['cause'];
  readonly turn?: number;
}

/** The part of the budgets in which a node asks what is most pressing. */
export function nextTurnStore(db: Database, dialect: StoreDialect, takeLease: LeaseTaking): Pick<BudgetStore, 'takeNextTurn'> {
  return { takeNextTurn: (app, taking) => inTransaction(db, dialect, (transaction) => takeNextTurn(transaction, dialect, takeLease, app, taking)) };
}

async function takeNextTurn(db: Database, dialect: StoreDialect, takeLease: LeaseTaking, app: string, taking: TurnTaking): Promise<NextTurnOutcome> {
  const { now } = taking;
  const row = await holdBudget(db, dialect, app);
  const budget = toBudget(app, row, now);
  if (budget.pause && budget.pause.until > now) return { outcome: 'nothing', at: budget.pause.until };
  const pace = budget.limit === undefined ? { ...budget, ...PACE } : budget;
  const at = freeAt(pace, now);
  if (at > now) return { outcome: 'nothing', at };

  const waiting = await selectCaller(db, app, taking);
  const candidate = await mostPressing(db, app, taking, waiting, row.streak);
  if (!candidate) {
    await deleteStaleWants(db, app, now);
    return { outcome: 'nothing', at: await nextFreshAt(db, app, now) };
  }
  const lease = await takeLease(db, wantedLease(candidate, taking), now, now);
  if (!lease) return { outcome: 'nothing', at: now + AGAIN_MS };
  const slots = withSlot(pace, now);
  await updateBudget(db, app, {
    slots: JSON.stringify(slots),
    streak: waiting && (taking.urgent || taking.early) ? streakAfter(candidate.cause, row.streak) : 0,
    ...(candidate.turn !== undefined && { turn: Math.max(row.turn, candidate.turn), ...withCaller(row, now) }),
  });
  await deleteWant(db, candidate.connection);
  return { outcome: 'taken', turn: turnOf(app, lease, { ...budget, slots }, candidate.cause) };
}

async function mostPressing(db: Database, app: string, taking: TurnTaking, waiting: Candidate | undefined, streak: number): Promise<Candidate | undefined> {
  const { urgent, urgentBy, early } = taking;
  const first = !waiting || keepingGoesFirst(taking, streak);
  const urgentOne = first && urgent ? await selectUrgent(db, app, taking, urgentBy) : undefined;
  if (urgentOne) return urgentOne;
  // What is urgent is under way, or left alone for a while; that is no reason to let callers wait for the others.
  if (waiting && (!first || urgent)) return waiting;
  return (await selectFresh(db, app, taking)) ?? (await selectDying(db, app, taking, early)) ?? waiting;
}

async function selectCaller(db: Database, app: string, { now, leaseMs }: TurnTaking): Promise<Candidate | undefined> {
  const row = await db
    .selectFrom('token_wants as w')
    .innerJoin('connections as c', 'c.name', 'w.connection')
    .leftJoin('grants as g', 'g.connection', 'w.connection')
    .select(['w.connection', 'w.turn', (made) => made.fn.coalesce('g.generation', sql<number>`0`).as('generation')])
    .where('w.app', '=', app)
    .where('w.wanted_at', '>', now - STALE_MS)
    .where('w.generation', '>=', (made) => made.fn.coalesce('g.generation', sql<number>`0`))
    .where(isFree(now, leaseMs))
    .orderBy('w.turn')
    .orderBy('w.connection')
    .limit(1)
    .executeTakeFirst();
  return row && { ...row, cause: 'caller' };
}

// What has not been proven yet has 0 there: it comes first, by its deadline.
async function selectFresh(db: Database, app: string, { now, leaseMs }: TurnTaking): Promise<Candidate | undefined> {
  const row = await kept(db, app)
    .where('c.fresh_at', '<=', now)
    .where(isFree(now, leaseMs))
    .orderBy('c.fresh_at')
    .orderBy('c.keep_by')
    .limit(1)
    .executeTakeFirst();
  return row && { ...row, cause: 'fresh' };
}

/** However short a while ago it was refreshed: where the budget is just enough, no slot of it may be left lying. */
async function selectUrgent(db: Database, app: string, { now, leaseMs }: TurnTaking, by: number): Promise<Candidate | undefined> {
  const row = await living(db, app, now).where('c.keep_by', '<=', by).where(isFree(now, leaseMs)).orderBy('c.keep_by').limit(1).executeTakeFirst();
  return row && { ...row, cause: 'alive' };
}

/** @param early  however long it has to live, but for those that were refreshed a short while ago */
async function selectDying(db: Database, app: string, { now, leaseMs }: TurnTaking, early: boolean): Promise<Candidate | undefined> {
  const due = early
    ? living(db, app, now).where((row) =>
        row.or([row('g.connection', 'is', null), row(sql`${ALIVE_SHARE} * (${now} - g.issued_at)`, '>=', sql`g.refresh_expires_at - g.issued_at`)]),
      )
    : living(db, app, now)
        .where('c.keep_by', '<=', now + ALIVE_MARGIN_MS)
        .where((row) =>
          row.or([row('g.connection', 'is', null), row(sql`${ALIVE_SHARE} * (g.refresh_expires_at - ${now})`, '<=', sql`g.refresh_expires_at - g.issued_at`)]),
        );
  const row = await due.where(isFree(now, leaseMs)).orderBy('c.keep_by').limit(1).executeTakeFirst();
  return row && { ...row, cause: 'alive' };
}

function living(db: Database, app: string, now: number) {
  return kept(db, app).where('c.keep_by', '>', now).where('c.given_up_at', 'is', null);
}

function kept(db: Database, app: string) {
  return db
    .selectFrom('connections as c')
    .leftJoin('grants as g', 'g.connection', 'c.name')
    .select(['c.name as connection', (row) => row.fn.coalesce('g.generation', sql<number>`0`).as('generation')])
    .where('c.budget_app', '=', app)
    .where('c.sign_in_needed_at', 'is', null);
}

// Neither under way nor left alone after a failure; what would be so for very long was taken by a clock that has been set back since.
function isFree(now: number, leaseMs: number) {
  return (row: ExpressionBuilder<Schema & { c: Schema['connections'] }, 'c'>) =>
    row.not(
      row.exists(
        row
          .selectFrom('leases as l')
          .select('l.connection')
          .whereRef('l.connection', '=', 'c.name')
          .where((lease) =>
            lease.or([lease.between('l.expires_at', now + 1, now + leaseMs + FURTHEST_MS), lease.between('l.retry_at', now + 1, now + FURTHEST_BACK_OFF_MS)]),
          ),
      ),
    );
}

async function nextFreshAt(db: Database, app: string, now: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('connections')
    .select((made) => made.fn.min('fresh_at').as('at'))
    .where('budget_app', '=', app)
    .where('fresh_at', '>', now)
    .executeTakeFirst();
  return row?.at ?? undefined;
}
