import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Random } from '../runtime/random.ts';
import { KEY_BYTES, openBytes, type Place, sealBytes } from './sealed-box.ts';

/** A data key as it rests: sealed under the vault key, which is not in the database. */
export interface WrappedDataKey {
  /** From 1; the highest one seals, any one opens. */
  readonly id: number;
  readonly wrapped: Uint8Array;
  readonly createdAt: number;
}

/** Where wrapped data keys rest. */
export interface DataKeyStore {
  listDataKeys(): Promise<readonly WrappedDataKey[]>;
  /** @returns false where the id is taken: another process was first, and its key counts */
  addDataKey(key: WrappedDataKey): Promise<boolean>;
}

const WRAP_VERSION = 1;

/**
 * Makes a data key and wraps it.
 *
 * @param now  epoch milliseconds
 */
export function makeDataKey(vaultKey: KeyObject, id: number, random: Random, now: number): WrappedDataKey {
  const box = sealBytes(vaultKey, placeOf(id), random.bytes(KEY_BYTES), random);
  return { id, wrapped: Buffer.concat([Uint8Array.of(WRAP_VERSION), box]), createdAt: now };
}

/** Unwraps a data key; nothing where the vault key is not the one it was wrapped with, or the bytes were altered. */
export function openDataKey(vaultKey: KeyObject, { id, wrapped }: WrappedDataKey): KeyObject | undefined {
  if (wrapped[0] !== WRAP_VERSION) return undefined;
  const key = openBytes(vaultKey, placeOf(id), wrapped.subarray(1));
  return key?.length === KEY_BYTES ? createSecretKey(key) : undefined;
}

function placeOf(id: number): Place {
  return { table: 'data_keys', column: 'wrapped', row: [id] };
}
