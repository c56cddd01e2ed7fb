import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import type { Random } from '../runtime/random.ts';

/** Length of a vault key and of a data key, in bytes: AES-256. */
export const KEY_BYTES = 32;

// NIST SP 800-38D §8.2.2: a random IV of 96 bits is good for 2^32 messages under one key.
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Where a sealed value rests. It is the associated data: the value opens nowhere else.
 *
 * `row` is the row's stable key, part by part.
 */
export interface Place {
  readonly table: string;
  readonly column: string;
  readonly row: readonly (string | number)[];
}

/**
 * Seals bytes under a key for one place, with AES-256-GCM and a fresh IV.
 *
 * @returns IV (12 bytes), ciphertext, tag (16 bytes)
 */
export function sealBytes(key: KeyObject, place: Place, plain: Uint8Array, random: Random): Uint8Array {
  const iv = random.bytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(place));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Opens what `sealBytes` made.
 *
 * @returns nothing where the bytes were altered, belong to another place, or were sealed under another key
 */
export function openBytes(key: KeyObject, place: Place, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(place));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(IV_BYTES, sealed.length - TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}

const LENGTH_BYTES = 4;

// Each part is preceded by its length, so that no two places give the same bytes. In one piece: this is on the way to every token.
function associatedData({ table, column, row }: Place): Uint8Array {
  const parts = [table, column, ...row.map(String)];
  const bytes = Buffer.allocUnsafe(parts.reduce((sum, part) => sum + LENGTH_BYTES + Buffer.byteLength(part, 'utf8'), 0));
  let at = 0;
  for (const part of parts) {
    const length = bytes.write(part, at + LENGTH_BYTES, 'utf8');
    bytes.writeUInt32BE(length, at);
    at += LENGTH_BYTES + length;
  }
  return bytes;
}
