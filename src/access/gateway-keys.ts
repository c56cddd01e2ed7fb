import { timingSafeEqual } from 'node:crypto';
import type { AtOnce } from '../domain/at-once.ts';
import type { Client } from '../domain/client.ts';
import { ClientUnknown, PolicyForbids } from '../domain/errors.ts';
import type { FreezeGuard } from '../domain/freeze.ts';
import { tokenRefusal } from '../domain/policy.ts';
import type { Clock } from '../runtime/clock.ts';
import type { KnownClients } from './client-cache.ts';
import { hashGatewayKey, isGatewayKey } from './gateway-key.ts';

/** Checks the gateway keys that programs present. */
export class GatewayKeys {
  readonly #store: Pick<KnownClients, 'findClientByKey'>;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(store: Pick<KnownClients, 'findClientByKey'>, clock: Pick<Clock, 'now'>) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Who has this key.
   *
   * The database looks for the key's hash, so how long it takes tells nothing that helps to guess 256 bits; the match
   * itself is compared in constant time.
   *
   * @param key  as presented; absent where there is none
   * @throws ClientUnknown  no Client has it, or it is none
   */
  findClient(key: string | undefined): AtOnce<Client> {
    if (key === undefined) throw new ClientUnknown('nothing');
    if (!isGatewayKey(key)) throw new ClientUnknown('another kind');
    const hash = hashGatewayKey(key);
    const client = this.#store.findClientByKey(hash);
    return client instanceof Promise ? client.then((found) => this.#confirm(found, hash)) : this.#confirm(client, hash);
  }

  #confirm(client: Client | undefined, hash: string): Client {
    const held = client?.keys.find((one) => isSameHash(one.hash, hash));
    if (!client || !held || (held.expiresAt !== undefined && held.expiresAt <= this.#clock.now())) throw new ClientUnknown('unknown');
    return client;
  }
}

function isSameHash(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/**
 * Asks whether a Client may be handed the access token of this Connection: it is not frozen, and its Policy allows it.
 *
 * A Connection that is not the Client's is refused alike, whether it is there or not.
 *
 * @param address  where the Client asks from
 * @throws PolicyForbids
 * @throws Frozen  the Client, or everything; the Connection is asked about where its token is
 */
export function permitToken(freezes: Pick<FreezeGuard, 'requireClient'>, client: Client, connection: string, address: string): void {
  freezes.requireClient(client.name);
  if (!client.connections.includes(connection)) throw new PolicyForbids(client.name, 'connections', connection);
  const refusal = tokenRefusal(client.policy, address);
  if (refusal) throw new PolicyForbids(client.name, refusal, connection);
}
