import { createSecretKey, type KeyObject } from 'node:crypto';
import { SealedValueUnreadable, VaultKeyWrong } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import type { Random } from '../runtime/random.ts';
import { type DataKeyStore, makeDataKey, openDataKey } from './data-key.ts';
import { KEY_BYTES, openBytes, type Place, sealBytes } from './sealed-box.ts';

/**
 * Where secrets rest: what is done to them before the database sees them, and after.
 *
 * A sealed value is version (1 byte), key id (4 bytes, big-endian), IV (12), ciphertext, tag (16).
 */
export interface Vault {
  /** Seals a secret for one place, under the newest data key. */
  seal(place: Place, secret: Secret): Uint8Array;
  /** @throws SealedValueUnreadable  truncated, altered, from another place, or under a key that is not here: all the same */
  open(place: Place, sealed: Uint8Array): Secret;
}

/** What a Vault is opened with; `now` is in epoch milliseconds. */
interface VaultParts {
  /** 32 bytes, see `readVaultKey`. */
  readonly vaultKey: Uint8Array;
  readonly keys: DataKeyStore;
  readonly random: Random;
  readonly now: number;
}

/** The data keys, opened, by id; it is in memory only. */
type KeyRing = ReadonlyMap<number, KeyObject>;

const VERSION = 1;
const HEADER_BYTES = 5;
const FIRST_KEY_ID = 1;

/**
 * Opens the data keys with the vault key; makes the first one where there is none.
 *
 * @throws VaultKeyWrong  where a data key does not open; nothing was changed
 */
export async function openVault({ vaultKey, keys, random, now }: VaultParts): Promise<Vault> {
  if (vaultKey.length !== KEY_BYTES) throw new TypeError(`a vault key has ${KEY_BYTES} bytes, not ${vaultKey.length}`);
  const ring = await openRing(createSecretKey(vaultKey), keys, random, now);
  const newest = Math.max(...ring.keys());
  const sealingKey = ring.get(newest);
  if (!sealingKey) throw new TypeError('the store kept no data key');
  return {
    seal: (place, secret) => Buffer.concat([header(newest), sealBytes(sealingKey, place, Buffer.from(secret.reveal(), 'utf8'), random)]),
    open: (place, sealed) => openWith(ring, place, sealed),
  };
}

async function openRing(vaultKey: KeyObject, keys: DataKeyStore, random: Random, now: number): Promise<KeyRing> {
  let wrapped = await keys.listDataKeys();
  if (wrapped.length === 0) {
    // Read again, whoever was first: two processes that start at once then seal under the same key.
    await keys.addDataKey(makeDataKey(vaultKey, FIRST_KEY_ID, random, now));
    wrapped = await keys.listDataKeys();
  }
  const ring = new Map<number, KeyObject>();
  for (const dataKey of wrapped) {
    const key = openDataKey(vaultKey, dataKey);
    if (!key) throw new VaultKeyWrong();
    ring.set(dataKey.id, key);
  }
  return ring;
}

function openWith(ring: KeyRing, place: Place, sealed: Uint8Array): Secret {
  const keyId = keyIdOf(sealed);
  const key = keyId === undefined ? undefined : ring.get(keyId);
  const plain = key && openBytes(key, place, sealed.subarray(HEADER_BYTES));
  if (!plain) throw new SealedValueUnreadable(place.table, place.column, keyId !== undefined && key === undefined);
  return new Secret(Buffer.from(plain).toString('utf8'));
}

function header(keyId: number): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt8(VERSION, 0);
  bytes.writeUInt32BE(keyId, 1);
  return bytes;
}

/** Nothing where the value is too short, or of a version that is not known here. */
function keyIdOf(sealed: Uint8Array): number | undefined {
  if (sealed.length < HEADER_BYTES || sealed[0] !== VERSION) return undefined;
  return new DataView(sealed.buffer, sealed.byteOffset).getUint32(1);
}
