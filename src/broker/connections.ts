import { type Connection, type ConnectionDraft, type ConnectionView, viewConnection } from '../domain/connection.ts';
import { ConnectionNotFound } from '../domain/errors.ts';
import type { Page, PageRequest } from '../domain/page.ts';
import type { BrokerParts } from './parts.ts';
import type { Tokens } from './tokens.ts';

/** Creates, lists, shows and removes Connections. */
export class Connections {
  readonly #parts: BrokerParts;
  readonly #tokens: Tokens;

  constructor(parts: BrokerParts, tokens: Tokens) {
    this.#parts = parts;
    this.#tokens = tokens;
  }

  /**
   * Creates a Connection. It signs in on first use.
   *
   * @throws NameTaken, AppNotFound
   */
  async createConnection(draft: ConnectionDraft): Promise<ConnectionView> {
    const connection: Connection = {
      name: draft.name,
      app: draft.app,
      labels: draft.labels ?? {},
      keep: draft.keep ?? 'alive',
      ownerId: undefined,
      signInNeeded: undefined,
      createdAt: this.#parts.clock.now(),
    };
    await this.#parts.store.createConnection(connection, draft.credentials);
    return this.#view(connection);
  }

  /**
   * Signs in now, where there is no usable Grant yet.
   *
   * @throws ConnectionNotFound, and what `Tokens.usableGrant` throws
   */
  async verifyConnection(name: string): Promise<ConnectionView> {
    await this.#tokens.usableGrant(name);
    return this.getConnection(name);
  }

  /** @throws ConnectionNotFound */
  async getConnection(name: string): Promise<ConnectionView> {
    const connection = await this.#parts.store.findConnection(name);
    if (!connection) throw new ConnectionNotFound(name);
    return this.#view(connection);
  }

  async listConnections(page: PageRequest): Promise<Page<ConnectionView>> {
    const { items, nextCursor } = await this.#parts.store.listConnections(page);
    const views = await Promise.all(items.map((connection) => this.#view(connection)));
    return { items: views, ...(nextCursor !== undefined && { nextCursor }) };
  }

  /** @throws ConnectionNotFound, InUse */
  async removeConnection(name: string): Promise<void> {
    if (!(await this.#parts.store.removeConnection(name))) throw new ConnectionNotFound(name);
  }

  async #view(connection: Connection): Promise<ConnectionView> {
    const { store, clock } = this.#parts;
    const [grant, credentials] = await Promise.all([store.findGrant(connection.name), store.listCredentials(connection.name)]);
    return viewConnection(connection, grant, credentials, this.#tokens.pauses.until(connection.app), clock.now());
  }
}
