import type { Random } from '../runtime/random.ts';

const POOL_BYTES = 8_192;
// Longer ones are as cheap without a pool.
const LONGEST = 64;

/**
 * The same randomness, fetched from the operating system in larger pieces: asking it three times for each token request
 * cost more than everything else that the request does.
 *
 * Each byte is handed out once, and no longer in the pool then.
 */
export function pooledRandom(random: Random): Random {
  let pool: Uint8Array = new Uint8Array(0);
  let used = 0;
  return {
    bytes: (length) => {
      if (length > LONGEST) return random.bytes(length);
      if (used + length > pool.length) {
        pool = random.bytes(POOL_BYTES);
        used = 0;
      }
      // A copy: the `slice` of a Buffer, which the system's generator gives, would be the pool itself.
      const bytes = new Uint8Array(pool.subarray(used, used + length));
      pool.fill(0, used, used + length);
      used += length;
      return bytes;
    },
    integer: (min, max) => random.integer(min, max),
  };
}
