import { Collection } from '../collection.ts';
import type { Journal } from '../journal.ts';

/** How often in a row a wrong password was given for a user. */
export interface WrongPasswords {
  /** The user's. */
  readonly id: string;
  readonly count: number;
  readonly lastAt: number;
}

// That repeated wrong passwords lock a user is documented (OAU-147), the figures are not.
const MOST_IN_A_ROW = 5;
const LOCKED_MS = 30 * 60_000;

/** Whose password has been guessed at too often. */
export class PasswordGuesses {
  readonly #now: () => number;
  readonly #wrong: Collection<WrongPasswords>;

  constructor(now: () => number, journal: Journal) {
    this.#now = now;
    this.#wrong = new Collection('wrong-passwords', journal);
  }

  isLocked(ownerId: string): boolean {
    const wrong = this.#recent(ownerId);
    return wrong !== undefined && wrong.count >= MOST_IN_A_ROW;
  }

  /** One more wrong one. While a user is locked none is counted: the lock ends, whoever goes on guessing. */
  count(ownerId: string): void {
    this.#wrong.put({ id: ownerId, count: (this.#recent(ownerId)?.count ?? 0) + 1, lastAt: this.#now() });
  }

  /** The right one was given, or the lock taken off. */
  forget(ownerId: string): void {
    this.#wrong.remove({ id: ownerId });
  }

  restore(wrong: WrongPasswords): void {
    this.#wrong.restore(wrong);
  }

  reset(): void {
    this.#wrong.reset();
  }

  #recent(ownerId: string): WrongPasswords | undefined {
    const wrong = this.#wrong.find(ownerId);
    return wrong && this.#now() < wrong.lastAt + LOCKED_MS ? wrong : undefined;
  }
}
