import { type AuditRange, type AuditStore, type AuditTrail, gatewayLine } from '../domain/audit.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Log, messageOf } from '../runtime/log.ts';
import type { OwnedTrail } from './trail.ts';

const SUM_UP_MS = 60_000;
// How long lines are kept is told in days.
const TRIM_MS = 24 * 60 * 60 * 1_000;
// A thousand lines are removed in some milliseconds; between two goes everything else has its turn.
const TRIM_LINES = 1_000;
const TRIM_PAUSE_MS = 200;

/** Sums up refusals every minute, until the signal, so that those of a source that went away are told too. */
export async function keepSummingUp(
  { trail, clock }: { readonly trail: Pick<OwnedTrail, 'sumUp'>; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await trail.sumUp();
    // Rejects when the signal comes: then there is nothing left to do.
    await clock.sleep(SUM_UP_MS, signal).catch(() => undefined);
  }
}

/** What the trimming is handed. */
export interface TrimParts {
  readonly store: Pick<AuditStore, 'trimAudit'>;
  readonly trail: Pick<AuditTrail, 'note'>;
  readonly clock: Clock;
  readonly log: Log;
  /** How long lines are kept; 0: for ever. */
  readonly keepMs: number;
}

/** Removes the lines whose time is over, now and every day, until the signal; which they were is a line itself. */
export async function keepTrimming(parts: TrimParts, signal: AbortSignal): Promise<void> {
  while (parts.keepMs > 0 && !signal.aborted) {
    await trim(parts, signal);
    await parts.clock.sleep(TRIM_MS, signal).catch(() => undefined);
  }
}

async function trim({ store, trail, clock, log, keepMs }: TrimParts, signal: AbortSignal): Promise<void> {
  const before = clock.now() - keepMs;
  let trimmed: AuditRange | undefined;
  try {
    while (!signal.aborted) {
      const removed = await store.trimAudit(before, TRIM_LINES);
      if (!removed) break;
      trimmed = { first: trimmed?.first ?? removed.first, last: removed.last };
      await clock.sleep(TRIM_PAUSE_MS, signal).catch(() => undefined);
    }
  } catch (error) {
    log.warn('audit.trim_failed', { error: messageOf(error) });
  }
  if (!trimmed) return;
  const object = `audit/${trimmed.first}-${trimmed.last}`;
  await trail.note(gatewayLine('trimAudit', object, 'ok'));
}
