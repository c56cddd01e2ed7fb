import type { Random } from '../../runtime/random.ts';
import type { Journal } from '../journal.ts';
import { type AuthorizationCode, AuthorizationCodes } from './authorization-codes.ts';
import { type BrowserLogin, BrowserLogins } from './browser-logins.ts';
import { type Consent, Consents } from './consents.ts';
import { PasswordGuesses, type WrongPasswords } from './password-guesses.ts';
import { PlatformKey, type SigningKey } from './platform-key.ts';
import { SeenAssertions } from './seen-assertions.ts';

/** What signing in remembers besides sessions and JWT credentials. */
export class AuthorizationServer {
  readonly key: PlatformKey;
  readonly codes: AuthorizationCodes;
  readonly browserLogins: BrowserLogins;
  readonly consents: Consents;
  readonly passwordGuesses: PasswordGuesses;
  readonly seenAssertions: SeenAssertions;
  /** By the kind of document that a journal keeps. */
  readonly restorers: readonly (readonly [string, (document: unknown) => void])[];

  constructor(parts: { readonly now: () => number; readonly random: Random; readonly journal: Journal }) {
    const { now, random, journal } = parts;
    this.key = new PlatformKey(random, journal);
    this.codes = new AuthorizationCodes(parts);
    this.browserLogins = new BrowserLogins(parts);
    this.consents = new Consents(journal);
    this.passwordGuesses = new PasswordGuesses(now, journal);
    this.seenAssertions = new SeenAssertions(now);
    this.restorers = [
      ['key', (document) => this.key.restore(document as SigningKey)],
      ['authorization-code', (document) => this.codes.restore(document as AuthorizationCode)],
      ['browser-login', (document) => this.browserLogins.restore(document as BrowserLogin)],
      ['consent', (document) => this.consents.restore(document as Consent)],
      ['wrong-passwords', (document) => this.passwordGuesses.restore(document as WrongPasswords)],
    ];
  }

  reset(): void {
    for (const book of [this.key, this.codes, this.browserLogins, this.consents, this.passwordGuesses, this.seenAssertions]) book.reset();
  }
}
