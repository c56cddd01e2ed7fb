import type { AtOnce } from '../domain/at-once.ts';
import type { Client } from '../domain/client.ts';
import { PolicyForbids, RouteNotFound, TargetUnreadable } from '../domain/errors.ts';
import type { FreezeGuard } from '../domain/freeze.ts';
import { type PolicyQuestion, type PolicyRefusal, policyRefusal } from '../domain/policy.ts';
import { readTarget } from '../domain/target.ts';
import { findOperation, type Operation } from '../ringcentral/facts/operations.ts';
import { withIncluded } from '../ringcentral/facts/permissions.ts';
import { destinationOf, type ServedBy } from '../ringcentral/facts/roots.ts';
import { requiredPermission } from './required-permission.ts';

/** A request for the platform as a Client makes it. */
export interface AskedRequest {
  /** In capitals. */
  readonly method: string;
  /** The request target, as node:http gives it. */
  readonly url: string;
  /** As `clientAddress` gives it. */
  readonly address: string;
  /** The Connection that it names; the Client's first where it names none. */
  readonly connection: string | undefined;
}

/** Where a request leads, and what it is. */
export interface RoutedRequest {
  readonly servedBy: ServedBy;
  /** What is sent on, and what the Policy judges. */
  readonly path: string;
  /** Behind the `?`. */
  readonly query: string | undefined;
  /** Nothing where RingCentral describes none. */
  readonly operation: Operation | undefined;
}

/** A request that may be made. */
export interface PermittedRequest extends RoutedRequest {
  readonly connection: string;
}

/**
 * Reads what a request is for.
 *
 * @throws TargetUnreadable  its path can be read in more than one way
 * @throws RouteNotFound     it is neither the platform's nor RingCX's
 */
export function routeRequest({ method, url }: Pick<AskedRequest, 'method' | 'url'>): RoutedRequest {
  const target = readTarget(url);
  if ('refusal' in target) throw new TargetUnreadable(target.refusal);
  const destination = destinationOf(target.path);
  if (!destination) throw new RouteNotFound();
  const { servedBy, path } = destination;
  return { servedBy, path, query: target.query, operation: servedBy === 'ringcxOrigin' ? undefined : findOperation(method, path) };
}

/**
 * Asks whether a Client may make this request: nothing is frozen, the Connection is one of its own, and its Policy allows
 * it. Whatever cannot be told is refused.
 *
 * @param routed  as `routeRequest` reads it
 * @throws Frozen
 * @throws PolicyForbids  a Connection that is not the Client's is refused alike, whether it is there or not
 */
export function permitRequest(
  freezes: Pick<FreezeGuard, 'requireClient' | 'requireConnection'>,
  client: Client,
  asked: AskedRequest,
  routed: RoutedRequest,
): AtOnce<PermittedRequest> {
  freezes.requireClient(client.name);
  const connection = connectionOf(client, asked);
  const refusal = refusalOf(client, asked, routed);
  if (refusal) throw new PolicyForbids(client.name, refusal, connection, refusal === 'permissions' ? lacking(routed) : []);
  // Not by a spread: of thousands a second each would get a shape of its own.
  const { servedBy, path, query, operation } = routed;
  const permitted = { servedBy, path, query, operation, connection };
  const allowed = freezes.requireConnection(connection);
  return allowed instanceof Promise ? allowed.then(() => permitted) : permitted;
}

/** The Connection that a request is for. @throws PolicyForbids  it is not the Client's */
export function connectionOf(client: Client, { connection = client.connections[0] ?? '' }: Pick<AskedRequest, 'connection'>): string {
  if (!client.connections.includes(connection)) throw new PolicyForbids(client.name, 'connections', connection);
  return connection;
}

/** Which part of the Client's Policy refuses a request; nothing where it is allowed. */
export function refusalOf(client: Client, { method, address }: AskedRequest, { path, operation }: RoutedRequest): PolicyRefusal | undefined {
  const question: PolicyQuestion = { method, address, path, permission: requiredPermission(operation) };
  return policyRefusal(client.policy, question, withIncluded);
}

function lacking({ operation }: RoutedRequest): readonly string[] {
  return [requiredPermission(operation) ?? []].flat().filter((permission) => permission !== '');
}
