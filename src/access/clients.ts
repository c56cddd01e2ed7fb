import type { Client, ClientStore } from '../domain/client.ts';
import { ClientNotFound, ConnectionNotFound, type FieldFault, InvalidRequest } from '../domain/errors.ts';
import type { Page, PageRequest } from '../domain/page.ts';
import { type CountryCode, loginName } from '../domain/phone-number.ts';
import { isAddressBlock, type Policy, pathPatternFault } from '../domain/policy.ts';
import type { Secret } from '../domain/secret.ts';
import { isPermission } from '../ringcentral/facts/permissions.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import { createGatewayKey, hashGatewayKey } from './gateway-key.ts';
import { hashPassword } from './legacy-logins.ts';

// CONNECT and TRACE are refused for everybody.
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** What a person gives to create a Client. */
export interface ClientDraft {
  readonly name: string;
  readonly connections: readonly string[];
  readonly policy?: Policy;
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
    const faults = [...loginFaults(draft), ...policyFaults(draft.policy)];
    if (faults.length > 0) throw new InvalidRequest(faults);

    const key = createGatewayKey(this.#parts.random);
    const client: Client = {
      name: draft.name,
      connections: draft.connections,
      policy: draft.policy,
      keyHash: hashGatewayKey(key),
      legacyLogins: await Promise.all(
        (draft.legacyLogins ?? []).map(async ({ username, extension, password, connection }) => ({
          username: loginName(username, this.#parts.country),
          // `0`, and so `00`, means no extension to an old program.
          extension: /^0*$/.test(extension ?? '') ? '' : (extension ?? ''),
          passwordHash: password && (await hashPassword(password.reveal())),
          connection,
        })),
      ),
      createdAt: this.#parts.clock.now(),
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
