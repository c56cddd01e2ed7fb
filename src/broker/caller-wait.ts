import { TokenPending } from '../domain/errors.ts';
import type { Clock } from '../runtime/clock.ts';

// docs/guarantees.md, G5.
const CALLER_WAIT_MS = 10_000;
const RETRY_AFTER_MS = 5_000;

/**
 * What a run wins, for a caller who waits ten seconds for it and is then told to come back; the run goes on.
 *
 * @throws TokenPending, and what `run` rejects with
 */
export async function waitAsCaller<Won>(clock: Pick<Clock, 'sleep'>, connection: string, run: Promise<Won>): Promise<Won> {
  const enough = new AbortController();
  const late = clock.sleep(CALLER_WAIT_MS, enough.signal).then(() => {
    throw new TokenPending(connection, RETRY_AFTER_MS);
  });
  // Whichever loses the race has nobody left to hear it.
  late.catch(() => undefined);
  try {
    return await Promise.race([run, late]);
  } finally {
    enough.abort();
  }
}
