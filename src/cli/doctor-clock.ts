import type { Finding } from './finding.ts';

// Nodes that share a database work in its time, and expiry is counted here: half a minute is felt (docs/guarantees.md, G8).
const CLOCK_TOLERANCE_MS = 30_000;

/** Where the nodes of the database share a time that this machine's clock is far from, that. */
export function offsetFindings(offsetMs: number, database: string): Finding[] {
  if (Math.abs(offsetMs) <= CLOCK_TOLERANCE_MS) return [];
  const seconds = Math.round(Math.abs(offsetMs) / 1_000);
  const message = `${seconds} s ${offsetMs < 0 ? 'ahead of' : 'behind'} ${database}, in whose time its nodes work; let both machines set their clocks by NTP`;
  return [{ name: 'clock', level: 'warn', message }];
}

/**
 * How far this machine's clock is from the platform's.
 *
 * @param date  the answer's Date header; null where it has none
 * @param now   when the answer's Date was written, by our clock: epoch milliseconds
 */
export function clockFinding(origin: string, date: string | null, now: number): Finding {
  const name = 'clock';
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return { name, level: 'warn', message: `${origin} does not say what time it is` };
  // Date has whole seconds, cut off: half a second is the best guess.
  const offsetMs = now - (theirs + 500);
  const seconds = Math.round(Math.abs(offsetMs) / 1_000);
  if (Math.abs(offsetMs) <= CLOCK_TOLERANCE_MS) return { name, level: 'ok', message: `within ${Math.max(1, seconds)} s of ${origin}` };
  return { name, level: 'warn', message: `${seconds} s ${offsetMs > 0 ? 'ahead of' : 'behind'} ${origin}; let this machine set its clock by NTP` };
}
