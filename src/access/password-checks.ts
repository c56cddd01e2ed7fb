import { createHmac } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import { Guesses } from './guesses.ts';
import { SlowHash } from './slow-hash.ts';

// OWASP "Password Storage": Argon2id with 19 MiB, two passes, one lane.
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
// An old program sends its password with every request. Right ones are remembered, in this process only and as keyed
// digests, so that the slow hash is paid once per login; wrong ones too, so that a program nobody told of a new password
// costs nothing and uses up nobody's guesses. The bound keeps memory flat.
const REMEMBERED = 10_000;
// As long as the digest, which RFC 2104 §3 asks for at least.
const DIGEST_KEY_BYTES = 32;

/** A password that somebody shows. */
export interface PasswordShown {
  /** What is guessed at: a user name in its one spelling, or a client id. */
  readonly name: string;
  /** What tells logins of one name apart; empty where nothing does. */
  readonly extension: string;
  readonly password: string;
}

/** A password as it is stored: Argon2id in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON2ID);
}

/** What the checks are handed. */
export interface PasswordCheckParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  /** Argon2id, a few at once, unless a test brings its own. */
  readonly slowHash?: Pick<SlowHash, 'verify'>;
}

/** Checks passwords against what is stored of them, and holds back who guesses. */
export class PasswordChecks {
  readonly #digestKey: Uint8Array;
  readonly #guesses: Guesses;
  readonly #slowHash: Pick<SlowHash, 'verify'>;
  readonly #right = new Set<string>();
  readonly #wrong = new Set<string>();
  readonly #underWay = new Map<string, Promise<boolean>>();
  #decoy: Promise<string> | undefined;

  constructor({ clock, random, slowHash = new SlowHash() }: PasswordCheckParts) {
    this.#digestKey = random.bytes(DIGEST_KEY_BYTES);
    this.#guesses = new Guesses(clock);
    this.#slowHash = slowHash;
  }

  /**
   * Whether a password is the one that is stored.
   *
   * Where none is stored it takes the same path through the slow hash, and through the count of guesses, so that neither
   * answer nor time tells the two apart. Who has guessed too often is refused unlooked at; nothing is ever locked, and from
   * elsewhere the right password works as ever.
   *
   * @param stored   as `hashPassword` gives it; nothing where there is none
   * @param address  where the attempt comes from
   * @throws LoginsBusy  too many passwords are being checked
   */
  async isRight(stored: string | undefined, shown: PasswordShown, address: string): Promise<boolean> {
    const decoy = await this.#decoyHash();
    return (await this.#check(stored ?? decoy, shown, address)) && stored !== undefined;
  }

  /**
   * The same for a secret that is not hashed, and was compared before: who has guessed too often is refused although it is right,
   * and a wrong one costs what a wrong password costs.
   *
   * @throws LoginsBusy
   */
  async judge(isRight: boolean, shown: PasswordShown, address: string): Promise<boolean> {
    if (!isRight) return this.isRight(undefined, shown, address);
    const guess = this.#guesses.take(shown.name, address);
    guess?.right();
    return guess !== undefined;
  }

  #check(stored: string, { name, extension, password }: PasswordShown, address: string): boolean | Promise<boolean> {
    const right = this.#digest(stored, password);
    // The decoy stands for every login that does not exist: what was learned of one must not speed up another.
    const wrong = this.#digest(stored, password, name, extension, address);
    if (this.#wrong.has(wrong)) return false;
    // A program that starts with ten windows shows its password ten times at once: that is one guess.
    const underWay = this.#underWay.get(wrong);
    if (underWay) return underWay;

    const guess = this.#guesses.take(name, address);
    if (!guess) return false;
    if (this.#right.has(right)) {
      guess.right();
      return true;
    }
    const verdict = this.#slowHash.verify(stored, password).then(
      (matches) => {
        if (matches) guess.right();
        remember(...(matches ? ([this.#right, right] as const) : ([this.#wrong, wrong] as const)));
        return matches;
      },
      (error: unknown) => {
        guess.undo();
        throw error;
      },
    );
    this.#underWay.set(wrong, verdict);
    return verdict.finally(() => this.#underWay.delete(wrong));
  }

  #digest(...parts: readonly string[]): string {
    return createHmac('sha256', this.#digestKey).update(JSON.stringify(parts)).digest('base64');
  }

  #decoyHash(): Promise<string> {
    this.#decoy ??= hashPassword(Buffer.from(this.#digestKey).toString('hex'));
    return this.#decoy;
  }
}

function remember(digests: Set<string>, digest: string): void {
  for (const oldest of digests) {
    if (digests.size < REMEMBERED) break;
    digests.delete(oldest);
  }
  digests.add(digest);
}
