import { createHash } from 'node:crypto';
import { type Random, randomText } from '../runtime/random.ts';

// 256 random bits: a fast hash is enough at rest, and no guess can hit.
const KEY_BYTES = 32;

/** A new gateway key, shown once. */
export function createGatewayKey(random: Random): string {
  return `tlk_${randomText(random, KEY_BYTES)}`;
}

/** What of a gateway key is stored: SHA-256, hex. */
export function hashGatewayKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
