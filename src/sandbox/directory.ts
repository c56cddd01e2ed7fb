import { withIncluded } from '../ringcentral/facts/permissions.ts';

/** An application registered with the platform. */
export interface App {
  readonly clientId: string;
  /** Absent for a public app, which has only its client id. */
  readonly clientSecret?: string;
  /** The `grant_type`s it may use; without `refresh_token` it is issued none. */
  readonly grantTypes: readonly string[];
  /** Its application permissions, as its tokens' `scope` lists them. */
  readonly permissions: readonly string[];
  readonly redirectUris: readonly string[];
}

/** A phone of the user's that can be called first by a RingOut. */
export interface ForwardingNumber {
  readonly id: string;
  /** E.164. */
  readonly phoneNumber: string;
  readonly label: string;
  readonly type: 'Home' | 'Work' | 'Mobile' | 'Other';
}

/** A user of an account. */
export interface Extension {
  readonly id: number;
  readonly extensionNumber: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** Whether it is the one that the account's number without an extension means. */
  readonly mainAdministrator: boolean;
  /** Numbers of its own, E.164; with the account's main number, what it may show as caller ID. */
  readonly directNumbers: readonly string[];
  readonly forwardingNumbers: readonly ForwardingNumber[];
}

/** A customer of the platform. */
export interface Account {
  readonly id: number;
  /** E.164. */
  readonly mainNumber: string;
  readonly name: string;
  readonly extensions: readonly Extension[];
}

/** What the platform knows from the start. */
export interface SandboxData {
  readonly apps: readonly App[];
  readonly accounts: readonly Account[];
}

/** An extension with the account it belongs to: whom a token was issued for. */
export interface Owner {
  readonly account: Account;
  readonly extension: Extension;
}

/** Who and what is registered with the platform. */
export class Directory {
  readonly data: SandboxData;
  readonly #apps: ReadonlyMap<string, App>;
  readonly #granted: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #owners = new Map<string, Owner>();
  readonly #ownersByEmail = new Map<string, Owner>();

  constructor(data: SandboxData) {
    this.data = data;
    this.#apps = new Map(data.apps.map((app) => [app.clientId, app]));
    this.#granted = new Map(data.apps.map((app) => [app.clientId, new Set(app.permissions.flatMap((permission) => [...withIncluded(permission)]))]));
    this.#accounts = new Map(data.accounts.map((account) => [account.mainNumber, account]));
    for (const account of data.accounts) {
      for (const extension of account.extensions) {
        this.#owners.set(String(extension.id), { account, extension });
        this.#ownersByEmail.set(extension.email.toLowerCase(), { account, extension });
      }
    }
  }

  findApp(clientId: string): App | undefined {
    return this.#apps.get(clientId);
  }

  /** Whether the app has the permission, itself or as part of a wider one. */
  isPermitted(clientId: string, permission: string): boolean {
    return this.#granted.get(clientId)?.has(permission) ?? false;
  }

  /** @param ownerId  an extension's id, as `owner_id` has it */
  findOwner(ownerId: string): Owner | undefined {
    return this.#owners.get(ownerId);
  }

  /**
   * Whom a user name means: an e-mail address, or a company number with or without `+`, country code and `*extension`.
   *
   * @param extensionNumber  where it is not a part of the user name; without one, the account's main administrator
   */
  findLogin(username: string, extensionNumber: string | undefined): Owner | undefined {
    if (username.includes('@')) return this.#ownersByEmail.get(username.trim().toLowerCase());
    const [number = '', ofUsername] = username.split('*');
    const account = this.#accounts.get(toE164(number) ?? '');
    const wanted = ofUsername || extensionNumber;
    const extension =
      wanted === undefined ? account && mainAdministratorOf(account) : account?.extensions.find((candidate) => candidate.extensionNumber === wanted.trim());
    return account && extension && { account, extension };
  }
}

/**
 * A number as people write it, in E.164; 10 digits are North American.
 *
 * @returns nothing where it is not 10 to 15 digits with the usual punctuation
 */
export function toE164(text: string): string | undefined {
  if (!/^[\d\s()+.-]*$/.test(text)) return undefined;
  const digits = text.replace(/\D/g, '');
  if (digits.length < 10 || digits.length > 15) return undefined;
  return digits.length === 10 && !text.includes('+') ? `+1${digits}` : `+${digits}`;
}

/** The one that the account's number alone means: the administrator, else the lowest extension. */
export function mainAdministratorOf({ extensions }: Account): Extension | undefined {
  const lowestFirst = [...extensions].sort((one, other) => Number(one.extensionNumber) - Number(other.extensionNumber));
  return lowestFirst.find(({ mainAdministrator }) => mainAdministrator) ?? lowestFirst[0];
}
