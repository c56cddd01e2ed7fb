import type { AtOnce } from './at-once.ts';

/** What can be stopped: one Connection, one Client, one App with all its Connections, or everything. */
export type FreezeKind = 'connection' | 'client' | 'app' | 'all';

/** The name of what is frozen where everything is; no Connection, Client or App can have it. */
export const EVERY_NAME = '*';

/** An emergency stop that stands until somebody ends it. Tokens are kept meanwhile; nobody gets to use them. */
export interface Freeze {
  readonly kind: FreezeKind;
  /** `EVERY_NAME` where everything is frozen. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** As the audit trail names people: `admin`, `cli`. */
  readonly by: string;
  readonly reason: string | undefined;
}

/** Where emergency stops rest. One ends with what it stops: who makes a Client anew does not find it frozen. */
export interface FreezeStore {
  /**
   * Freezes; what is frozen already stays so, with the time and the reason it had.
   *
   * @returns the one that stands
   * @throws ConnectionNotFound, ClientNotFound, AppNotFound
   */
  createFreeze(freeze: Freeze): Promise<Freeze>;
  /** @returns false where it was not frozen */
  removeFreeze(kind: FreezeKind, name: string): Promise<boolean>;
  /** All of them, by kind and name: there are few. */
  listFreezes(): Promise<readonly Freeze[]>;
}

/** Whether something may be used now, answered from memory. */
export interface FreezeGuard {
  /** Whether nothing at all is frozen. */
  isEmpty(): boolean;
  /** The freeze that stops a Connection on these Apps, if one does. */
  find(connection: string, apps: readonly string[]): Freeze | undefined;
  /** @throws Frozen  the Client, or everything */
  requireClient(client: string): void;
  /** @throws Frozen  the App, or everything: nothing leaves for it */
  requireApp(app: string): void;
  /**
   * Asks whether a Connection may be used; at once where nothing is frozen.
   *
   * @param grantApp  the App of its Grant, where that is known: it may be another one than the Connection's own
   * @throws Frozen   the Connection, its App, its Grant's App, or everything
   */
  requireConnection(connection: string, grantApp?: string): AtOnce<void>;
  /**
   * Whether an App's Grants may be kept from dying. Those of frozen Connections may: tokens are to be there after the stop.
   * For a frozen App, or where everything is frozen, nothing leaves.
   */
  mayKeepAlive(app: string): boolean;
}

/** What is frozen, as people read it. */
export function frozenThing({ kind, name }: Pick<Freeze, 'kind' | 'name'>): string {
  const words = { connection: `Connection "${name}" is`, client: `Client "${name}" is`, app: `App "${name}" is`, all: 'Everything is' };
  return `${words[kind]} frozen`;
}
