import type { ClientSecretOutline } from './app.ts';
import type { ImportReport } from './connection-import.ts';
import type { Page, PageRequest } from './page.ts';

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
  list(kind: ManagedKind, page: PageRequest): Promise<Page<ManagedObject>>;
  show(kind: ManagedKind, name: string): Promise<ManagedObject>;
  remove(kind: ManagedKind, name: string): Promise<void>;
  /** Stores many Connections, unproven; `rows` is read as fast as they are stored. */
  importConnections(rows: AsyncIterable<Uint8Array>, choices: ImportChoices): Promise<ImportReport>;
  /** @param body  as `POST apps/{name}/secrets` takes it; what is secret in it is plain text */
  addClientSecret(app: string, body: object): Promise<ClientSecretOutline>;
  listClientSecrets(app: string): Promise<readonly ClientSecretOutline[]>;
  removeClientSecret(app: string, id: string): Promise<void>;
}

/** How an import is to be read. */
export interface ImportChoices {
  readonly format: 'csv' | 'ndjson';
  /** Of the rows that name none. */
  readonly app?: string;
  /** Only look what would be stored. */
  readonly dryRun: boolean;
}

/** An access token as it is handed out, in the platform's spelling. */
export interface HandedToken {
  readonly access_token: string;
  readonly token_type: 'bearer';
  /** Seconds. */
  readonly expires_in: number;
  readonly scope: string;
  readonly owner_id?: string;
}
