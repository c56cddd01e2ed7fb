import type { Clock } from './clock.ts';

/**
 * Waits for work, but not for ever.
 *
 * @returns whether it ended, well or not, within `ms`; work that did not goes on
 */
export async function within(clock: Pick<Clock, 'sleep'>, ms: number, work: Promise<unknown>): Promise<boolean> {
  const enough = new AbortController();
  const late = clock.sleep(Math.max(0, ms), enough.signal).then(
    () => false,
    () => false,
  );
  const done = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    enough.abort();
  }
}
