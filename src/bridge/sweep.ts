import type { BridgeCodeStore } from '../domain/bridge-code.ts';
import type { BridgeSessionStore } from '../domain/bridge-session.ts';
import type { InvitationStore } from '../domain/invitation.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Log, messageOf } from '../runtime/log.ts';

// A code that comes again after so long ends nothing any more. RFC 6749 §4.1.2: ten minutes is the longest life of one.
const REMEMBERED_MS = 10 * 60_000;
// They live for a week, so an hour more does not count.
const INTERVAL_MS = 60 * 60 * 1_000;

type SweptStore = Pick<BridgeSessionStore, 'removeBridgeSessionsOver'> &
  Pick<BridgeCodeStore, 'removeBridgeCodesOver'> &
  Pick<InvitationStore, 'removeAttemptsOver'>;

// Of one Client on one Connection: a sign-in each minute for a week. The disk is not to be filled by one that comes more often.
const MOST = 10_080;

/** Removes sessions of which nothing is good any more, codes, and sign-ins that were begun, now and every hour, until the signal. */
export async function sweepBridgeSessions(
  { store, clock, log }: { readonly store: SweptStore; readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const now = clock.now();
      await store.removeBridgeSessionsOver(now, MOST);
      await store.removeBridgeCodesOver(now - REMEMBERED_MS);
      await store.removeAttemptsOver(now - REMEMBERED_MS);
    } catch (error) {
      log.warn('bridge.sweep_failed', { error: messageOf(error) });
    }
    // Rejects when the signal comes: then there is nothing left to do.
    await clock.sleep(INTERVAL_MS, signal).catch(() => undefined);
  }
}
