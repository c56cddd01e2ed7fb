import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Random, randomText } from '../../runtime/random.ts';
import { Collection } from '../collection.ts';
import type { Journal } from '../journal.ts';

/** A browser in which a user has signed in. */
export interface BrowserLogin {
  /** What its cookie holds. */
  readonly id: string;
  readonly ownerId: string;
  readonly authenticatedAt: number;
}

const ID_BYTES = 32;
// How long the platform's own login page remembers a browser is not documented: a working day.
const LIFETIME_MS = 12 * 3_600_000;
const COOKIE = 'sandbox_browser';

/** Who is signed in at which browser. */
export class BrowserLogins {
  readonly #now: () => number;
  readonly #random: Random;
  readonly #logins: Collection<BrowserLogin>;
  /** Of this process: a form that was open over a restart is shown anew. */
  readonly #formKey: Uint8Array;

  constructor({ now, random, journal }: { readonly now: () => number; readonly random: Random; readonly journal: Journal }) {
    this.#now = now;
    this.#random = random;
    this.#logins = new Collection('browser-login', journal);
    this.#formKey = random.bytes(ID_BYTES);
  }

  /** A name for a browser that has none yet. */
  newBrowserId(): string {
    return randomText(this.#random, ID_BYTES);
  }

  /** Who is signed in there. */
  find(browserId: string | undefined): BrowserLogin | undefined {
    const login = browserId === undefined ? undefined : this.#logins.find(browserId);
    return login && this.#now() < login.authenticatedAt + LIFETIME_MS ? login : undefined;
  }

  /** Signs a user in, under a new name: whoever knew the old one is not signed in with it. */
  start(ownerId: string, formerId: string | undefined): BrowserLogin {
    if (formerId !== undefined) this.end(formerId);
    for (const login of this.#logins.list()) if (this.#now() >= login.authenticatedAt + LIFETIME_MS) this.#logins.remove(login);
    return this.#logins.put({ id: this.newBrowserId(), ownerId, authenticatedAt: this.#now() });
  }

  end(browserId: string): void {
    this.#logins.remove({ id: browserId });
  }

  endAllOf(ownerId: string): void {
    for (const login of this.#logins.list()) if (login.ownerId === ownerId) this.#logins.remove(login);
  }

  /** What a form that this browser was shown sends along; no other site can know it. */
  formToken(browserId: string): string {
    return createHmac('sha256', this.#formKey).update(browserId).digest('base64url');
  }

  isFormToken(browserId: string, shown: string): boolean {
    const [expected, given] = [Buffer.from(this.formToken(browserId)), Buffer.from(shown)];
    return expected.length === given.length && timingSafeEqual(expected, given);
  }

  restore(login: BrowserLogin): void {
    this.#logins.restore(login);
  }

  reset(): void {
    this.#logins.reset();
  }
}

/** The browser's name, from its cookies. */
export function readBrowserId(cookies: string | undefined): string | undefined {
  const [, id] = new RegExp(`(?:^|; ?)${COOKIE}=([\\w-]{43})(?:;|$)`).exec(cookies ?? '') ?? [];
  return id;
}

/** The cookie that gives a browser its name: out of reach of scripts and of other sites' forms. */
export function browserCookie(browserId: string, origin: string): string {
  const secure = origin.startsWith('https:') ? '; Secure' : '';
  return `${COOKIE}=${browserId}; Path=/; HttpOnly; SameSite=Lax${secure}`;
}
