import type { RingOutSessionStore } from '../../domain/ring-out.ts';
import type { RingOutClaimStore } from '../../domain/ring-out-claim.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Log, messageOf } from '../../runtime/log.ts';

// Sessions live for a day, so a few of them that stay an hour longer do not count.
const INTERVAL_MS = 60 * 60 * 1_000;

/**
 * Removes expired RingOut sessions, and claims on calls whose holder is gone, now and every hour, until the signal.
 *
 * Expired ones are not found anyway: this keeps the table small.
 */
export async function sweepSessions(
  parts: { readonly sessions: RingOutSessionStore; readonly claims: RingOutClaimStore; readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const now = parts.clock.now();
      await parts.sessions.removeExpiredSessions(now);
      await parts.claims.removeExpiredClaims(now);
    } catch (error) {
      parts.log.warn('ringout.sweep_failed', { error: messageOf(error) });
    }
    // Rejects when the signal comes: then there is nothing left to do.
    await parts.clock.sleep(INTERVAL_MS, signal).catch(() => undefined);
  }
}
