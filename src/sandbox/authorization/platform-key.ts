import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { Random } from '../../runtime/random.ts';
import type { Journal } from '../journal.ts';

/** The key as a journal keeps it. */
export interface SigningKey {
  readonly kid: string;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
}

/** A public key as RFC 7517 writes it. */
export interface PublicJwk {
  readonly kty: string;
  readonly alg: 'RS256';
  readonly use: 'sig';
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

const KEY_BITS = 2_048;
const KID_BYTES = 16;
const KEY_ID = 'jwt';

interface Pair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/**
 * The key with which the platform signs JWTs, and knows its own; it outlives a restart.
 *
 * Signing is Node's own and synchronous, like everything that a token request does here: what a request changes is one
 * step, and its order is the order of arrival.
 */
export class PlatformKey {
  readonly #random: Random;
  readonly #journal: Journal;
  #pair: Pair | undefined;

  constructor(random: Random, journal: Journal) {
    this.#random = random;
    this.#journal = journal;
  }

  /** A JWT with these claims, by RS256. */
  sign(claims: object): string {
    const { kid, privateKey } = this.#made();
    const signed = `${encode({ typ: 'JWT', alg: 'RS256', kid })}.${encode(claims)}`;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }

  /**
   * The claims of a JWT that this key has signed.
   *
   * The header's own word is not taken for the algorithm or the key: it is RS256 and our key, or nothing.
   */
  verify(jwt: string): Readonly<Record<string, unknown>> | undefined {
    const [header, claims, signature, ...rest] = jwt.split('.');
    if (!header || !claims || !signature || rest.length > 0) return undefined;
    const { alg, kid, ...others } = decodeJwtPart(header);
    const pair = this.#made();
    if (alg !== 'RS256' || kid !== pair.kid || Object.keys(others).some((name) => name !== 'typ')) return undefined;
    if (!verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), pair.publicKey, Buffer.from(signature, 'base64url'))) return undefined;
    return decodeJwtPart(claims);
  }

  /** For everybody who wants to verify. */
  publicJwk(): PublicJwk {
    const { kid, publicKey } = this.#made();
    const { kty = '', n = '', e = '' } = publicKey.export({ format: 'jwk' });
    return { kty, alg: 'RS256', use: 'sig', kid, n, e };
  }

  /** Takes up the key that a journal held. */
  restore({ kid, privateKey }: SigningKey): void {
    const key = createPrivateKey(privateKey);
    this.#pair = { kid, privateKey: key, publicKey: createPublicKey(key) };
  }

  reset(): void {
    this.#pair = undefined;
  }

  // Made when it is first needed: most sandboxes never see a JWT, and making it takes longer than starting one.
  #made(): Pair {
    if (this.#pair) return this.#pair;
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: KEY_BITS });
    const kid = Buffer.from(this.#random.bytes(KID_BYTES)).toString('hex');
    this.#pair = { kid, privateKey, publicKey };
    const kept: SigningKey = { kid, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    this.#journal.put('key', KEY_ID, kept);
    return this.#pair;
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** A part of a JWT as an object; one that is none is empty. */
export function decodeJwtPart(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
