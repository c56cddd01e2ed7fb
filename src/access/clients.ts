import type { Client, ClientKey, ClientStore } from '../domain/client.ts';
import type { ClientLimits } from '../domain/client-limits.ts';
import { ClientKeyNotFound, ClientNotFound, ConnectionNotFound, type FieldFault, InvalidRequest } from '../domain/errors.ts';
import type { Page, PageRequest } from '../domain/page.ts';
import { type CountryCode, loginName } from '../domain/phone-number.ts';
import { isAddressBlock, type Policy, pathPatternFault } from '../domain/policy.ts';
import type { Secret } from '../domain/secret.ts';
import { isPermission } from '../ringcentral/facts/permissions.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import { type BridgeChange, type BridgeDraft, bridgeAccess, bridgeChange, bridgeFaults } from './bridge-access.ts';
import { createGatewayKey, hashGatewayKey } from './gateway-key.ts';
import { hashPassword } from './password-checks.ts';

// One in use, and the next.
const MOST_KEYS = 2;

// CONNECT and TRACE are refused for everybody.
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** What a person gives to create a Client. */
export interface ClientDraft {
  readonly name: string;
  readonly connections: readonly string[];
  readonly policy?: Policy;
  readonly limits?: ClientLimits;
  /** Whether links in the platform's answers are to lead to the gateway; they are left as they are unless it says so. */
  readonly rewriteLinks?: boolean;
  /** With what it signs in through the Bridge; what an App has where no client id stands in it. */
  readonly bridge?: BridgeDraft;
  readonly legacyLogins?: readonly {
    readonly username: string;
    readonly extension?: string;
    readonly password?: Secret;
    readonly connection: string;
  }[];
}

/** What the Clients service is handed. */
export interface ClientParts {
  readonly store: ClientStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly country: CountryCode;
}

/** Creates, lists, shows and removes Clients. */
export class Clients {
  readonly #parts: ClientParts;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /**
   * Creates a Client; its gateway key is returned here and never again.
   *
   * @returns `key`: the gateway key
   * @throws InvalidRequest      a login that cannot be one, or a rule of the Policy that cannot be read
   * @throws ConnectionNotFound  naming the field
   * @throws NameTaken, LoginTaken
   */
  async createClient(draft: ClientDraft): Promise<{ readonly client: Client; readonly key: string }> {
    const faults = [...loginFaults(draft), ...bridgeFaults(draft.bridge), ...policyFaults(draft.policy)];
    if (faults.length > 0) throw new InvalidRequest(faults);

    const key = createGatewayKey(this.#parts.random);
    const now = this.#parts.clock.now();
    const client: Client = {
      name: draft.name,
      connections: draft.connections,
      policy: draft.policy,
      keys: [{ id: '1', hash: hashGatewayKey(key), createdAt: now, expiresAt: undefined }],
      rewriteLinks: draft.rewriteLinks ?? false,
      legacyLogins: await Promise.all(
        (draft.legacyLogins ?? []).map(async ({ username, extension, password, connection }) => ({
          username: loginName(username, this.#parts.country),
          // `0`, and so `00`, means no extension to an old program.
          extension: /^0*$/.test(extension ?? '') ? '' : (extension ?? ''),
          passwordHash: password && (await hashPassword(password.reveal())),
          connection,
        })),
      ),
      ...(draft.limits && { limits: draft.limits }),
      ...(draft.bridge && { bridge: await bridgeAccess(this.#parts.store, draft.bridge) }),
      createdAt: now,
    };
    await this.#create(client);
    return { client, key };
  }

  async #create(client: Client): Promise<void> {
    try {
      await this.#parts.store.createClient(client);
    } catch (error) {
      if (!(error instanceof ConnectionNotFound)) throw error;
      throw new ConnectionNotFound(error.connection, `connections/${client.connections.indexOf(error.connection)}`);
    }
  }

  /** @throws ClientNotFound */
  async getClient(name: string): Promise<Client> {
    const client = await this.#parts.store.findClient(name);
    if (!client) throw new ClientNotFound(name);
    return client;
  }

  /** The Clients by name. */
  listClients(page: PageRequest): Promise<Page<Client>> {
    return this.#parts.store.listClients(page);
  }

  /**
   * Gives a Client a newer gateway key, which is returned here and never again. The one that it has stays good: until it is
   * removed, or for `overlapMs`.
   *
   * @throws ClientNotFound
   * @throws InvalidRequest  it has two already
   */
  async addKey(name: string, overlapMs?: number): Promise<{ readonly added: ClientKey; readonly key: string }> {
    const { store, clock, random } = this.#parts;
    const key = createGatewayKey(random);
    const now = clock.now();
    const added = await store.addClientKey(name, hashGatewayKey(key), {
      now,
      most: MOST_KEYS,
      ...(overlapMs !== undefined && { othersEndAt: now + overlapMs }),
    });
    if (added === 'absent') throw new ClientNotFound(name);
    if (added === 'full') throw new InvalidRequest([{ field: 'name', message: `has ${MOST_KEYS} gateway keys; remove the one that is no longer used first` }]);
    return { added, key };
  }

  /**
   * Ends a gateway key of a Client.
   *
   * @throws ClientNotFound, ClientKeyNotFound
   * @throws InvalidRequest  no other one would be good
   */
  async removeKey(name: string, id: string): Promise<void> {
    await this.getClient(name);
    const outcome = await this.#parts.store.removeClientKey(name, id, this.#parts.clock.now());
    if (outcome === 'absent') throw new ClientKeyNotFound(name, id);
    if (outcome === 'only')
      throw new InvalidRequest([{ field: 'id', message: 'is that of the only good gateway key; add a newer one first, or freeze the Client' }]);
  }

  /**
   * Changes with what a Client signs in through the Bridge. Its sessions stay; they refresh with what it has from now on.
   *
   * @param change  null: nothing is said of the Bridge any more
   * @throws ClientNotFound
   * @throws InvalidRequest
   */
  async changeBridge(name: string, change: BridgeChange | null): Promise<Client> {
    const { store } = this.#parts;
    const { bridge } = await this.getClient(name);
    const changed = await store.updateBridge(name, change === null ? () => undefined : await bridgeChange(store, change, bridge?.clientId));
    if (!changed) throw new ClientNotFound(name);
    return changed;
  }

  /** @throws ClientNotFound */
  async removeClient(name: string): Promise<void> {
    if (!(await this.#parts.store.removeClient(name))) throw new ClientNotFound(name);
  }
}

function loginFaults(draft: ClientDraft): FieldFault[] {
  return (draft.legacyLogins ?? []).flatMap(({ connection, username }, position) => [
    ...(draft.connections.includes(connection) ? [] : [{ field: `legacyLogins/${position}/connection`, message: "must be one of the Client's connections" }]),
    // Old programs may write `number*extension`, which is split before a login is looked for.
    ...(/[*\p{Cc}]/u.test(username)
      ? [{ field: `legacyLogins/${position}/username`, message: 'must be a phone number or an e-mail address; the extension has a field of its own' }]
      : []),
  ]);
}

// A rule that cannot be read must never come to mean "allowed": it is refused when it is given.
function policyFaults(policy: Policy | undefined): FieldFault[] {
  const faults = (list: readonly string[] | undefined, field: string, good: (entry: string) => boolean, message: string): FieldFault[] =>
    (list ?? []).flatMap((entry, position) => (good(entry) ? [] : [{ field: `policy/${field}/${position}`, message }]));
  return [
    ...faults(policy?.ipAllow, 'ipAllow', isAddressBlock, 'must be an IP address or a CIDR block such as 192.0.2.0/24'),
    ...faults(policy?.permissions, 'permissions', isPermission, 'must be a RingCentral Permission such as RingOut or ReadAccounts'),
    ...(policy?.paths ?? []).flatMap((path, position) => {
      const message = pathPatternFault(path);
      return message === undefined ? [] : [{ field: `policy/paths/${position}`, message }];
    }),
    ...faults(policy?.methods, 'methods', (method) => METHODS.includes(method.toUpperCase()), `must be one of ${METHODS.join(', ')}`),
  ];
}
