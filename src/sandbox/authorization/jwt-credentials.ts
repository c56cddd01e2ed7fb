import type { Random } from '../../runtime/random.ts';
import type { Journal } from '../journal.ts';
import type { PlatformKey } from './platform-key.ts';

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

const ID_BYTES = 16;

/** What JWT credentials are made with. */
export interface JwtCredentialsParts {
  readonly now: () => number;
  readonly origin: () => string;
  readonly random: Random;
  readonly journal: Journal;
  readonly key: PlatformKey;
}

/**
 * The JWT credentials that users have made in the developer console.
 *
 * @see RFC 7523 §3; RingCentral "JWT auth flow"
 */
export class JwtCredentials {
  readonly #parts: JwtCredentialsParts;
  readonly #credentials = new Map<string, JwtCredential>();

  constructor(parts: JwtCredentialsParts) {
    this.#parts = parts;
  }

  /** Makes a credential. */
  add(wanted: Pick<JwtCredential, 'name' | 'ownerId' | 'clientIds' | 'expiresAt'>): JwtCredential {
    const { random, now } = this.#parts;
    const credential: JwtCredential = { id: Buffer.from(random.bytes(ID_BYTES)).toString('hex'), issuedAt: now(), ...wanted };
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
    const { origin, key } = this.#parts;
    const claims = {
      aud: `${origin()}/restapi/oauth/token`,
      sub: credential.ownerId,
      iss: origin(),
      ...(credential.expiresAt !== undefined && { exp: Math.floor(credential.expiresAt / 1_000) }),
      iat: Math.floor(credential.issuedAt / 1_000),
      jti: credential.id,
    };
    return key.sign(claims);
  }

  /** Revokes a credential; tokens that were issued for it live on. @returns whether there is one */
  revoke(id: string): boolean {
    const credential = this.#credentials.get(id);
    if (!credential) return false;
    this.#keep({ ...credential, revokedAt: this.#parts.now() });
    return true;
  }

  /** Whom an assertion stands for, if it is one of ours, for this platform and this app, and still good. */
  ownerOf(assertion: string, clientId: string): string | undefined {
    const { aud, sub, jti } = this.#parts.key.verify(assertion) ?? {};
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

  reset(): void {
    this.#credentials.clear();
  }

  #keep(credential: JwtCredential): void {
    this.#credentials.set(credential.id, credential);
    this.#parts.journal.put('jwt-credential', credential.id, credential);
  }
}
