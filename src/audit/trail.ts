import { type AuditEntry, type AuditLine, type AuditStore, type AuditTrail, inOneLine } from '../domain/audit.ts';
import { StoreUnavailable } from '../domain/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { Counts } from './counts.ts';
import { Refusals } from './refusals.ts';

/** What the trail is handed. */
export interface TrailParts {
  readonly store: Pick<AuditStore, 'appendAudit'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** The trail as the one sees it who made it. */
export interface OwnedTrail extends AuditTrail {
  /** Writes what is only counted so far; of refusals where their time is over, or all of it before the store is closed. */
  sumUp(all?: boolean): Promise<void>;
}

/** The audit trail in the store; every value is made fit for one line first. */
export function createTrail({ store, clock, log }: TrailParts): OwnedTrail {
  const append = async (told: AuditLine, times = 1): Promise<void> => {
    const line = inLine({ ...told, at: clock.now(), times });
    try {
      await store.appendAudit(line);
    } catch (error) {
      // Never dropped silently: the log is the second place.
      log.error('audit.not_written', { ...line });
      throw new StoreUnavailable('the audit line could not be written', error);
    }
  };
  const note = (told: AuditLine, times = 1) => append(told, times).catch(() => undefined);
  const refusals = new Refusals(note, clock);
  const counts = new Counts(note);
  return {
    record: (told) => append(told),
    note: (told) => note(told),
    refused: (told) => refusals.add(told),
    counted: (told) => counts.add(told),
    sumUp: async (all) => {
      await counts.sumUp();
      await refusals.sumUp(all);
    },
  };
}

function inLine({ at, times, ...texts }: AuditEntry): AuditEntry {
  return { at, ...(Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, inOneLine(text)])) as AuditLine), times };
}
