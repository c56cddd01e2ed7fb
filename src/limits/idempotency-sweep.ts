import type { IdempotencyStore } from '../domain/idempotency.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';

// Keys live for a day, so a few of them that stay an hour longer do not count.
const INTERVAL_MS = 60 * 60 * 1_000;

/**
 * Removes keys whose day is over, now and every hour, until the signal. They count as never used anyway: this keeps the
 * table small.
 */
export async function sweepIdempotencyKeys(
  parts: { readonly store: Pick<IdempotencyStore, 'removeExpiredIdempotencyKeys'>; readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await parts.store.removeExpiredIdempotencyKeys(parts.clock.now());
    } catch (error) {
      parts.log.warn('idempotency.sweep_failed', { error: error instanceof Error ? error.message : String(error) });
    }
    // Rejects when the signal comes: then there is nothing left to do.
    await parts.clock.sleep(INTERVAL_MS, signal).catch(() => undefined);
  }
}
