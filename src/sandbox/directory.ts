import { withIncluded } from '../ringcentral/facts/permissions.ts';
import type { Journal } from './journal.ts';
import type { RingCxMainAccount } from './ringcx/main-account.ts';

/** Where an app runs, as it was registered. `ServerOnly` has nobody in front of it. */
export type PlatformType = 'ServerWeb' | 'BrowserBased' | 'Mobile' | 'Desktop' | 'ServerOnly';

/** How an app signs in, as its settings have it; `custom` is several ways at once, set by the platform's support. */
export type AuthMethod = 'password' | 'code' | 'jwt' | 'custom';

/** An application registered with the platform. */
export interface App {
  readonly clientId: string;
  /** Absent for one that cannot keep a secret: it has only its client id. */
  readonly clientSecret?: string;
  /** Older ones that are still good, as long as its secret is being rolled. */
  readonly olderSecrets?: readonly string[];
  /** RSA keys by which it may sign a `client_assertion`; SPKI, PEM. */
  readonly publicKeys?: readonly string[];
  /** `Public`: for people of any account; `Private`: of its own. Absent: no rule that asks for it holds. */
  readonly access?: 'Public' | 'Private';
  /** The account of a private app; absent: people of any may sign in. */
  readonly accountId?: number;
  /** Absent: no rule that asks for it holds. */
  readonly platformType?: PlatformType;
  /** `custom` unless told. */
  readonly authMethod?: AuthMethod;
  /** The brands of a trusted partner's app; others have none, and no client-credentials session. */
  readonly brandIds?: readonly string[];
  /** As the consent page shows it; its client id where it has none. */
  readonly name?: string;
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
  /** `Enabled` unless told. */
  readonly status?: 'Enabled' | 'Disabled' | 'Frozen' | 'NotActivated';
  /** User permissions that its role does not hold: `OutboundFaxes`. All others it has. */
  readonly withheldPermissions?: readonly string[];
}

/** A customer of the platform. */
export interface Account {
  readonly id: number;
  /** E.164. */
  readonly mainNumber: string;
  readonly name: string;
  /** `1210`, RingCentral in the United States, unless told. */
  readonly brandId?: string;
  /** What the partner whose brand it is calls it. */
  readonly partnerAccountId?: string;
}

/** A customer with its users. */
export interface AccountData extends Account {
  readonly extensions: readonly Extension[];
}

/** What the platform knows from the start. */
export interface SandboxData {
  readonly apps: readonly App[];
  readonly accounts: readonly AccountData[];
  /** The contact centers of some of them; none unless told. */
  readonly ringCx?: readonly RingCxMainAccount[];
}

/** An extension with the account it belongs to: whom a token was issued for. */
export interface Owner {
  readonly account: Account;
  readonly extension: Extension;
}

const ACCOUNT = 'account';
const EXTENSION = 'extension';
const APP = 'app';

interface StoredExtension {
  readonly accountId: number;
  readonly extension: Extension;
}

/** Who and what is registered with the platform. */
export class Directory {
  readonly #data: SandboxData;
  readonly #journal: Journal;
  readonly #apps = new Map<string, App>();
  readonly #granted = new Map<string, ReadonlySet<string>>();
  readonly #accounts = new Map<number, Account>();
  readonly #extensions = new Map<number, StoredExtension>();
  /** Extension ids by account, lowest extension number first where the data had them so. */
  readonly #idsByAccount = new Map<number, Set<number>>();
  readonly #accountsByNumber = new Map<string, number>();
  readonly #idsByNumber = new Map<string, number>();
  readonly #idsByExtensionNumber = new Map<string, number>();
  readonly #idsByEmail = new Map<string, number>();

  constructor(data: SandboxData, journal: Journal) {
    this.#data = data;
    this.#journal = journal;
    this.#takeUp(data);
  }

  findApp(clientId: string): App | undefined {
    return this.#apps.get(clientId);
  }

  listApps(): readonly App[] {
    return [...this.#apps.values()];
  }

  /** Whether the app has the permission, itself or as part of a wider one. */
  isPermitted(clientId: string, permission: string): boolean {
    return this.#granted.get(clientId)?.has(permission) ?? false;
  }

  findAccount(id: number): Account | undefined {
    return this.#accounts.get(id);
  }

  listAccounts(): readonly Account[] {
    return [...this.#accounts.values()];
  }

  /** The users of an account. */
  extensionsOf({ id }: Pick<Account, 'id'>): readonly Extension[] {
    return [...(this.#idsByAccount.get(id) ?? [])].flatMap((extensionId) => this.#extensions.get(extensionId)?.extension ?? []);
  }

  /** The one that the account's number alone means: the administrator, else the lowest extension. */
  mainAdministratorOf(account: Pick<Account, 'id'>): Extension | undefined {
    const lowestFirst = [...this.extensionsOf(account)].sort((one, other) => Number(one.extensionNumber) - Number(other.extensionNumber));
    return lowestFirst.find(({ mainAdministrator }) => mainAdministrator) ?? lowestFirst[0];
  }

  /** @param ownerId  an extension's id, as `owner_id` has it */
  findOwner(ownerId: string): Owner | undefined {
    const stored = this.#extensions.get(Number(ownerId));
    const account = stored && this.#accounts.get(stored.accountId);
    return account && { account, extension: stored.extension };
  }

  /** Whose number it is: an extension's own, or the main administrator's for an account's main number. @param number  E.164 */
  findOwnerOfNumber(number: string): Owner | undefined {
    const id = this.#idsByNumber.get(number);
    if (id !== undefined) return this.findOwner(String(id));
    const account = this.#accounts.get(this.#accountsByNumber.get(number) ?? 0);
    const extension = account && this.mainAdministratorOf(account);
    return account && extension && { account, extension };
  }

  /** A user of an account by the number that is dialled. */
  findExtensionNumber(accountId: number, extensionNumber: string): Extension | undefined {
    return this.#extensions.get(this.#idsByExtensionNumber.get(`${accountId}*${extensionNumber}`) ?? 0)?.extension;
  }

  /**
   * Whom a user name means: an e-mail address, or a number with or without `+`, country code and `*extension`.
   *
   * @param extensionNumber  where it is not a part of the user name; without one, the owner of a direct number, or the
   *                         account's main administrator
   */
  findLogin(username: string, extensionNumber: string | undefined): Owner | undefined {
    if (username.includes('@')) return this.findOwner(String(this.#idsByEmail.get(username.trim().toLowerCase())));
    const [typed = '', ofUsername] = username.split('*');
    const number = toE164(typed) ?? '';
    const wanted = (ofUsername || extensionNumber)?.trim();
    if (!wanted) return this.findOwnerOfNumber(number);
    const account = this.#accounts.get(this.#accountsByNumber.get(number) ?? 0);
    const extension = account && this.findExtensionNumber(account.id, wanted);
    return account && extension && { account, extension };
  }

  /** Registers an app, or changes it. */
  saveApp(app: App): void {
    this.#keepApp(app);
    this.#journal.put(APP, app.clientId, app);
  }

  /** Opens an account, or changes it. */
  saveAccount(account: Account): void {
    this.#keepAccount(account);
    this.#journal.put(ACCOUNT, String(account.id), account);
  }

  /** Adds a user to an account, or changes it. */
  saveExtension(accountId: number, extension: Extension): void {
    const stored: StoredExtension = { accountId, extension };
    this.#keepExtension(stored);
    this.#journal.put(EXTENSION, String(extension.id), stored);
  }

  /** Takes up what a journal held. @returns whether it is one of the directory's documents */
  restore(kind: string, document: unknown): boolean {
    if (kind === APP) this.#keepApp(document as App);
    else if (kind === ACCOUNT) this.#keepAccount(document as Account);
    else if (kind === EXTENSION) this.#keepExtension(document as StoredExtension);
    else return false;
    return true;
  }

  /** As the data had it. */
  reset(): void {
    const books = [this.#apps, this.#granted, this.#accounts, this.#extensions, this.#idsByAccount];
    const indexes = [this.#accountsByNumber, this.#idsByNumber, this.#idsByExtensionNumber, this.#idsByEmail];
    for (const book of [...books, ...indexes]) book.clear();
    this.#takeUp(this.#data);
  }

  #takeUp({ apps, accounts }: SandboxData): void {
    for (const app of apps) this.#keepApp(app);
    for (const { extensions, ...account } of accounts) {
      this.#keepAccount(account);
      for (const extension of extensions) this.#keepExtension({ accountId: account.id, extension });
    }
  }

  #keepApp(app: App): void {
    this.#apps.set(app.clientId, app);
    this.#granted.set(app.clientId, new Set(app.permissions.flatMap((permission) => [...withIncluded(permission)])));
  }

  #keepAccount(account: Account): void {
    const before = this.#accounts.get(account.id);
    if (before) this.#accountsByNumber.delete(before.mainNumber);
    this.#accounts.set(account.id, account);
    this.#accountsByNumber.set(account.mainNumber, account.id);
  }

  #keepExtension(stored: StoredExtension): void {
    const { accountId, extension } = stored;
    const before = this.#extensions.get(extension.id);
    if (before) this.#forgetNames(before);
    this.#extensions.set(extension.id, stored);
    this.#idsByAccount.set(accountId, (this.#idsByAccount.get(accountId) ?? new Set()).add(extension.id));
    this.#idsByExtensionNumber.set(`${accountId}*${extension.extensionNumber}`, extension.id);
    this.#idsByEmail.set(extension.email.toLowerCase(), extension.id);
    for (const number of extension.directNumbers) this.#idsByNumber.set(number, extension.id);
  }

  #forgetNames({ accountId, extension }: StoredExtension): void {
    this.#idsByExtensionNumber.delete(`${accountId}*${extension.extensionNumber}`);
    this.#idsByEmail.delete(extension.email.toLowerCase());
    for (const number of extension.directNumbers) this.#idsByNumber.delete(number);
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
