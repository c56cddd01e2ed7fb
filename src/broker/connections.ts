import { type Connection, type ConnectionChange, type ConnectionDraft, type ConnectionView, changedConnection } from '../domain/connection.ts';
import type { ImportReport, ImportRow } from '../domain/connection-import.ts';
import type { Credential } from '../domain/credential.ts';
import { AppNotFound, ConnectionNotFound, GatewayError, GrantDead, InvalidRequest, PlatformBusy } from '../domain/errors.ts';
import type { Page, PageRequest } from '../domain/page.ts';
import type { Outgoing } from '../domain/revocation.ts';
import { randomText } from '../runtime/random.ts';
import { importConnections } from './connection-import.ts';
import { showConnection, showConnections } from './connection-views.ts';
import { credentialFaults, withDeadlines } from './credential-checks.ts';
import type { BrokerParts } from './parts.ts';
import type { Tokens } from './tokens.ts';

const ID_BYTES = 12;

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
   * @throws InvalidRequest  a credential cannot be good, which is seen without asking the platform
   */
  async createConnection(draft: ConnectionDraft): Promise<ConnectionView> {
    await this.#requireGoodCredentials(draft.app, undefined, draft.credentials);
    return this.#create(draft);
  }

  async #create(draft: ConnectionDraft): Promise<ConnectionView> {
    const credentials = withDeadlines(draft.credentials, this.#parts.clock.now());
    const connection: Connection = {
      id: randomText(this.#parts.random, ID_BYTES),
      name: draft.name,
      app: draft.app,
      labels: draft.labels ?? {},
      keep: draft.keep ?? 'alive',
      ownerId: undefined,
      signInNeeded: undefined,
      createdAt: this.#parts.clock.now(),
    };
    await namingField(draft.app, draft.credentials, () => this.#parts.store.createConnection(connection, credentials));
    return showConnection(this.#parts, connection);
  }

  /**
   * Creates the Connection, or gives the one of its name these credentials. They come from the configuration: the platform
   * alone judges them, so that one that has become too old does not keep a gateway from starting whose Grants live.
   *
   * @throws AppNotFound
   */
  async putConnection(draft: ConnectionDraft): Promise<ConnectionView> {
    const known = await this.#parts.store.findConnection(draft.name);
    return known ? this.#replace(draft.name, draft.credentials) : this.#create(draft);
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

  /**
   * Replaces the credentials of a Connection; its Grant stays, and a sign-in is no longer needed.
   *
   * @throws ConnectionNotFound, AppNotFound
   * @throws InvalidRequest  a credential cannot be good, which is seen without asking the platform
   */
  async replaceCredentials(name: string, credentials: readonly Credential[]): Promise<ConnectionView> {
    const connection = await this.#parts.store.findConnection(name);
    if (!connection) throw new ConnectionNotFound(name);
    await this.#requireGoodCredentials(connection.app, connection.ownerId, credentials);
    return this.#replace(name, credentials);
  }

  async #replace(name: string, credentials: readonly Credential[]): Promise<ConnectionView> {
    const { store, clock } = this.#parts;
    const replaced = await namingField(undefined, credentials, () => store.replaceCredentials(name, withDeadlines(credentials, clock.now())));
    if (!replaced) throw new ConnectionNotFound(name);
    await this.#parts.store.endBackOff(name);
    return this.getConnection(name);
  }

  /**
   * Changes the labels of a Connection, and whether a token of it is always to be ready.
   *
   * @throws ConnectionNotFound
   * @throws InvalidRequest  it would have too many labels
   */
  async changeConnection(name: string, change: ConnectionChange): Promise<ConnectionView> {
    const changed = await this.#parts.store.changeConnection(name, (stored) => changedConnection(stored, change));
    if (!changed) throw new ConnectionNotFound(name);
    return this.getConnection(name);
  }

  /**
   * Signs a Connection in that was just created; where that fails, it is removed again.
   *
   * @throws what `Tokens.usableGrant` throws, with a message that says so
   */
  async verifyNewConnection(name: string): Promise<ConnectionView> {
    try {
      return await this.verifyConnection(name);
    } catch (error) {
      await this.#parts.store.removeConnection(name, this.#outgoing());
      throw notCreated(name, error);
    }
  }

  /** Stores Connections in bulk; see `importConnections`. */
  importConnections(rows: AsyncIterable<ImportRow>, dryRun: boolean): Promise<ImportReport> {
    return importConnections(this.#parts, rows, dryRun);
  }

  /** @throws ConnectionNotFound */
  async getConnection(name: string): Promise<ConnectionView> {
    const connection = await this.#parts.store.findConnection(name);
    if (!connection) throw new ConnectionNotFound(name);
    return showConnection(this.#parts, connection);
  }

  async listConnections(page: PageRequest): Promise<Page<ConnectionView>> {
    const { items, nextCursor } = await this.#parts.store.listConnections(page);
    return { items: await showConnections(this.#parts, items), ...(nextCursor !== undefined && { nextCursor }) };
  }

  /** @throws ConnectionNotFound, InUse */
  async removeConnection(name: string): Promise<void> {
    if (!(await this.#parts.store.removeConnection(name, this.#outgoing()))) throw new ConnectionNotFound(name);
  }

  /**
   * Ends the Grant here at once, and at the platform as soon as that says so. The Connection stays, and signs in again with
   * its credentials when it is used; one that has none any more needs a sign-in.
   *
   * @throws ConnectionNotFound
   */
  async revokeConnection(name: string): Promise<ConnectionView> {
    await this.#parts.store.revokeGrant(name, this.#outgoing());
    return this.getConnection(name);
  }

  #outgoing(): Outgoing {
    return { id: randomText(this.#parts.random, ID_BYTES), at: this.#parts.clock.now() };
  }

  async #requireGoodCredentials(appName: string, ownerId: string | undefined, credentials: readonly Credential[]): Promise<void> {
    const { store, clock } = this.#parts;
    const findApp = (name: string) => store.findApp(name);
    const faults = await credentialFaults(credentials, { app: await findApp(appName), ownerId, now: clock.now(), findApp });
    if (faults.length > 0) throw new InvalidRequest(faults);
  }
}

/** The same error, for whoever gave the credentials and has no Connection now. */
function notCreated(name: string, error: unknown): unknown {
  if (!(error instanceof GatewayError)) return error;
  const { code, message, cause, retryAfterMs, faults } = error;
  const next = error instanceof PlatformBusy ? 'create it then, or now without signing it in at once' : 'nothing of it is kept';
  const said =
    error instanceof GrantDead
      ? `RingCentral refused the credentials (${error.platformCode}), so Connection "${name}" was not created; correct them, and create it again.`
      : `${message} Connection "${name}" was not created; ${next}.`;
  return new GatewayError(code, said, { cause, faults, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

/** Where an App is not there, says which field of the request named it. */
async function namingField<Result>(app: string | undefined, credentials: readonly Credential[], work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppNotFound)) throw error;
    const position = credentials.findIndex((credential) => credential.app === error.app);
    throw new AppNotFound(error.app, error.app === app || position < 0 ? 'app' : `credentials/${position}/app`);
  }
}
