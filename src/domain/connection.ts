import type { Credential, CredentialOutline } from './credential.ts';
import { InvalidRequest } from './errors.ts';
import type { Freeze } from './freeze.ts';
import { type GrantOutline, isUsable } from './grant.ts';
import type { Keeping } from './keeping.ts';
import type { Page, PageRequest } from './page.ts';
import type { Outgoing } from './revocation.ts';
import type { RingCxView } from './ring-cx-grant.ts';
import type { Secret } from './secret.ts';

/** `fresh`: a token is always ready; `alive`: refreshed when used, or before it would die. */
export type Keep = 'alive' | 'fresh';

/**
 * The lasting name under which Clients reach an extension. It outlives a Grant that a new sign-in replaces.
 */
export interface Connection {
  /** Random; a Connection that is removed and made anew under its old name is another one. */
  readonly id: string;
  readonly name: string;
  readonly app: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly keep: Keep;
  /** The extension it belongs to, known from the first sign-in; another owner's tokens are refused. */
  readonly ownerId: string | undefined;
  /** Set when the Grant is dead and no credential can win another: a person must act. */
  readonly signInNeeded: { readonly at: number; readonly code: string } | undefined;
  readonly createdAt: number;
}

/** What a person gives to create a Connection. */
export interface ConnectionDraft {
  readonly name: string;
  readonly app: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly keep?: Keep;
  readonly credentials: readonly Credential[];
}

/** What is to be changed of a Connection; a label that is null is taken away, those that are not named stay. */
export interface ConnectionChange {
  readonly keep?: Keep;
  readonly labels?: Readonly<Record<string, string | null>>;
}

/** `waiting`: without a token, for a slot in the App's budget or for a back-off to end. */
export type ConnectionState = 'new' | 'ready' | 'waiting' | 'needs-sign-in' | 'frozen';

/** A Connection as people see it: everything but the secrets. */
export interface ConnectionView {
  readonly name: string;
  readonly app: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly keep: Keep;
  readonly state: ConnectionState;
  readonly ownerId?: string;
  readonly scope?: string;
  readonly generation: number;
  readonly expiresAt?: number;
  readonly refreshExpiresAt?: number;
  /** By when its refresh token must have been used, lest it die. */
  readonly keepBy?: number;
  /** When somebody last made it Refresh or sign in. */
  readonly usedAt?: number;
  /** Set while its App's budget does not reach to keep it alive: it dies at `keepBy` unless somebody uses it. */
  readonly givenUp?: { readonly at: number };
  /** Who its extension is in RingCX, known from the first token of RingCX on. */
  readonly ringcx?: RingCxView;
  readonly credentials: readonly {
    readonly kind: Credential['kind'];
    readonly app?: string;
    readonly refused?: { readonly at: number; readonly code: string };
  }[];
  readonly signInNeeded?: { readonly at: number; readonly code: string };
  /** The stop that holds it: its own, its App's, or that of everything. */
  readonly frozen?: Freeze;
  readonly createdAt: number;
}

/** Where Connections and their credentials rest; what is secret in a credential is sealed there. */
export interface ConnectionStore {
  /**
   * @throws NameTaken
   * @throws AppNotFound  where the Connection or one of its credentials names an App that is not there
   */
  createConnection(connection: Connection, credentials: readonly Credential[]): Promise<void>;
  findConnection(name: string): Promise<Connection | undefined>;
  listConnections(page: PageRequest): Promise<Page<Connection>>;
  /** The names of those that have this JWT among their credentials, refused or not. */
  listConnectionsByAssertion(assertion: Secret): Promise<readonly string[]>;
  /**
   * Changes what people say of a Connection; by `keep`, when a token of it is to be ready.
   *
   * @param change  given what is stored; it may be called again
   * @returns false where there is no such Connection
   * @throws what `change` throws: nothing was changed then
   */
  changeConnection(name: string, change: (stored: Connection) => Pick<Connection, 'keep' | 'labels'>): Promise<boolean>;
  /**
   * Removes the Connection with its credentials, Grant and RingOut sessions; in the same transaction the revocation of
   * its Grant is written, so that the platform's session ends too.
   *
   * @param outgoing  absent where no Grant was ever won
   * @returns false where there is no such Connection
   * @throws InUse  while a Client names it
   */
  removeConnection(name: string, outgoing?: Outgoing): Promise<boolean>;
  /**
   * Replaces the credentials; none of the new ones counts as refused, and the need for a sign-in ends.
   *
   * @returns false where there is no such Connection
   * @throws AppNotFound
   */
  replaceCredentials(connection: string, credentials: readonly Credential[]): Promise<boolean>;
  /** Its credentials, opened, in their order. */
  listCredentials(connection: string): Promise<readonly Credential[]>;
  /**
   * The one at `position`, opened: so that one that is damaged hides no other.
   *
   * @throws SealedValueUnreadable
   */
  findCredential(connection: string, position: number): Promise<Credential | undefined>;
  /** Those of these Connections, each one's in their order; nothing sealed is opened. */
  listCredentialOutlines(connections: readonly string[]): Promise<readonly CredentialOutline[]>;
  /**
   * Notes that the platform refused the credential at `position`, so that it is not presented again.
   *
   * @returns false where another one stands there by now: nobody has refused that
   */
  refuseCredential(connection: string, position: number, credential: Credential, refused: { readonly at: number; readonly code: string }): Promise<boolean>;
  /**
   * Notes that a person must sign in, if the stored generation is still `generation` (0: no Grant), and no credential can be
   * presented.
   *
   * @returns false where a Grant, or a credential, has come meanwhile
   */
  needSignIn(connection: string, generation: number, needed: { readonly at: number; readonly code: string }): Promise<boolean>;
}

// As many as one that is created may have.
const MOST_LABELS = 50;

/**
 * What a Connection is after a change.
 *
 * @throws InvalidRequest  it would have too many labels
 */
export function changedConnection({ keep, labels }: Connection, change: ConnectionChange): Pick<Connection, 'keep' | 'labels'> {
  const entries = Object.entries({ ...labels, ...change.labels }).filter((entry): entry is [string, string] => entry[1] !== null);
  if (entries.length > MOST_LABELS)
    throw new InvalidRequest([{ field: 'labels', message: `would be ${entries.length}; a Connection has ${MOST_LABELS} at most` }]);
  return { keep: change.keep ?? keep, labels: Object.fromEntries(entries) };
}

/** What is known of a Connection besides its own row. */
export interface Circumstances {
  readonly grant: GrantOutline | undefined;
  readonly credentials: readonly CredentialOutline[];
  readonly keeping: Keeping | undefined;
  /** Whether whoever wants a new token has to wait: for a slot, a back-off or a pause of the App. */
  readonly waiting: boolean;
  /** The stop that holds it. */
  readonly frozen: Freeze | undefined;
}

/** What of a Connection its people see, and in which state it is. */
export function viewConnection(connection: Connection, { grant, credentials, keeping, waiting, frozen }: Circumstances, now: number): ConnectionView {
  const ownerId = connection.ownerId ?? grant?.ownerId;
  return {
    name: connection.name,
    app: connection.app,
    labels: connection.labels,
    keep: connection.keep,
    state: frozen ? 'frozen' : stateOf(connection, grant, waiting, now),
    ...(ownerId !== undefined && { ownerId }),
    ...(grant && !grant.revoked && { scope: grant.scope, expiresAt: grant.expiresAt }),
    generation: grant?.generation ?? 0,
    ...(grant?.refreshExpiresAt !== undefined && { refreshExpiresAt: grant.refreshExpiresAt }),
    ...(keeping?.keepBy !== undefined && { keepBy: keeping.keepBy }),
    ...(keeping?.usedAt !== undefined && { usedAt: keeping.usedAt }),
    ...(keeping?.givenUpAt !== undefined && { givenUp: { at: keeping.givenUpAt } }),
    credentials: credentials.map(({ kind, app, refused }) => ({ kind, ...(app !== undefined && { app }), ...(refused && { refused }) })),
    ...(connection.signInNeeded && { signInNeeded: connection.signInNeeded }),
    ...(frozen && { frozen }),
    createdAt: connection.createdAt,
  };
}

// Who has a token waits for nothing, whatever its App has to wait for.
function stateOf(connection: Connection, grant: GrantOutline | undefined, waiting: boolean, now: number): ConnectionState {
  if (connection.signInNeeded) return 'needs-sign-in';
  if (waiting && !(grant && !grant.revoked && isUsable(grant, now))) return 'waiting';
  return grant && !grant.revoked ? 'ready' : 'new';
}
