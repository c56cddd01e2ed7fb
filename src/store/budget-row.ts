import type { Selectable } from 'kysely';
import { type Budget, type BudgetPause, DEFAULT_LIMIT, DEFAULT_WINDOW_MS, slotMs, type Turn, type Turnseeker, type TurnTaking } from '../domain/budget.ts';
import { AppNotFound } from '../domain/errors.ts';
import type { Lease, WantedLease } from '../domain/lease.ts';
import type { StoreDialect } from './dialect.ts';
import type { BudgetTable, Database } from './schema.ts';

// A day's rhythm should not make the share swing, a new program should show in it soon.
const LOAD_FADES_MS = 6 * 60 * 60_000;

/** The row of an App, which nobody else changes until the transaction ends; it is made where it is not there yet. */
export async function holdBudget(db: Database, dialect: StoreDialect, app: string): Promise<Selectable<BudgetTable>> {
  const select = () => dialect.held(db.selectFrom('budgets').selectAll().where('app', '=', app)).executeTakeFirst();
  const row = await select();
  if (row) return row;
  await db
    .insertInto('budgets')
    .values(emptyRow(app))
    .onConflict((conflict) => conflict.column('app').doNothing())
    .execute();
  const made = await select();
  if (!made) throw new AppNotFound(app);
  return made;
}

/** Changes some columns of a row that is held. */
export async function updateBudget(db: Database, app: string, columns: Partial<BudgetTable>): Promise<void> {
  await db.updateTable('budgets').set(columns).where('app', '=', app).execute();
}

/** The Lease that a turn comes with. */
export function wantedLease({ connection, generation }: Pick<Turnseeker, 'connection' | 'generation'>, { holder, leaseMs, now }: TurnTaking): WantedLease {
  return { connection, holder, expiresAt: now + leaseMs, generation, firstAttemptAt: now };
}

/** Puts a turn together. */
export function turnOf(app: string, lease: Lease, budget: Budget, cause: Turn['cause']): Turn {
  return { app, lease, budget, cause };
}

// A penalty lasts ten minutes at most (`retryAfterMs`). A pause that ends later was set by a clock that has been set back since.
const FURTHEST_PAUSE_MS = 11 * 60_000;

/** A row as the domain sees it; of an App that has none yet, the default. */
export function toBudget(app: string, row: Selectable<BudgetTable> | undefined, now: number): Budget {
  const { slot_limit, window_ms, slots, paused_until, paused_code, paused_word, failures, caller_load, caller_load_at } = row ?? emptyRow(app);
  const limit = slot_limit ?? undefined;
  const perSlotMs = slotMs({ limit, windowMs: window_ms });
  return {
    app,
    limit,
    windowMs: window_ms,
    callersShare: perSlotMs === undefined ? 0 : Math.min(1, (faded(caller_load, now - caller_load_at) * perSlotMs) / LOAD_FADES_MS),
    slots: JSON.parse(slots),
    pause:
      paused_code === null || paused_until > now + FURTHEST_PAUSE_MS
        ? undefined
        : { until: paused_until, code: paused_code as BudgetPause['code'], word: paused_word ?? '' },
    failures,
  };
}

/** The columns that say that a caller has taken one more slot. */
export function withCaller({ caller_load, caller_load_at }: Pick<BudgetTable, 'caller_load' | 'caller_load_at'>, now: number): Partial<BudgetTable> {
  return { caller_load: faded(caller_load, now - caller_load_at) + 1, caller_load_at: now };
}

function faded(load: number, ms: number): number {
  return load * Math.exp(-Math.max(0, ms) / LOAD_FADES_MS);
}

/** The row of an App, as it stands. */
export function selectBudget(db: Database, app: string): Promise<Selectable<BudgetTable> | undefined> {
  return db.selectFrom('budgets').selectAll().where('app', '=', app).executeTakeFirst();
}

function emptyRow(app: string): BudgetTable {
  return {
    app,
    slot_limit: DEFAULT_LIMIT,
    window_ms: DEFAULT_WINDOW_MS,
    slots: '[]',
    paused_until: 0,
    paused_code: null,
    paused_word: null,
    failures: 0,
    turn: 0,
    streak: 0,
    caller_load: 0,
    caller_load_at: 0,
  };
}
