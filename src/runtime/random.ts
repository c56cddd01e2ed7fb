import { randomBytes, randomInt } from 'node:crypto';

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

/** Random bytes as unpadded base64url: 4 characters for 3 bytes. */
export function randomText(random: Random, bytes: number): string {
  return Buffer.from(random.bytes(bytes)).toString('base64url');
}
