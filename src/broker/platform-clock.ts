import type { Clock } from '../runtime/clock.ts';
import type { Fetch } from '../runtime/fetch.ts';
import type { Log } from '../runtime/log.ts';

// docs/guarantees.md, G8: more than this is felt.
const TOLERANCE_MS = 30_000;
// A Date header has whole seconds, cut off: half a second is the best guess.
const CUT_OFF_MS = 500;
// An answer that was slow tells too little: when it was dated is not known.
const LONGEST_ANSWER_MS = 10_000;

/**
 * The same way out; where an answer's Date says that this machine's clock is far from the platform's, that is logged, once
 * until it is right again.
 *
 * Nothing hangs on the difference: lifetimes are spans, and count from when we asked.
 *
 * @see RFC 9110 §6.6.1
 */
export function watchPlatformClock(fetch: Fetch, clock: Pick<Clock, 'now'>, log: Pick<Log, 'warn'>): Fetch {
  const off = new Set<string>();
  return async (url, init) => {
    const before = clock.now();
    const response = await fetch(url, init);
    const after = clock.now();
    const theirs = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(theirs) || after < before || after - before > LONGEST_ANSWER_MS) return response;

    const { origin } = new URL(url);
    const offsetMs = Math.round((before + after) / 2 - (theirs + CUT_OFF_MS));
    if (Math.abs(offsetMs) <= TOLERANCE_MS) off.delete(origin);
    else if (!off.has(origin)) {
      off.add(origin);
      log.warn('clock.platform_offset', {
        origin,
        offsetMs,
        note: `this clock is ${offsetMs > 0 ? 'ahead of' : 'behind'} the platform's; let this machine set it by NTP`,
      });
    }
    return response;
  };
}
