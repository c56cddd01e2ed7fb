import type { AtOnce } from '../domain/at-once.ts';
import type { BridgeCodeStore } from '../domain/bridge-code.ts';
import type { Changes } from '../domain/changes.ts';
import { EVERYTHING } from '../domain/changes.ts';
import type { Client, ClientStore } from '../domain/client.ts';
import { Remembered } from '../domain/remembered.ts';

// A Client has at most some hundred KB, and most have one.
const CLIENTS = 1_000;

/** Where Clients are found. */
export interface KnownClients {
  findClient(name: string): Promise<Client | undefined>;
  findClientByKey(keyHash: string): AtOnce<Client | undefined>;
}

/**
 * The Clients that called last, by name and by the hash of their key. One that is removed is out within a second on every
 * node; see `Remembered` for what is never served.
 */
export class ClientCache implements KnownClients {
  readonly #byName: Remembered<Client>;
  readonly #byKey: Remembered<Client>;
  readonly #origins: Remembered<ReadonlySet<string>>;

  constructor(store: Pick<ClientStore, 'findClient' | 'findClientByKey' | 'listBridgeOrigins'> & { readonly changes: Changes }) {
    const { changes } = store;
    this.#byName = new Remembered({
      changes,
      max: CLIENTS,
      find: (name) => store.findClient(name),
      touched: ({ of, name }) => (of === 'clients' ? name : undefined),
    });
    this.#byKey = new Remembered({
      changes,
      max: CLIENTS,
      find: (hash) => store.findClientByKey(hash),
      // The word says which Client, not which key; Clients change rarely.
      touched: ({ of }) => (of === 'clients' ? EVERYTHING : undefined),
    });
    // All of them as one: whatever a stranger calls his page, the database is not asked.
    this.#origins = new Remembered({
      changes,
      max: 1,
      find: async (): Promise<ReadonlySet<string>> => new Set(await store.listBridgeOrigins()),
      touched: ({ of }) => (of === 'clients' ? EVERYTHING : undefined),
    });
  }

  /** Begins to remember. @throws StoreUnavailable */
  async watch(): Promise<void> {
    await Promise.all([this.#byName.watch(), this.#byKey.watch(), this.#origins.watch()]);
  }

  /** Remembers nothing any more. */
  close(): void {
    this.#byName.close();
    this.#byKey.close();
    this.#origins.close();
  }

  async findClient(name: string): Promise<Client | undefined> {
    return this.#byName.find(name);
  }

  findClientByKey(keyHash: string): AtOnce<Client | undefined> {
    return this.#byKey.find(keyHash);
  }

  /** Whether a Client lists this origin. */
  async listsOrigin(origin: string): Promise<boolean> {
    return (await this.#origins.find('all'))?.has(origin) === true;
  }

  /** The same store; a Client or a key that it removes is not known here any more. */
  remembering<
    Remembering extends Pick<ClientStore, 'createClient' | 'removeClient' | 'addClientKey' | 'removeClientKey' | 'updateBridge'> &
      Pick<BridgeCodeStore, 'bindConnection'>,
  >(store: Remembering): Remembering {
    const forget = (name: string) => {
      this.#byName.forget(name);
      this.#byKey.forget(EVERYTHING);
      this.#origins.forget(EVERYTHING);
    };
    return {
      ...store,
      createClient: async (client) => {
        await store.createClient(client);
        forget(client.name);
      },
      addClientKey: async (client, hash, limits) => {
        const added = await store.addClientKey(client, hash, limits);
        forget(client);
        return added;
      },
      removeClientKey: async (client, id, now) => {
        const removed = await store.removeClientKey(client, id, now);
        forget(client);
        return removed;
      },
      updateBridge: async (client, change) => {
        const changed = await store.updateBridge(client, change);
        forget(client);
        return changed;
      },
      bindConnection: async (client, connection) => {
        await store.bindConnection(client, connection);
        forget(client);
      },
      removeClient: async (name) => {
        const removed = await store.removeClient(name);
        forget(name);
        return removed;
      },
    };
  }
}
