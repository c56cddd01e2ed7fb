import type { ClientSecretOutline } from './app.ts';
import type { ClientKeyOutline } from './client.ts';
import type { ImportReport } from './connection-import.ts';
import type { FreezeKind } from './freeze.ts';
import type { Page, PageRequest } from './page.ts';
import type { RingCxAgent } from './ring-cx-grant.ts';
import type { DyingCause } from './weather.ts';

/** A fax as its people see it. */
export type ManagedFax = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly state: string;
  readonly connection: string;
  readonly createdAt: number;
  readonly recipients: readonly { readonly phoneNumber: string; readonly messageStatus?: string }[];
  readonly history?: readonly { readonly at: number; readonly event: string; readonly code?: string }[];
};

/** Which faxes are listed. */
export interface ManagedFaxFilter {
  readonly state?: string;
  readonly connection?: string;
  readonly client?: string;
}

/** What can be managed, as the management API names it. */
export type ManagedKind = 'apps' | 'connections' | 'clients';

/** An App, a Connection or a Client as its people see it. */
export type ManagedObject = Readonly<Record<string, unknown>> & { readonly name: string };

/**
 * The management of a gateway, wherever it is: this process, or another that is reached over HTTP.
 *
 * Every method throws the GatewayError that the gateway answered.
 */
export interface Management {
  /**
   * @param body    as the management API takes it; what is secret in it is plain text
   * @param verify  sign a new Connection in at once
   */
  create(kind: ManagedKind, body: object, verify?: boolean): Promise<ManagedObject>;
  /**
   * Gives a Connection other credentials; its Grant stays.
   *
   * @param body  as `PUT connections/{name}/credentials` takes it; what is secret in it is plain text
   */
  replaceCredentials(connection: string, body: object): Promise<ManagedObject>;
  /** Changes what people say of a Connection. @param body  as `PATCH connections/{name}` takes it */
  changeConnection(connection: string, body: object): Promise<ManagedObject>;
  /** Changes with what a Client signs in through the Bridge. @param body  as `PATCH clients/{name}` takes it; what is secret in it is plain text */
  changeClient(client: string, body: object): Promise<ManagedObject>;
  /** Ends all sessions that a Client has begun through the Bridge. @returns how many */
  endSessions(client: string): Promise<number>;
  list(kind: ManagedKind, page: PageRequest): Promise<Page<ManagedObject>>;
  show(kind: ManagedKind, name: string): Promise<ManagedObject>;
  remove(kind: ManagedKind, name: string): Promise<void>;
  /** What is ahead within so many days; the Apps come with the first part of the list. */
  weather(days: number, page: PageRequest): Promise<ManagedWeather>;
  /** The newest first. */
  listFaxes(filter: ManagedFaxFilter, page: PageRequest): Promise<Page<ManagedFax>>;
  /** With its history. */
  showFax(id: string): Promise<ManagedFax>;
  withdrawFax(id: string): Promise<ManagedFax>;
  /** Tells whoever is told of faxes once more how it stands. */
  tellFax(id: string): Promise<ManagedFax>;
  /** Stops one thing, or everything, on every node. */
  freeze(target: FreezeTarget, reason?: string): Promise<ManagedFreeze>;
  thaw(target: FreezeTarget): Promise<void>;
  /** Stores many Connections, unproven; `rows` is read as fast as they are stored. */
  importConnections(rows: AsyncIterable<Uint8Array>, choices: ImportChoices): Promise<ImportReport>;
  /** @param body  as `POST apps/{name}/secrets` takes it; what is secret in it is plain text */
  addClientSecret(app: string, body: object): Promise<ClientSecretOutline>;
  listClientSecrets(app: string): Promise<readonly ClientSecretOutline[]>;
  removeClientSecret(app: string, id: string): Promise<void>;
  /** Makes a newer gateway key, which is in the answer. @param body  as `POST clients/{name}/keys` takes it */
  addClientKey(client: string, body: object): Promise<ClientKeyOutline & { readonly key: string }>;
  listClientKeys(client: string): Promise<readonly ClientKeyOutline[]>;
  removeClientKey(client: string, id: string): Promise<void>;
  /** Says which rule decides about a request. @param body  as `POST explain-request` takes it */
  explainRequest(body: object): Promise<RequestExplanation>;
  /** Makes a link with which a person connects. @param body  as `POST invitations` takes it */
  invite(body: object): Promise<{ readonly url: string; readonly expiresAt: number } & Readonly<Record<string, unknown>>>;
  /** The invitations as `GET invitations` shows them: without their links. */
  listInvitations(page: PageRequest): Promise<Page<Readonly<Record<string, unknown>>>>;
  /** Ends a link. */
  revokeInvitation(id: string): Promise<void>;
  /** @param body  as `POST sign-ins` takes it */
  beginSignIn(body: object): Promise<{ readonly url: string; readonly expiresAt: number }>;
  /**
   * Hands in the answer of a sign-in; the tokens stay in the gateway.
   *
   * @param body  as `POST sign-ins/finish` takes it
   */
  finishSignIn(body: object): Promise<ManagedObject>;
}

/** What an App may send, who waits for it, and what it keeps alive, as the management API shows it. */
export interface ManagedAppWeather {
  readonly app: string;
  readonly budget: {
    readonly limit?: number;
    readonly windowSeconds: number;
    readonly waiting: number;
    readonly pausedUntil?: number;
    readonly pausedBecause?: string;
  };
  readonly limitFrom: 'agreed' | 'usual' | 'learned';
  readonly callersShare: number;
  readonly kept: number;
  readonly capacity?: number;
  readonly lifetimeSeconds: number;
  readonly lifetimeFrom: 'grants' | 'setting' | 'usual';
  readonly givenUp: number;
  /** A day as 2026-01-31, UTC. */
  readonly deadlines: readonly { readonly day: string; readonly connections: number }[];
}

/** A Connection that dies unless somebody acts, as the management API shows it. */
export interface ManagedDying {
  readonly name: string;
  readonly app: string;
  readonly cause: DyingCause;
  /** Epoch milliseconds. */
  readonly diesAt: number;
  readonly code?: string;
  readonly why: string;
  readonly todo: string;
}

/** A part of the Connections that die, with what is ahead of the Apps on the first one. */
export interface ManagedWeather extends Page<ManagedDying> {
  readonly days: number;
  readonly apps?: readonly ManagedAppWeather[];
}

/** What decides about a request, as people read it. */
export interface RequestExplanation {
  readonly allowed: boolean;
  readonly because: string;
  readonly rules: readonly { readonly rule: string; readonly outcome: string; readonly says: string }[];
  readonly destination?: { readonly origin?: string; readonly servedBy: string; readonly path: string };
  readonly limits?: {
    readonly platform?: { readonly group: string; readonly outcome: string; readonly says: string };
    readonly client: { readonly outcome: string; readonly says: string };
    readonly idempotencyKey: { readonly honoured: boolean; readonly says: string };
  };
}

/** How an import is to be read. */
export interface ImportChoices {
  readonly format: 'csv' | 'ndjson';
  /** Of the rows that name none. */
  readonly app?: string;
  /** Only look what would be stored. */
  readonly dryRun: boolean;
}

/** What is to be frozen or thawed. */
export type FreezeTarget = { readonly kind: ManagedKind; readonly name: string } | 'everything';

/** A stop as the management API shows it. */
export interface ManagedFreeze {
  readonly kind: FreezeKind;
  /** Absent where everything is frozen. */
  readonly name?: string;
  readonly at: number;
  readonly by: string;
  readonly reason?: string;
}

/** Where a token is for: RingCentral's platform unless it is said, or RingCX. */
export type TokenFor = 'ringcx' | undefined;

/** An access token as it is handed out, in the platform's spelling. */
export interface HandedToken {
  readonly access_token: string;
  readonly token_type: 'bearer';
  /** Seconds. */
  readonly expires_in: number;
  /** Absent of a token of RingCX, which has none. */
  readonly scope?: string;
  readonly owner_id?: string;
  /** Of a token of RingCX: the ids that its paths are made of. */
  readonly main_account_id?: string;
  readonly admin_id?: string;
  readonly agent_details?: readonly RingCxAgent[];
}
