import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { GatewayError, VaultKeyMissing } from '../domain/errors.ts';
import type { Random } from '../runtime/random.ts';
import { writeNewSecretFile } from '../runtime/secret-file.ts';
import { KEY_BYTES } from './sealed-box.ts';

/** Where the vault key may come from, in this order: `value`, `file`, `defaultFile`. */
export interface VaultKeySource {
  /** TRUNKLINE_VAULT_KEY: base64. */
  readonly value?: string;
  /** TRUNKLINE_VAULT_KEY_FILE; it must be there. */
  readonly file?: string;
  /** Read where neither is given, and made where it is absent. */
  readonly defaultFile: string;
  /** Whether the database holds anything that only the present vault key can open. */
  readonly sealedRowsExist: boolean;
  readonly random: Random;
}

/** The vault key; `made` where it is new, so that its owner can be told to keep it safe. */
interface VaultKey {
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly made: boolean;
}

/** What was given as the vault key cannot be used as one. The message names where it came from, never the key. */
export class VaultKeyUnfit extends GatewayError {
  constructor(source: string, why: string, cause?: unknown) {
    super('vault_key_unfit', `${source} ${why}.`, { cause });
  }
}

/**
 * Finds the vault key, or makes one in the default file while nothing is sealed yet.
 *
 * @throws VaultKeyUnfit    not 32 bytes of base64, a key nobody drew at random, or a file that others may read
 * @throws VaultKeyMissing  there is no key, and the database holds what only the lost one can open
 */
export function readVaultKey({ value, file, defaultFile, sealedRowsExist, random }: VaultKeySource): VaultKey {
  if (value !== undefined) return { key: decodeKey(value, 'TRUNKLINE_VAULT_KEY'), made: false };
  const text = readKeyFile(file ?? defaultFile);
  if (text !== undefined) return { key: decodeKey(text, `The key file ${file ?? defaultFile}`), made: false };
  if (file !== undefined) {
    const next = sealedRowsExist ? 'put back the one the database was made with' : 'make one with `openssl rand -base64 32`, readable by its owner only';
    throw new VaultKeyUnfit(`The key file ${file}`, `is not there; correct TRUNKLINE_VAULT_KEY_FILE, or ${next}`);
  }
  if (sealedRowsExist) throw new VaultKeyMissing();
  return makeKeyFile(defaultFile, random);
}

function decodeKey(text: string, source: string): Uint8Array {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, 'base64');
  // Buffer skips what is not base64; only a key that encodes to the same text was read whole.
  if (key.length !== KEY_BYTES || key.toString('base64') !== trimmed) {
    throw new VaultKeyUnfit(source, `must hold ${KEY_BYTES} bytes in base64, 44 characters; make them with \`openssl rand -base64 32\``);
  }
  if (isTrivial(key)) throw new VaultKeyUnfit(source, 'holds a key that anybody could guess; make one with `openssl rand -base64 32`');
  return key;
}

// A pattern that repeats at least once, or bytes that count up or down: examples and placeholders look like that.
function isTrivial(key: Uint8Array): boolean {
  const period = Array.from({ length: KEY_BYTES / 2 }, (_, index) => index + 1).find((length) => key.every((byte, index) => byte === key[index % length]));
  const steps = new Set(key.subarray(1).map((byte, index) => byte - (key[index] ?? 0)));
  return period !== undefined || steps.size === 1;
}

function readKeyFile(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new VaultKeyUnfit(`The key file ${file}`, `cannot be read (${codeOf(error)})`, error);
  }
  try {
    const mode = fstatSync(descriptor).mode & 0o777;
    if ((mode & 0o077) !== 0) {
      throw new VaultKeyUnfit(`The key file ${file}`, `may be read or changed by others (mode 0${mode.toString(8)}); run \`chmod 600 ${file}\``);
    }
    return readFileSync(descriptor, 'utf8');
  } catch (error) {
    throw error instanceof VaultKeyUnfit ? error : new VaultKeyUnfit(`The key file ${file}`, `cannot be read (${codeOf(error)})`, error);
  } finally {
    closeSync(descriptor);
  }
}

function makeKeyFile(file: string, random: Random): VaultKey {
  const key = random.bytes(KEY_BYTES);
  try {
    if (writeNewSecretFile(file, `${Buffer.from(key).toString('base64')}\n`, random)) return { key, made: true };
  } catch (error) {
    throw new VaultKeyUnfit(`The key file ${file}`, `cannot be made (${codeOf(error)})`, error);
  }
  return { key: decodeKey(readKeyFile(file) ?? '', `The key file ${file}`), made: false };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
