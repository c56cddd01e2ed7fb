import type { Clock } from '../runtime/clock.ts';
import type { OwnedTrail } from './trail.ts';

const SUM_UP_MS = 60_000;

/** What the upkeep is handed. */
export interface UpkeepParts {
  readonly trail: Pick<OwnedTrail, 'sumUp'>;
  readonly clock: Clock;
}

/** Sums up refusals every minute, until the signal, so that those of a source that went away are told too. */
export async function keepSummingUp({ trail, clock }: UpkeepParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await trail.sumUp();
    // Rejects when the signal comes: then there is nothing left to do.
    await clock.sleep(SUM_UP_MS, signal).catch(() => undefined);
  }
}
