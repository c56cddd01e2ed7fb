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
  /** Oldest first; those whose time is over are among them. */
  readonly keys: readonly ClientKey[];
  readonly legacyLogins: readonly LegacyLogin[];
  /** Absent: the defaults. */
  readonly limits?: ClientLimits;
  /** Whether links in the platform's answers are to lead to the gateway. */
  readonly rewriteLinks: boolean;
  /** Absent: it signs in through the Bridge, if at all, with what an App has. */
  readonly bridge?: BridgeAccess;
  readonly createdAt: number;
}

/** With what a Client signs in through the Bridge. */
export interface BridgeAccess {
  /** Of its own; absent: that of an App. Several Clients may have the same. */
  readonly clientId: string | undefined;
  /** Argon2id, in PHC form; absent: it has no secret. */
  readonly secretHash: string | undefined;
  /** Where a browser may be led back to. */
  readonly redirectUris: readonly string[];
  /** The pages that may call from a browser, as browsers name them: `https://shop.example.com`. */
  readonly origins: readonly string[];
}

/** A gateway key of a Client, of which two are good while one is rotated. */
export interface ClientKey {
  /** `1` for the first that the Client had, `2` for the next. */
  readonly id: string;
  /** SHA-256, hex. */
  readonly hash: string;
  readonly createdAt: number;
  /** From when it is not good any more; nothing where it has no end. */
  readonly expiresAt: number | undefined;
}

/** A gateway key as people see it. */
export interface ClientKeyOutline {
  readonly id: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
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
  /** The client id of the Client's own, by which programs reach it through the Bridge; empty where it has none. */
  readonly program: string;
}

/** A Client as people see it: everything but the hashes. */
export interface ClientView {
  readonly name: string;
  readonly keys: readonly ClientKeyOutline[];
  readonly rewriteLinks: boolean;
  readonly connections: readonly string[];
  readonly policy?: Policy;
  readonly legacyLogins: readonly {
    readonly username: string;
    readonly extension?: string;
    readonly connection: string;
    readonly hasPassword: boolean;
  }[];
  readonly limits?: ClientLimits;
  readonly bridge?: {
    readonly clientId?: string;
    readonly hasClientSecret: boolean;
    readonly redirectUris: readonly string[];
    readonly origins: readonly string[];
  };
  readonly createdAt: number;
}

/** Where Clients rest. */
export interface ClientStore {
  /**
   * @throws NameTaken
   * @throws LoginTaken          where another Client has the same user name and extension, and the same client id or none as well
   * @throws ConnectionNotFound
   */
  createClient(client: Client): Promise<void>;
  findClient(name: string): Promise<Client | undefined>;
  /** @param keyHash  SHA-256 of a gateway key, hex */
  findClientByKey(keyHash: string): Promise<Client | undefined>;
  /**
   * Gives a Client a newer key; those that are over by `now` go.
   *
   * @param most         how many keys may be good at once
   * @param othersEndAt  from when the keys that it has are not good any more, unless they end before
   */
  addClientKey(
    client: string,
    hash: string,
    limits: { readonly now: number; readonly most: number; readonly othersEndAt?: number },
  ): Promise<ClientKey | 'absent' | 'full'>;
  /** @returns `only` where no other key would be good at `now`: nothing was removed */
  removeClientKey(client: string, id: string, now: number): Promise<'removed' | 'absent' | 'only'>;
  listClients(page: PageRequest): Promise<Page<Client>>;
  /** @returns false where there is no such Client */
  removeClient(name: string): Promise<boolean>;
  /** Those that sign in through the Bridge with this client id of their own, by name. */
  listBridgeClients(clientId: string): Promise<readonly Client[]>;
  /**
   * Changes with what a Client signs in through the Bridge.
   *
   * @param change  given what there is, and made while nobody else changes it; nothing where nothing is said of the Bridge
   * @returns the Client as it is from now on; nothing where there is none
   * @throws LoginTaken  as `createClient`
   * @throws what `change` throws: then nothing was done
   */
  updateBridge(client: string, change: (known: BridgeAccess | undefined) => BridgeAccess | undefined): Promise<Client | undefined>;
  /** The origins that Clients list, each once. */
  listBridgeOrigins(): Promise<readonly string[]>;
  /** Those that may use a Connection, by name. @param most  how many are wanted */
  listClientsOf(connection: string, most: number): Promise<readonly Client[]>;
  /** Every login under a user name, as `loginName` spells it. */
  listLogins(username: string): Promise<readonly OwnedLogin[]>;
}

/** What of a Client its people see. */
export function viewClient({ name, connections, policy, keys, legacyLogins, limits, rewriteLinks, bridge, createdAt }: Client): ClientView {
  return {
    name,
    keys: keys.map(outlineKey),
    rewriteLinks,
    connections,
    ...(policy && { policy }),
    legacyLogins: legacyLogins.map(({ username, extension, connection, passwordHash }) => ({
      username,
      ...(extension && { extension }),
      connection,
      hasPassword: passwordHash !== undefined,
    })),
    ...(limits && { limits }),
    ...(bridge && { bridge: viewBridge(bridge) }),
    createdAt,
  };
}

function viewBridge({ clientId, secretHash, redirectUris, origins }: BridgeAccess): NonNullable<ClientView['bridge']> {
  return { ...(clientId !== undefined && { clientId }), hasClientSecret: secretHash !== undefined, redirectUris, origins };
}

/** What of a gateway key its people see. */
export function outlineKey({ id, createdAt, expiresAt }: ClientKey): ClientKeyOutline {
  return { id, createdAt, ...(expiresAt !== undefined && { expiresAt }) };
}

/**
 * Those that an old program can mean, which has no client id: of several Clients with one user name and extension the one without
 * a client id of its own, else the first by name.
 */
export function withoutProgram(logins: readonly OwnedLogin[]): readonly OwnedLogin[] {
  const rank = ({ program, client }: OwnedLogin) => (program === '' ? '' : client);
  return logins.filter((login) => !logins.some((other) => other.extension === login.extension && rank(other) < rank(login)));
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
