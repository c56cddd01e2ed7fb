import { createHmac, timingSafeEqual } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { type ClientStore, chooseLogin } from '../domain/client.ts';
import { LoginUnknown } from '../domain/errors.ts';
import { type CountryCode, loginName } from '../domain/phone-number.ts';
import type { Random } from '../runtime/random.ts';

// OWASP "Password Storage": Argon2id with 19 MiB, two passes, one lane.
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
// An old program sends its password with every request. Verified ones are remembered, in this process only and as
// keyed digests, so that the slow hash is paid once per login; the bound keeps memory flat.
const REMEMBERED = 10_000;

/** What an old program sends to say who it is. */
export interface LoginAttempt {
  readonly username: string;
  readonly extension: string;
  readonly password: string;
}

/** Whom a login leads to. */
export interface LoginOwner {
  readonly client: string;
  readonly connection: string;
}

/** A password as it is stored: Argon2id in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON2ID);
}

/** Checks the logins that old programs send against ours; the platform's own credentials are never involved. */
export class LegacyLogins {
  readonly #store: ClientStore;
  readonly #country: CountryCode;
  readonly #digestKey: Uint8Array;
  readonly #remembered = new Map<string, Buffer>();
  #decoy: Promise<string> | undefined;

  constructor(store: ClientStore, country: CountryCode, random: Random) {
    this.#store = store;
    this.#country = country;
    this.#digestKey = random.bytes(32);
  }

  /**
   * Who has this login.
   *
   * An unknown user and a wrong password take the same path through the slow hash, so that the time tells nothing.
   *
   * @throws LoginUnknown
   */
  async findLegacyLogin(attempt: LoginAttempt): Promise<LoginOwner> {
    const logins = await this.#store.listLogins(loginName(attempt.username, this.#country));
    const login = chooseLogin(logins, attempt.extension);
    const stored = login?.passwordHash ?? (await this.#decoyHash());
    if (!(await this.#matches(stored, attempt.password)) || !login?.passwordHash) throw new LoginUnknown();
    return { client: login.client, connection: login.connection };
  }

  async #matches(stored: string, password: string): Promise<boolean> {
    const digest = createHmac('sha256', this.#digestKey).update(stored).update('\0').update(password).digest();
    const known = this.#remembered.get(stored);
    if (known && timingSafeEqual(known, digest)) return true;
    if (!(await verify(stored, password))) return false;
    if (this.#remembered.size >= REMEMBERED) this.#remembered.clear();
    this.#remembered.set(stored, digest);
    return true;
  }

  #decoyHash(): Promise<string> {
    this.#decoy ??= hashPassword(Buffer.from(this.#digestKey).toString('hex'));
    return this.#decoy;
  }
}
