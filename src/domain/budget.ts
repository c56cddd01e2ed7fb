import type { Lease } from './lease.ts';

/**
 * How many token requests an App may send: the platform's Auth limit, and what of it is taken.
 *
 * It is a row in the database, so that it holds for any number of nodes. Sign-ins, Refreshes and Revokes take from it.
 *
 * @see RingCentral "Rate limits"; community notice 11639: five a minute per App
 */
export interface Budget {
  readonly app: string;
  /** Absent: none is in force. */
  readonly limit: number | undefined;
  readonly windowMs: number;
  /** When each of the last token requests was allowed, ascending. */
  readonly slots: readonly number[];
  /** Why and until when nothing may leave. */
  readonly pause: BudgetPause | undefined;
  /** How many token requests in a row had no clear answer. */
  readonly failures: number;
  /** What part of what the limit allows callers have taken of late, from 0 to 1. */
  readonly callersShare: number;
}

/** A time in which the App's token endpoint is left alone. */
export interface BudgetPause {
  readonly until: number;
  /** Of the error that callers meet. */
  readonly code: 'platform_busy' | 'app_refused' | 'platform_away';
  /** The platform's own code, or what went wrong, for people; no secret. */
  readonly word: string;
}

/** The limit of an App that nobody has said anything about. */
export const DEFAULT_LIMIT = 5;
/** The window in which that limit counts. */
export const DEFAULT_WINDOW_MS = 60_000;

// The platform counts when a request arrives, and one may take longer on its way than the sixth after it.
const WINDOW_MARGIN_MS = 250;

/** When the next token request may leave, by the limit alone: `now`, or later. Epoch milliseconds. */
export function freeAt(budget: Pick<Budget, 'limit' | 'windowMs' | 'slots'>, now: number): number {
  return slotAt(budget, 0, now);
}

/** When the one may leave before which so many others go. Epoch milliseconds. */
export function slotAt({ limit, windowMs, slots }: Pick<Budget, 'limit' | 'windowMs' | 'slots'>, ahead: number, now: number): number {
  if (limit === undefined) return now;
  const spanMs = windowMs + WINDOW_MARGIN_MS;
  const taken = countingSlots({ windowMs, slots }, now).slice(-limit);
  const place = taken.length + ahead - limit;
  if (place < 0) return now;
  const rounds = Math.floor(place / limit);
  const first = taken[place % limit] ?? now;
  return Math.max(now, first + spanMs) + rounds * spanMs;
}

/** The slots that the limit still counts. */
export function countingSlots({ windowMs, slots }: Pick<Budget, 'windowMs' | 'slots'>, now: number): readonly number[] {
  // One from the future was taken before this clock was set back, and would stop everything until then.
  return slots.filter((at) => at > now - windowMs - WINDOW_MARGIN_MS && at <= now + windowMs);
}

/** The slots with so many more; those that no longer count are left out. */
export function withSlot({ limit = DEFAULT_LIMIT, windowMs, slots }: Pick<Budget, 'limit' | 'windowMs' | 'slots'>, now: number, more = 1): readonly number[] {
  const added = Array.from({ length: Math.min(more, limit) }, () => now);
  return [...countingSlots({ windowMs, slots }, now), ...added].toSorted((a, b) => a - b).slice(-limit);
}

/** The time that one slot takes up; nothing where there is no limit. */
export function slotMs({ limit, windowMs }: Pick<Budget, 'limit' | 'windowMs'>): number | undefined {
  return limit === undefined ? undefined : (windowMs + WINDOW_MARGIN_MS) / limit;
}

/**
 * Whether keeping alive goes before callers who wait: four times out of five where something would otherwise die, once
 * out of five where it is merely time.
 *
 * @param streak  how many slots in a row went to keeping alive, or, below 0, to callers
 */
export function keepingGoesFirst({ urgent, early }: Pick<TurnTaking, 'urgent' | 'early'>, streak: number): boolean {
  return urgent ? streak < LONGEST_STREAK : early && streak <= -LONGEST_STREAK;
}

/** The streak after one more slot, for which others waited too. */
export function streakAfter(cause: Turn['cause'], streak: number): number {
  return cause === 'caller' ? Math.min(streak, 0) - 1 : Math.max(streak, 0) + 1;
}

const LONGEST_STREAK = 4;

/** Who asks for the right to win a Connection's next token pair. */
export interface Turnseeker {
  readonly connection: string;
  /** Whose budget it takes. */
  readonly app: string;
  /** The Client on whose behalf; Clients take turns. Empty: the gateway itself. */
  readonly client: string;
  readonly generation: number;
}

/** The right to send one token request of an App, with the Lease on a Connection. */
export interface Turn {
  readonly app: string;
  readonly lease: Lease;
  /** The budget as it was when the slot was taken, that slot included. */
  readonly budget: Budget;
  /** `caller`: somebody waits for it; `fresh`: its access token is over and one is wanted at any time; `alive`: lest it die. */
  readonly cause: 'caller' | 'fresh' | 'alive';
}

/** What became of the wish for a turn. */
export type TurnOutcome =
  | { readonly outcome: 'taken'; readonly turn: Turn }
  /** Another run has the Lease. */
  | { readonly outcome: 'held' }
  /** In the queue for a slot, which comes at `at` or somewhat later. */
  | { readonly outcome: 'queued'; readonly at: number }
  /** This Connection is left alone after failed attempts. */
  | { readonly outcome: 'backing off'; readonly until: number; readonly code: string }
  | { readonly outcome: 'paused'; readonly pause: BudgetPause };

/** What became of the wish for whatever is most pressing. */
export type NextTurnOutcome = { readonly outcome: 'taken'; readonly turn: Turn } | { readonly outcome: 'nothing'; readonly at: number | undefined };

/** How a node takes turns: under which name, for how long, and what it knows about the deadlines. */
export interface TurnTaking {
  readonly holder: string;
  readonly leaseMs: number;
  readonly now: number;
  /** Whether some Grant would miss its deadline if callers went first. */
  readonly urgent: boolean;
  /** Those that die by then, epoch milliseconds. */
  readonly urgentBy: number;
  /** Whether Grants must be refreshed well before their time, because there are so many. */
  readonly early: boolean;
}

/** Where budgets rest, and who waits for a slot. */
export interface BudgetStore {
  /** That of an App which has none yet is the default. */
  findBudget(app: string, now: number): Promise<Budget>;
  /**
   * Takes a slot and the Lease, both or none, in one transaction; else the Connection waits in the queue, where the Clients
   * take turns.
   *
   * @throws ConnectionNotFound
   */
  takeTurn(seeker: Turnseeker, taking: TurnTaking): Promise<TurnOutcome>;
  /**
   * Takes a slot and a Lease for whatever is most pressing: what would miss its deadline, then callers in their turns,
   * then `keep: fresh`, then by deadline.
   *
   * @returns with nothing to do: when to look again, where that is known
   */
  takeNextTurn(app: string, taking: TurnTaking): Promise<NextTurnOutcome>;
  /**
   * Takes a slot alone, for a request of a run that has its Lease already, or needs none.
   *
   * @param behind  how many slots it leaves free besides those that the queue waits for; absent: it waits for nobody
   * @returns `at`: `now` where it was taken; else when to ask again
   */
  takeSlot(app: string, now: number, behind?: number): Promise<{ readonly at: number; readonly budget: Budget }>;
  /** Gives a slot back that nothing was sent for. */
  returnSlot(app: string, at: number): Promise<void>;
  /** Nobody needs this Connection's token any more. */
  leaveQueue(connection: string): Promise<void>;
  /** How many wait in the queue of an App. */
  countWaiting(app: string): Promise<number>;
  /** Of these Connections, those that wait for a slot or are left alone after a failure. */
  listWaiting(connections: readonly string[], now: number): Promise<readonly string[]>;
  setPause(app: string, pause: BudgetPause | undefined): Promise<void>;
  /** The limit that the platform has stated; nothing: none. */
  setLimit(app: string, limit: number | undefined, windowMs: number): Promise<void>;
  /** Notes that the platform has counted so many token requests of late: those that nobody here sent take slots too. */
  noteUsed(app: string, used: number, now: number): Promise<void>;
  setFailures(app: string, failures: number): Promise<void>;
}
