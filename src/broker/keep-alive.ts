import { gatewayLine } from '../domain/audit.ts';
import { slotMs } from '../domain/budget.ts';
import type { DeadlineCount } from '../domain/forecast.ts';
import { excessOf } from '../domain/keeping.ts';
import type { WinningParts } from './parts.ts';

// Some room is left before what was given up is kept again, so that it does not change its state with every round.
const ROOM_SHARE = 0.01;
const ROOM_LEAST = 10;

/** The counts of each App. */
export function countByApp(counts: readonly DeadlineCount[]): ReadonlyMap<string, readonly DeadlineCount[]> {
  const byApp = new Map<string, DeadlineCount[]>();
  for (const count of counts) {
    const some = byApp.get(count.app);
    if (some) some.push(count);
    else byApp.set(count.app, [count]);
  }
  return byApp;
}

/**
 * Gives up what the App's budget cannot keep alive, the longest unused first, and says so; keeps again what it can.
 *
 * @param adjusting  false: only looks
 * @returns the time that one slot takes up; nothing where the App has no limit
 */
export async function adjustKeeping(
  parts: Pick<WinningParts, 'store' | 'clock' | 'log' | 'trail'>,
  app: string,
  counts: readonly DeadlineCount[],
  adjusting: boolean,
): Promise<number | undefined> {
  const { store, clock, log, trail } = parts;
  const now = clock.now();
  const budget = await store.findBudget(app, now);
  const perSlotMs = slotMs(budget);
  if (!adjusting) return perSlotMs;

  const kept = counts.reduce((sum, { connections }) => sum + connections, 0);
  const { excess, most, by } =
    perSlotMs === undefined ? { excess: Number.NEGATIVE_INFINITY, most: 0, by: 0 } : excessOf(counts, perSlotMs, budget.callersShare, now);
  if (excess > 0) {
    const givenUp = await inParts(() => store.giveUp(app, most, by, now));
    // They die days later: whoever reads of it now can do something about it (docs/budgets.md).
    if (givenUp === 0) return perSlotMs;
    log.warn('grants.given_up', { app, givenUp, kept: kept - givenUp, note: 'the App sends too few token requests a minute to keep them all alive' });
    await trail.note(gatewayLine(`giveUp ${givenUp}`, `apps/${app}`, 'ok'));
  } else if (-excess > kept * ROOM_SHARE + ROOM_LEAST) {
    const keptAgain = await store.keepAgain(app, Math.min(Math.floor(-excess - kept * ROOM_SHARE), Number.MAX_SAFE_INTEGER), now);
    if (keptAgain === 0) return perSlotMs;
    log.info('grants.kept_again', { app, keptAgain });
    await trail.note(gatewayLine(`keepAgain ${keptAgain}`, `apps/${app}`, 'ok'));
  }
  return perSlotMs;
}

// Very many are changed some at a time, so that no transaction is long.
async function inParts(some: () => Promise<number>): Promise<number> {
  let all = 0;
  for (;;) {
    const changed = await some();
    if (changed === 0) return all;
    all += changed;
  }
}
