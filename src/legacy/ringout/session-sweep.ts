import type { RingOutSessionStore } from '../../domain/ring-out.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';

// Sessions live for a day, so a few of them that stay an hour longer do not count.
const INTERVAL_MS = 60 * 60 * 1_000;

/**
 * Removes expired RingOut sessions, now and every hour, until the signal.
 *
 * Expired ones are not found anyway: this keeps the table small.
 */
export async function sweepSessions(
  parts: { readonly sessions: RingOutSessionStore; readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await parts.sessions.removeExpiredSessions(parts.clock.now());
    } catch (error) {
      parts.log.warn('ringout.sweep_failed', { error: error instanceof Error ? error.message : String(error) });
    }
    // Rejects when the signal comes: then there is nothing left to do.
    await parts.clock.sleep(INTERVAL_MS, signal).catch(() => undefined);
  }
}
