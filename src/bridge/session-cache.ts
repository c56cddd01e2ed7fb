import type { BridgeSession, BridgeSessionStore } from '../domain/bridge-session.ts';
import type { Changes, EVERYTHING } from '../domain/changes.ts';
import { Remembered } from '../domain/remembered.ts';

// Some 600 bytes each.
const SESSIONS = 20_000;

/** The sessions that were asked for last, by id: no request waits for the database. One that is revoked is out within a second on every node. */
export class SessionCache {
  readonly #byId: Remembered<BridgeSession>;

  constructor(store: Pick<BridgeSessionStore, 'findBridgeSession'> & { readonly changes: Changes }) {
    this.#byId = new Remembered({
      changes: store.changes,
      max: SESSIONS,
      find: (id) => store.findBridgeSession(id),
      touched: ({ of, name }) => (of === 'bridge_sessions' ? name : undefined),
    });
  }

  /** Begins to remember. @throws StoreUnavailable */
  watch(): Promise<void> {
    return this.#byId.watch();
  }

  /** Remembers nothing any more. */
  close(): void {
    this.#byId.close();
  }

  async find(id: string): Promise<BridgeSession | undefined> {
    return this.#byId.find(id);
  }

  /** After a change of this process's own. */
  forget(id: string | typeof EVERYTHING): void {
    this.#byId.forget(id);
  }
}
