import type { Random } from '../runtime/random.ts';

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/**
 * How long to leave something alone that has failed so many times in a row: at random up to a bound that doubles, so
 * that those who failed together do not come back together.
 *
 * @param failures  1 after the first
 * @returns milliseconds, from 1 to 60 000
 */
export function backOffMs(random: Random, failures: number): number {
  return random.integer(1, Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10)) + 1);
}
