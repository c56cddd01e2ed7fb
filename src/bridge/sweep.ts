import type { BridgeSessionStore } from '../domain/bridge-session.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Log, messageOf } from '../runtime/log.ts';

// They live for a week, so an hour more does not count.
const INTERVAL_MS = 60 * 60 * 1_000;

// Of one Client on one Connection: a sign-in each minute for a week. The disk is not to be filled by one that comes more often.
const MOST = 10_080;

/** Removes sessions of which nothing is good any more, now and every hour, until the signal. */
export async function sweepBridgeSessions(
  { store, clock, log }: { readonly store: Pick<BridgeSessionStore, 'removeBridgeSessionsOver'>; readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await store.removeBridgeSessionsOver(clock.now(), MOST);
    } catch (error) {
      log.warn('bridge.sweep_failed', { error: messageOf(error) });
    }
    // Rejects when the signal comes: then there is nothing left to do.
    await clock.sleep(INTERVAL_MS, signal).catch(() => undefined);
  }
}
