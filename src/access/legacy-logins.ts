import { createHmac } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { type ClientStore, chooseLogin } from '../domain/client.ts';
import { LoginUnknown } from '../domain/errors.ts';
import { type CountryCode, loginName } from '../domain/phone-number.ts';
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

/** What an old program sends to say who it is. */
export interface LoginAttempt {
  /** However it is written. */
  readonly username: string;
  /** Empty or `0` for none. */
  readonly extension: string;
  readonly password: string;
}

/** Whom a login leads to. */
export interface LoginOwner {
  /** Its name. */
  readonly client: string;
  readonly connection: string;
}

/** A password as it is stored: Argon2id in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON2ID);
}

/** What the legacy logins are handed. */
export interface LegacyLoginParts {
  readonly store: Pick<ClientStore, 'listLogins'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  readonly country: CountryCode;
  /** Argon2id, a few at once, unless a test brings its own. */
  readonly slowHash?: Pick<SlowHash, 'verify'>;
}

/** Checks the logins that old programs send against ours; the platform's own credentials are never involved. */
export class LegacyLogins {
  readonly #store: Pick<ClientStore, 'listLogins'>;
  readonly #country: CountryCode;
  readonly #digestKey: Uint8Array;
  readonly #guesses: Guesses;
  readonly #slowHash: Pick<SlowHash, 'verify'>;
  readonly #right = new Set<string>();
  readonly #wrong = new Set<string>();
  readonly #underWay = new Map<string, Promise<boolean>>();
  #decoy: Promise<string> | undefined;

  constructor({ store, clock, random, country, slowHash = new SlowHash() }: LegacyLoginParts) {
    this.#store = store;
    this.#country = country;
    this.#digestKey = random.bytes(DIGEST_KEY_BYTES);
    this.#guesses = new Guesses(clock);
    this.#slowHash = slowHash;
  }

  /**
   * Who has this login.
   *
   * An unknown user and a wrong password take the same path through the slow hash, and through the count of guesses,
   * so that neither answer nor time tells them apart. Who has guessed too often is refused unlooked at; the login
   * itself is never locked, and from elsewhere it works as ever.
   *
   * @param address  where the attempt comes from
   * @throws LoginUnknown  there is no such login, its password is wrong, or too many were guessed before
   * @throws LoginsBusy    too many passwords are being checked
   */
  async findLegacyLogin(attempt: LoginAttempt, address: string): Promise<LoginOwner> {
    const username = loginName(attempt.username, this.#country);
    const login = chooseLogin(await this.#store.listLogins(username), attempt.extension);
    const decoy = await this.#decoyHash();
    const right = await this.#isRight(login?.passwordHash ?? decoy, { ...attempt, username }, address);
    if (!right || !login?.passwordHash) throw new LoginUnknown();
    return { client: login.client, connection: login.connection };
  }

  #isRight(stored: string, { username, extension, password }: LoginAttempt, address: string): boolean | Promise<boolean> {
    const right = this.#digest(stored, password);
    // The decoy stands for every login that does not exist: what was learned of one must not speed up another.
    const wrong = this.#digest(stored, password, username, extension, address);
    if (this.#wrong.has(wrong)) return false;
    // A program that starts with ten windows shows its password ten times at once: that is one guess.
    const underWay = this.#underWay.get(wrong);
    if (underWay) return underWay;

    const guess = this.#guesses.take(username, address);
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
