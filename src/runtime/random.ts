import { randomBytes, randomFillSync, randomInt } from 'node:crypto';

/** The only source of randomness; a test hands in a sequence of its own. */
export interface Random {
  /** Bytes fit for keys and tokens. */
  bytes(length: number): Uint8Array;
  /** A whole number from `min` up to but not including `max`, all equally likely. */
  integer(min: number, max: number): number;
}

/** The operating system's generator. */
export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  integer: (min, max) => randomInt(min, max),
};

const POOL_BYTES = 4_096;
const pool = Buffer.alloc(POOL_BYTES);
let taken = POOL_BYTES;

/**
 * The operating system's generator, asked for many bytes at once: a call of it takes as long as the rest of a token answer,
 * however few bytes it gives. For keys that rest, `systemRandom` is the one: nothing of those waits in memory.
 */
export const pooledRandom: Random = {
  bytes: (length) => (length > POOL_BYTES ? randomBytes(length) : fromPool(length)),
  integer: (min, max) => randomInt(min, max),
};

/** Bytes that nobody gets a second time: what is given is wiped here. */
function fromPool(length: number): Buffer {
  if (taken + length > POOL_BYTES) {
    randomFillSync(pool);
    taken = 0;
  }
  // A Buffer of Node's own: a small Uint8Array has no memory outside the heap until it is written out as text, and getting it is slow.
  const given = Buffer.allocUnsafe(length);
  pool.copy(given, 0, taken, taken + length);
  pool.fill(0, taken, taken + length);
  taken += length;
  return given;
}

/** Random bytes as unpadded base64url: 4 characters for 3 bytes. */
export function randomText(random: Random, bytes: number): string {
  const made = random.bytes(bytes);
  const buffer = Buffer.isBuffer(made) ? made : Buffer.from(made.buffer, made.byteOffset, made.byteLength);
  return buffer.toString('base64url');
}
