import type { Random } from '../runtime/random.ts';

// Full jitter: up to a second after the first failure, doubled with each, up to a minute. While the platform is away one
// request in a while for each Connection finds out when it is back.
const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
const MOST_DOUBLINGS = 20;

/** How long to wait after so many failures. */
export function backOffMs(random: Random, failures: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(Math.max(0, failures - 1), MOST_DOUBLINGS));
  return random.integer(Math.ceil(longest / 2), longest + 1);
}
