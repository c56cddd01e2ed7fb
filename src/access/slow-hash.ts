import { verify } from '@node-rs/argon2';
import { LoginsBusy } from '../domain/errors.ts';

// Argon2id takes 19 MiB and a thread of Node's pool for some 20 ms. Two at once leave half of that pool to files and
// names; 32 that wait are done within half a second.
const MOST_AT_ONCE = 2;
const MOST_WAITING = 32;

/** Verifies passwords by the slow hash, so few at once that a flood of them does not stand in the way of all else. */
export class SlowHash {
  readonly #verify: (stored: string, password: string) => Promise<boolean>;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param verifyPassword  Argon2id's, unless a test brings its own */
  constructor(verifyPassword: (stored: string, password: string) => Promise<boolean> = verify) {
    this.#verify = verifyPassword;
  }

  /** @throws LoginsBusy  too many wait already */
  async verify(stored: string, password: string): Promise<boolean> {
    if (this.#running < MOST_AT_ONCE) this.#running += 1;
    else await this.#turn();
    try {
      return await this.#verify(stored, password);
    } finally {
      // Whoever is next takes the place over.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= MOST_WAITING) throw new LoginsBusy();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
