import type { DeadlineCount } from './forecast.ts';

const HOUR_MS = 60 * 60_000;

// With less time in hand, callers get out of the way: the counts are by the hour.
const URGENT_MS = HOUR_MS;
// A day's outage of the platform kills nothing that was refreshed a day before its time.
const EARLY_MS = 24 * HOUR_MS;

/** How much of the budget keeping alive may be planned to take where callers take the rest; they are left a fifth at most. */
const CALLERS_MOST = 0.2;
/** A two-hundredth part is for what nobody plans: repeated requests, revocations. */
const PLANNED = 0.995;

/** What the deadlines of an App's Grants ask of its budget. */
export interface Forecast {
  /** How much time there is in hand before the first one would miss its deadline if callers took all that they are left. */
  readonly slackMs: number;
  /** Something dies unless it comes before callers. */
  readonly urgent: boolean;
  /** What dies by then cannot wait; epoch milliseconds, 0 where nothing is urgent. */
  readonly urgentBy: number;
  /** There are so many that they cannot all wait for their last day. */
  readonly early: boolean;
}

/**
 * Reckons whether every Grant can be refreshed before its deadline, one slot each, in the order of the deadlines, while callers
 * take a fifth. Reckoned without them it would be too late when it is noticed, and what could not be kept any more given up.
 *
 * @param counts  of one App, in ascending order
 * @param slotMs  the time that one slot takes up; nothing where there is no limit
 * @param now     epoch milliseconds
 */
export function forecast(counts: readonly Pick<DeadlineCount, 'hour' | 'connections'>[], slotMs: number | undefined, now: number): Forecast {
  let slackMs = Number.POSITIVE_INFINITY;
  let urgentBy = 0;
  let before = 0;
  const keptMs = (slotMs ?? 0) / (PLANNED * (1 - CALLERS_MOST));
  for (const { hour, connections } of slotMs === undefined ? [] : counts) {
    before += connections;
    const inHandMs = Math.max(hour * HOUR_MS, now) - now - before * keptMs;
    slackMs = Math.min(slackMs, inHandMs);
    if (inHandMs < URGENT_MS) urgentBy = (hour + 1) * HOUR_MS;
  }
  return { slackMs, urgent: slackMs < URGENT_MS, urgentBy, early: slackMs < EARLY_MS };
}

/** What cannot be kept, or could be kept again. */
export interface Adjustment {
  /** So many of those that die by `by` cannot be kept; negative: so many more could be. */
  readonly excess: number;
  /** So many of them can be. */
  readonly most: number;
  /** Epoch milliseconds. */
  readonly by: number;
}

/**
 * Reckons how many Grants are too many for the budget.
 *
 * @param callersShare  what callers take of it, from 0 to 1
 */
export function excessOf(counts: readonly Pick<DeadlineCount, 'hour' | 'connections'>[], slotMs: number, callersShare: number, now: number): Adjustment {
  let worst: Adjustment = { excess: Number.NEGATIVE_INFINITY, most: 0, by: 0 };
  let before = 0;
  for (const { hour, connections } of counts) {
    before += connections;
    const by = (hour + 1) * HOUR_MS;
    const most = Math.floor(capacityWithin(by - now, slotMs, callersShare));
    if (before - most > worst.excess) worst = { excess: before - most, most, by };
  }
  return worst;
}

/** How many Grants a budget refreshes within a time, which is how many it keeps alive where that is their lifetime. */
export function capacityWithin(ms: number, slotMs: number, callersShare: number): number {
  return (Math.max(0, ms) / slotMs) * PLANNED * (1 - Math.min(callersShare, CALLERS_MOST));
}

/** What is next for an App, as far as an index tells. */
export interface Pressing {
  readonly app: string;
  /** The earliest deadline that has not passed. */
  readonly keepBy: number | undefined;
  /** From when a token that is always to be ready is not. */
  readonly freshAt: number | undefined;
  /** Whether callers wait. */
  readonly waiting: boolean;
}

/** What is noted of a Connection, to keep it alive by. */
export interface Keeping {
  readonly connection: string;
  /** By when it must have been refreshed; nothing where it cannot be, or need not. */
  readonly keepBy: number | undefined;
  /** When somebody last made it Refresh or sign in; nothing: never. */
  readonly usedAt: number | undefined;
  /** Since when the budget does not reach for it; nothing where it does. */
  readonly givenUpAt: number | undefined;
}

/** Where it rests what is to be kept alive. */
export interface KeepingStore {
  /** Of these Connections, in no order. */
  listKeepings(connections: readonly string[]): Promise<readonly Keeping[]>;
  /** For every App; one query, by indexes alone. */
  listPressing(now: number): Promise<readonly Pressing[]>;
  /**
   * Gives up those that were unused longest, so that at most so many are kept of those that die by `by`.
   *
   * @returns how many; where there are very many, not all at once
   */
  giveUp(app: string, most: number, by: number, now: number): Promise<number>;
  /** The next token of a Connection is won from the budget of this App. */
  payFrom(connection: string, app: string): Promise<void>;
  /** Keeps again those of the given up that were used last. @returns how many */
  keepAgain(app: string, count: number, now: number): Promise<number>;
}
