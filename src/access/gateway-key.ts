import { hash } from 'node:crypto';
import { type Random, randomText } from '../runtime/random.ts';

// 256 random bits: a fast hash is enough at rest, and no guess can hit.
const KEY_BYTES = 32;

const PREFIX = 'tlk_';
const LENGTH = PREFIX.length + 43;

/** A new gateway key, shown once: `tlk_` and 32 random bytes in base64url. */
export function createGatewayKey(random: Random): string {
  return `${PREFIX}${randomText(random, KEY_BYTES)}`;
}

/** Whether `text` looks like a gateway key, whoever's it is. */
export function isGatewayKey(text: string): boolean {
  return text.length === LENGTH && text.startsWith(PREFIX);
}

/** What of a gateway key is stored: SHA-256, hex. */
export function hashGatewayKey(key: string): string {
  return hash('sha256', key);
}
