import { type ClientStore, chooseLogin, withoutProgram } from '../domain/client.ts';
import { LoginUnknown } from '../domain/errors.ts';
import { type CountryCode, loginName } from '../domain/phone-number.ts';
import { type PasswordCheckParts, PasswordChecks } from './password-checks.ts';

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

/** What the legacy logins are handed. */
export interface LegacyLoginParts extends PasswordCheckParts {
  readonly store: Pick<ClientStore, 'listLogins'>;
  readonly country: CountryCode;
}

/** Checks the logins that old programs send against ours; the platform's own credentials are never involved. */
export class LegacyLogins {
  readonly #store: Pick<ClientStore, 'listLogins'>;
  readonly #country: CountryCode;
  readonly #passwords: PasswordChecks;

  constructor({ store, country, ...parts }: LegacyLoginParts) {
    this.#store = store;
    this.#country = country;
    this.#passwords = new PasswordChecks(parts);
  }

  /**
   * Who has this login.
   *
   * An unknown user and a wrong password cannot be told apart, see `PasswordChecks`.
   *
   * @param address  where the attempt comes from
   * @param program  the client id of the Client's own that it was shown with, empty for that of an App; absent: the program has none
   * @throws LoginUnknown  there is no such login, its password is wrong, or too many were guessed before
   * @throws LoginsBusy    too many passwords are being checked
   */
  async findLegacyLogin({ username, extension, password }: LoginAttempt, address: string, program?: string): Promise<LoginOwner> {
    const name = loginName(username, this.#country);
    const logins = await this.#store.listLogins(name);
    const login = chooseLogin(program === undefined ? withoutProgram(logins) : logins.filter((one) => one.program === program), extension);
    const right = await this.#passwords.isRight(login?.passwordHash, { name, extension, password }, address);
    if (!right || !login) throw new LoginUnknown();
    return { client: login.client, connection: login.connection };
  }
}
