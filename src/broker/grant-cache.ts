import type { App, AppStore } from '../domain/app.ts';
import type { AtOnce } from '../domain/at-once.ts';
import type { Changes } from '../domain/changes.ts';
import { type Grant, type GrantStore, isUsable } from '../domain/grant.ts';
import { Remembered } from '../domain/remembered.ts';
import type { Store } from '../domain/store.ts';
import type { Clock } from '../runtime/clock.ts';

// Some 2 KB each with its tokens: 20 MB at most.
const GRANTS = 10_000;
// Each has at most some ten, a vendor with customers of its own some hundred.
const APPS = 1_000;

/** What the Grants are read from. */
export interface GrantCacheParts {
  readonly store: GrantStore & Pick<AppStore, 'findApp'> & { readonly changes: Changes };
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * The Grants, opened, that were used last, and their Apps: so that a token costs neither a statement nor a decryption.
 *
 * What changes them on another node is heard within a second; see `Remembered` for what is never served.
 */
export class GrantCache {
  readonly #parts: GrantCacheParts;
  readonly #grants: Remembered<Grant>;
  readonly #apps: Remembered<App>;

  constructor(parts: GrantCacheParts) {
    const { store } = parts;
    const { changes } = store;
    this.#parts = parts;
    this.#grants = new Remembered({
      changes,
      max: GRANTS,
      find: (connection) => store.findGrant(connection),
      touched: ({ of, name }) => (of === 'grants' || of === 'connections' ? name : undefined),
    });
    this.#apps = new Remembered({
      changes,
      max: APPS,
      find: (name) => store.findApp(name),
      touched: ({ of, name }) => (of === 'apps' ? name : undefined),
    });
  }

  /** Begins to remember. @throws StoreUnavailable */
  async watch(): Promise<void> {
    await Promise.all([this.#grants.watch(), this.#apps.watch()]);
  }

  /** Remembers nothing any more. */
  close(): void {
    this.#grants.close();
    this.#apps.close();
  }

  /** The Grant of a Connection where it is in memory and usable. */
  peek(connection: string): Grant | undefined {
    const known = this.#grants.peek(connection);
    return known && isUsable(known, this.#parts.clock.now()) ? known : undefined;
  }

  /** The Grant of a Connection: a usable one from memory, any other as the database has it. */
  async find(connection: string): Promise<Grant | undefined> {
    const known = this.#grants.peek(connection);
    if (known && isUsable(known, this.#parts.clock.now())) return known;
    // Another node may have replaced one that is over, and the word of it be on its way.
    return known ? this.#parts.store.findGrant(connection) : this.#grants.read(connection);
  }

  findApp(name: string): AtOnce<App | undefined> {
    return this.#apps.find(name);
  }

  /** The same store; what it saves is in memory at once, and what it ends is not. */
  remembering<Remembering extends Pick<Store, 'saveGrant' | 'removeConnection' | 'revokeGrant' | 'updateApp' | 'removeApp'>>(store: Remembering): Remembering {
    return {
      ...store,
      saveGrant: async (grant, expected, connectionId, options) => {
        const committed = this.#grants.saving(grant.connection);
        const saved = await store.saveGrant(grant, expected, connectionId, options);
        if (saved) committed(grant);
        return saved;
      },
      removeConnection: async (name, outgoing) => {
        const removed = await store.removeConnection(name, outgoing);
        this.#grants.forget(name);
        return removed;
      },
      revokeGrant: async (connection, outgoing) => {
        const revoked = await store.revokeGrant(connection, outgoing);
        this.#grants.forget(connection);
        return revoked;
      },
      updateApp: async (app) => {
        const updated = await store.updateApp(app);
        this.#apps.forget(app.name);
        return updated;
      },
      removeApp: async (name) => {
        const removed = await store.removeApp(name);
        this.#apps.forget(name);
        return removed;
      },
    };
  }
}
