import { type Random, randomText } from '../../runtime/random.ts';
import { Collection } from '../collection.ts';
import type { Journal } from '../journal.ts';
import type { CodeChallenge } from './pkce.ts';
import type { Identity } from './session.ts';

/** What an authorization code stands for. */
export interface AuthorizationCode {
  /** The code itself. */
  readonly id: string;
  readonly clientId: string;
  readonly ownerId: string;
  /** Where it was sent to. */
  readonly redirectUri: string;
  /** Whether the app named the redirect URI; only then must it name it again. */
  readonly isRedirectUriNamed: boolean;
  readonly challenge?: CodeChallenge;
  readonly identity?: Identity;
  readonly expiresAt: number;
  /** When it was first presented; from then on it is good for nothing. */
  readonly presentedAt?: number;
  /** What came of it. */
  readonly sessionId?: string;
}

const CODE_PREFIX = 'SBXC';
const CODE_BYTES = 32;
/** RingCentral "Authorization code flow": the one figure that is printed. */
export const CODE_LIFETIME_SECONDS = 60;
// For so long a code that comes again ends the session that came of it. RFC 6749 §4.1.2: ten minutes is the longest life of a code.
const REMEMBERED_MS = 10 * 60_000;

/** The authorization codes that were issued of late. */
export class AuthorizationCodes {
  readonly #now: () => number;
  readonly #random: Random;
  readonly #codes: Collection<AuthorizationCode>;

  constructor({ now, random, journal }: { readonly now: () => number; readonly random: Random; readonly journal: Journal }) {
    this.#now = now;
    this.#random = random;
    this.#codes = new Collection('authorization-code', journal);
  }

  issue(wanted: Omit<AuthorizationCode, 'id' | 'expiresAt' | 'presentedAt' | 'sessionId'>): AuthorizationCode {
    this.#sweep();
    const id = CODE_PREFIX + randomText(this.#random, CODE_BYTES);
    return this.#codes.put({ id, ...wanted, expiresAt: this.#now() + CODE_LIFETIME_SECONDS * 1_000 });
  }

  find(code: string): AuthorizationCode | undefined {
    return this.#codes.find(code);
  }

  /** It has been presented: whatever comes of that, it is used up. */
  burn(code: AuthorizationCode): void {
    this.#codes.put({ ...code, presentedAt: this.#now() });
  }

  /** Remembers what came of it, so that the session ends if the code comes again. */
  redeemed(code: AuthorizationCode, sessionId: string): void {
    this.#codes.put({ ...code, presentedAt: this.#now(), sessionId });
  }

  restore(code: AuthorizationCode): void {
    this.#codes.restore(code);
  }

  reset(): void {
    this.#codes.reset();
  }

  #sweep(): void {
    const oldest = this.#now() - REMEMBERED_MS;
    for (const code of this.#codes.list()) if (code.expiresAt < oldest) this.#codes.remove(code);
  }
}
