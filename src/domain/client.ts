import type { ClientLimits } from './client-limits.ts';
import type { Page, PageRequest } from './page.ts';
import type { Policy } from './policy.ts';

/** A program of ours that calls the gateway: with its gateway key, or with a legacy login. */
export interface Client {
  readonly name: string;
  /** The Connections it may use; the first is the one it gets when it names none. */
  readonly connections: readonly string[];
  /** Absent: its Connections with all methods and paths. */
  readonly policy: Policy | undefined;
  /** SHA-256 of the gateway key, hex. */
  readonly keyHash: string;
  readonly legacyLogins: readonly LegacyLogin[];
  /** Absent: the defaults. */
  readonly limits?: ClientLimits;
  /** Whether links in the answers that it gets lead back to the gateway. */
  readonly rewriteLinks?: boolean;
  readonly createdAt: number;
}

/** The user name, extension and password that an old program sends; ours alone, never the platform's. */
export interface LegacyLogin {
  /** As `loginName` spells it. */
  readonly username: string;
  /** Empty for a login without extension. */
  readonly extension: string;
  /** Argon2id, in PHC form; absent where the Client is known by other means. */
  readonly passwordHash: string | undefined;
  readonly connection: string;
}

/** A legacy login with the Client it belongs to. */
export interface OwnedLogin extends LegacyLogin {
  readonly client: string;
}

/** A Client as people see it: everything but the hashes. */
export interface ClientView {
  readonly name: string;
  readonly connections: readonly string[];
  readonly policy?: Policy;
  readonly legacyLogins: readonly {
    readonly username: string;
    readonly extension?: string;
    readonly connection: string;
    readonly hasPassword: boolean;
  }[];
  readonly limits?: ClientLimits;
  readonly createdAt: number;
}

/** Where Clients rest. */
export interface ClientStore {
  /**
   * @throws NameTaken
   * @throws LoginTaken          where another Client has the same user name and extension
   * @throws ConnectionNotFound
   */
  createClient(client: Client): Promise<void>;
  findClient(name: string): Promise<Client | undefined>;
  /** @param keyHash  SHA-256 of a gateway key, hex */
  findClientByKey(keyHash: string): Promise<Client | undefined>;
  listClients(page: PageRequest): Promise<Page<Client>>;
  /** @returns false where there is no such Client */
  removeClient(name: string): Promise<boolean>;
  /** Every login under a user name, as `loginName` spells it. */
  listLogins(username: string): Promise<readonly OwnedLogin[]>;
}

/** What of a Client its people see. */
export function viewClient({ name, connections, policy, legacyLogins, limits, createdAt }: Client): ClientView {
  return {
    name,
    connections,
    ...(policy && { policy }),
    legacyLogins: legacyLogins.map(({ username, extension, connection, passwordHash }) => ({
      username,
      ...(extension && { extension }),
      connection,
      hasPassword: passwordHash !== undefined,
    })),
    ...(limits && { limits }),
    createdAt,
  };
}

/**
 * The login an old program means.
 *
 * Without an extension (absent, empty or `0`) that is the login without extension, else the one with the lowest
 * extension number (docs/legacy-ringout.md).
 */
export function chooseLogin<Login extends LegacyLogin>(logins: readonly Login[], extension: string): Login | undefined {
  if (extension !== '' && extension !== '0') return logins.find((login) => login.extension === extension);
  return logins.toSorted((a, b) => Number(a.extension) - Number(b.extension))[0];
}
