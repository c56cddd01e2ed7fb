import { type AuditEntry, type AuditStore, type AuditTrail, inOneLine } from '../domain/audit.ts';
import { StoreUnavailable } from '../domain/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';

/** What the trail is handed. */
export interface TrailParts {
  readonly store: Pick<AuditStore, 'appendAudit'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** The audit trail in the store; every value is made fit for one line first. */
export function createTrail({ store, clock, log }: TrailParts): AuditTrail {
  const append = async (entry: Omit<AuditEntry, 'at'>): Promise<void> => {
    const line = inLine({ ...entry, at: clock.now() });
    try {
      await store.appendAudit(line);
    } catch (error) {
      // Never dropped silently: the log is the second place.
      log.error('audit.not_written', { ...line });
      throw new StoreUnavailable('the audit line could not be written', error);
    }
  };
  return { record: append, note: (entry) => append(entry).catch(() => undefined) };
}

function inLine({ at, ...texts }: AuditEntry): AuditEntry {
  return { at, ...(Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, inOneLine(text)])) as Omit<AuditEntry, 'at'>) };
}
