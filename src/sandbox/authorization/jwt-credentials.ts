import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { Random } from '../../runtime/random.ts';
import type { Journal } from '../journal.ts';

/** What the platform keeps of a JWT credential that it has issued. */
export interface JwtCredential {
  /** The `jti` of its JWT. */
  readonly id: string;
  /** By which a scenario or the console calls it. */
  readonly name?: string;
  readonly ownerId: string;
  readonly issuedAt: number;
  /** The apps that may use it; absent: all. */
  readonly clientIds?: readonly string[];
  /** Absent: it does not expire. */
  readonly expiresAt?: number;
  readonly revokedAt?: number;
}

/** The key by which the platform knows its own JWTs; it outlives a restart. */
export interface SigningKey {
  readonly kid: string;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
}

const KEY_BITS = 2_048;
const ID_BYTES = 16;
const KEY_ID = 'jwt';

/** What JWT credentials are made with. */
export interface JwtCredentialsParts {
  readonly now: () => number;
  readonly origin: () => string;
  readonly random: Random;
  readonly journal: Journal;
}

/**
 * The JWT credentials that users have made in the developer console.
 *
 * Signing is Node's own and synchronous, like everything that a token request does here: what a request changes is one
 * step, and its order is the order of arrival.
 *
 * @see RFC 7523 §3; RingCentral "JWT auth flow"
 */
export class JwtCredentials {
  readonly #parts: JwtCredentialsParts;
  readonly #credentials = new Map<string, JwtCredential>();
  #key: { readonly kid: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject } | undefined;

  constructor(parts: JwtCredentialsParts) {
    this.#parts = parts;
  }

  /** Makes a credential. */
  add(wanted: Pick<JwtCredential, 'name' | 'ownerId' | 'clientIds' | 'expiresAt'>): JwtCredential {
    const { random, now } = this.#parts;
    const credential: JwtCredential = { id: hex(random, ID_BYTES), issuedAt: now(), ...wanted };
    this.#keep(credential);
    return credential;
  }

  /** All of them, oldest first. */
  list(): readonly JwtCredential[] {
    return [...this.#credentials.values()];
  }

  /** @param named  its id, or its name */
  find(named: string): JwtCredential | undefined {
    return this.#credentials.get(named) ?? this.list().find(({ name }) => name === named);
  }

  /**
   * The JWT of a credential, the same whenever it is asked for: it is signed anew, so that a sandbox which starts with
   * many credentials need not wait for their signatures. The platform's own console shows it once.
   */
  jwtOf(credential: JwtCredential): string {
    const { origin } = this.#parts;
    const { kid, privateKey } = this.#signingKey();
    const claims = {
      aud: `${origin()}/restapi/oauth/token`,
      sub: credential.ownerId,
      iss: origin(),
      ...(credential.expiresAt !== undefined && { exp: Math.floor(credential.expiresAt / 1_000) }),
      iat: Math.floor(credential.issuedAt / 1_000),
      jti: credential.id,
    };
    const signed = `${encode({ typ: 'JWT', alg: 'RS256', kid })}.${encode(claims)}`;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }

  /** Revokes a credential; tokens that were issued for it live on. @returns whether there is one */
  revoke(id: string): boolean {
    const credential = this.#credentials.get(id);
    if (!credential) return false;
    this.#keep({ ...credential, revokedAt: this.#parts.now() });
    return true;
  }

  /**
   * Whom an assertion stands for, if it is one of ours, for this platform and this app, and still good.
   *
   * The header's own word is not taken for the algorithm or the key: it is RS256 and our key, or nothing.
   */
  ownerOf(assertion: string, clientId: string): string | undefined {
    const [header, claims, signature, ...rest] = assertion.split('.');
    if (!header || !claims || !signature || rest.length > 0) return undefined;
    const { alg, kid, ...others } = decode(header);
    const key = this.#signingKey();
    if (alg !== 'RS256' || kid !== key.kid || Object.keys(others).some((name) => name !== 'typ')) return undefined;
    if (!verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), key.publicKey, Buffer.from(signature, 'base64url'))) return undefined;
    const { aud, sub, jti } = decode(claims);
    const credential = this.#credentials.get(String(jti));
    if (!credential || credential.revokedAt !== undefined || aud !== `${this.#parts.origin()}/restapi/oauth/token`) return undefined;
    if (credential.expiresAt !== undefined && this.#parts.now() >= credential.expiresAt) return undefined;
    if (credential.clientIds && !credential.clientIds.includes(clientId)) return undefined;
    return sub === credential.ownerId ? credential.ownerId : undefined;
  }

  /** Takes up what a journal held. */
  restore(credential: JwtCredential): void {
    this.#credentials.set(credential.id, credential);
  }

  /** Takes up the key that a journal held. */
  restoreKey({ kid, privateKey }: SigningKey): void {
    const key = createPrivateKey(privateKey);
    this.#key = { kid, privateKey: key, publicKey: createPublicKey(key) };
  }

  reset(): void {
    this.#credentials.clear();
    this.#key = undefined;
  }

  // Made when it is first needed: most sandboxes never see a JWT, and making it takes longer than starting one.
  #signingKey() {
    if (this.#key) return this.#key;
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: KEY_BITS });
    const kid = hex(this.#parts.random, ID_BYTES);
    this.#key = { kid, privateKey, publicKey };
    const kept: SigningKey = { kid, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    this.#parts.journal.put('key', KEY_ID, kept);
    return this.#key;
  }

  #keep(credential: JwtCredential): void {
    this.#credentials.set(credential.id, credential);
    this.#parts.journal.put('jwt-credential', credential.id, credential);
  }
}

function hex(random: Random, bytes: number): string {
  return Buffer.from(random.bytes(bytes)).toString('hex');
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decode(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
