import type { GatewayKeys } from '../access/gateway-keys.ts';
import { requiredPermission } from '../access/required-permission.ts';
import type { Client } from '../domain/client.ts';
import { PolicyForbids, RouteNotFound, TargetUnreadable } from '../domain/errors.ts';
import type { FreezeGuard } from '../domain/freeze.ts';
import { policyRefusal } from '../domain/policy.ts';
import { readTarget } from '../domain/target.ts';
import { findOperation, type Operation } from '../ringcentral/facts/operations.ts';
import { withIncluded } from '../ringcentral/facts/permissions.ts';
import { destinationOf, type ServedBy } from '../ringcentral/facts/roots.ts';
import { readPresented } from './presented.ts';

/** What a request is, before anything is known of whoever sent it. */
export interface Inbound {
  readonly method: string;
  /** As it stands in the request line. */
  readonly url: string;
  readonly authorization: string | undefined;
  /** `Trunkline-Connection`. */
  readonly connection: string | undefined;
  readonly address: string;
}

/** A request that may be forwarded, and where. */
export interface Allowed {
  readonly client: Client;
  readonly connection: string;
  readonly servedBy: Exclude<ServedBy, 'bridge'>;
  /** Path and query as they are sent on. */
  readonly target: string;
  /** Nothing where RingCentral describes none. */
  readonly operation: Operation | undefined;
}

/** What is asked about a request. */
export interface CallerParts {
  readonly keys: Pick<GatewayKeys, 'findClient'>;
  readonly freezes: Pick<FreezeGuard, 'requireClient' | 'requireConnection'>;
}

/**
 * Whether a request is the platform's to answer, or RingCX's: only those paths are forwarded. The gateway key may stand in
 * front.
 */
export function isForwarded(url: string): boolean {
  const { target } = readPresented(url, undefined);
  const question = target.indexOf('?');
  const servedBy = destinationOf(question < 0 ? target : target.slice(0, question))?.servedBy;
  return servedBy !== undefined && servedBy !== 'bridge';
}

/**
 * Which Client sent a request, for which Connection, and whether its Policy allows it.
 *
 * @throws ClientUnknown, Frozen, PolicyForbids
 * @throws TargetUnreadable  it could mean one thing here and another one there
 */
export async function permitForwarding({ keys, freezes }: CallerParts, inbound: Inbound): Promise<Allowed> {
  const { method, address } = inbound;
  const presented = readPresented(inbound.url, inbound.authorization);
  const client = await keys.findClient(presented.key);
  freezes.requireClient(client.name);

  const read = readTarget(presented.target);
  if ('refusal' in read) throw new TargetUnreadable(read.refusal);
  const destination = destinationOf(read.path);
  if (!destination || destination.servedBy === 'bridge') throw new RouteNotFound();
  const connection = inbound.connection ?? client.connections[0] ?? '';
  if (!client.connections.includes(connection)) throw new PolicyForbids(client.name, 'connections', connection);

  const operation = destination.servedBy === 'ringcxOrigin' ? undefined : findOperation(method, destination.path);
  if (client.policy) {
    const question = { address, method, path: destination.path, permission: requiredPermission(operation) };
    const refusal = policyRefusal(client.policy, question, withIncluded);
    if (refusal) throw new PolicyForbids(client.name, refusal, connection);
  }
  await freezes.requireConnection(connection);
  const target = read.query === undefined ? destination.path : `${destination.path}?${read.query}`;
  return { client, connection, servedBy: destination.servedBy, target, operation };
}
