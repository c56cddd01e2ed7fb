import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { SealedValueUnreadable } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { KEY_BYTES, type Place } from './sealed-box.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const LAST_AT = IV_BYTES - 1;
const NUMBER_AT = LAST_AT - 4;

/**
 * Seals a long content piece by piece, so that none of it can be left out, exchanged or added, and nothing of it has to be in
 * memory beyond a piece.
 *
 * The key is used for one content alone, so the number of the piece, and whether it is the last one, are its IV (the STREAM
 * construction: Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
 * Misuse-Resistance", 2015). Without the key the content is gone, wherever a copy of a piece may lie.
 */
export class ContentBox {
  readonly #key: KeyObject;
  readonly #place: Pick<Place, 'table' | 'column'>;
  readonly #owner: Buffer;

  /** @param owner  what it belongs to: it opens for nothing else */
  constructor(key: Secret, place: Pick<Place, 'table' | 'column'>, owner: string) {
    const bytes = Buffer.from(key.reveal(), 'base64');
    if (bytes.length !== KEY_BYTES) throw new TypeError(`a content key has ${KEY_BYTES} bytes, not ${bytes.length}`);
    this.#key = createSecretKey(bytes);
    this.#place = place;
    this.#owner = Buffer.from(`${place.table}\n${place.column}\n${owner}`, 'utf8');
  }

  /** @param number  from 0 */
  seal(number: number, isLast: boolean, plain: Uint8Array): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#key, ivOf(number, isLast), { authTagLength: TAG_BYTES });
    cipher.setAAD(this.#owner);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws SealedValueUnreadable  it is another piece, or was altered */
  open(number: number, isLast: boolean, sealed: Uint8Array): Buffer {
    if (sealed.length < TAG_BYTES) throw this.unreadable();
    const decipher = createDecipheriv('aes-256-gcm', this.#key, ivOf(number, isLast), { authTagLength: TAG_BYTES });
    decipher.setAAD(this.#owner);
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
    try {
      // GCM keeps nothing back: this gives no bytes, and throws where the tag is another.
      decipher.final();
      return plain;
    } catch {
      throw this.unreadable();
    }
  }

  unreadable(): SealedValueUnreadable {
    return new SealedValueUnreadable(this.#place.table, this.#place.column, false);
  }
}

function ivOf(number: number, isLast: boolean): Buffer {
  const iv = Buffer.alloc(IV_BYTES);
  iv.writeUInt32BE(number, NUMBER_AT);
  iv.writeUInt8(isLast ? 1 : 0, LAST_AT);
  return iv;
}
