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
  /** Makes a link with which a person connects. @param body  as `POST invitations` takes it */
  invite(body: object): Promise<{ readonly url: string; readonly expiresAt: number } & Readonly<Record<string, unknown>>>;
  /** @param body  as `POST sign-ins` takes it */
  beginSignIn(body: object): Promise<{ readonly url: string; readonly expiresAt: number }>;
  /**
   * Hands in the answer of a sign-in; the tokens stay in the gateway.
   *
   * @param body  as `POST sign-ins/finish` takes it
   */
  finishSignIn(body: object): Promise<ManagedObject>;
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
