import type { GatewayKeys } from '../access/gateway-keys.ts';
import { type AskedRequest, type PermittedRequest, permitRequest, routeRequest } from '../access/permit-request.ts';
import type { AtOnce } from '../domain/at-once.ts';
import type { BridgeCallers } from '../domain/bridge-session.ts';
import type { Client } from '../domain/client.ts';
import { BridgeTokenRefused, PolicyForbids, RouteNotFound } from '../domain/errors.ts';
import type { FreezeGuard } from '../domain/freeze.ts';
import type { Operation } from '../ringcentral/facts/operations.ts';
import { destinationOf, type ServedBy } from '../ringcentral/facts/roots.ts';
import { methodMeant } from './method-meant.ts';
import { type Presented, readPresented } from './presented.ts';

// What the tokens begin with that the Bridge gives out.
const BRIDGE_TOKEN = 'tlb_';

/** What a request is, before anything is known of whoever sent it. */
export interface Inbound {
  readonly method: string;
  readonly presented: Presented;
  /** `X-HTTP-Method-Override`. */
  readonly override: string | undefined;
  /** `Trunkline-Connection`. */
  readonly connection: string | undefined;
  readonly address: string;
}

/** A request that may be forwarded, and where. */
export interface Allowed {
  readonly client: Client;
  readonly connection: string;
  /** It has signed in as it would at the platform, and knows no other address than this gateway's. */
  readonly throughBridge: boolean;
  readonly servedBy: Exclude<ServedBy, 'bridge'>;
  /** As a Policy judges it. */
  readonly path: string;
  readonly query: string | undefined;
  /** Nothing where RingCentral describes none. */
  readonly operation: Operation | undefined;
}

/** What is asked about a request. */
export interface CallerParts {
  readonly keys: Pick<GatewayKeys, 'findClient'>;
  readonly bridge: BridgeCallers;
  readonly freezes: Pick<FreezeGuard, 'isEmpty' | 'requireClient' | 'requireConnection'>;
}

/**
 * What a request presents, where it is the platform's to answer, or RingCX's: only those paths are forwarded. The gateway key
 * may stand in front.
 */
export function presentedToForward(url: string, authorization: string | undefined): Presented | undefined {
  const presented = readPresented(url, authorization);
  const { target } = presented;
  const question = target.indexOf('?');
  const servedBy = destinationOf(question < 0 ? target : target.slice(0, question))?.servedBy;
  return servedBy !== undefined && servedBy !== 'bridge' ? presented : undefined;
}

/**
 * Which Client sent a request, for which Connection, and whether its Policy allows it.
 *
 * @throws ClientUnknown, BridgeTokenRefused, and what `routeRequest` and `permitRequest` throw
 */
export function permitForwarding(parts: CallerParts, inbound: Inbound): AtOnce<Allowed> {
  const { key } = inbound.presented;
  if (key?.startsWith(BRIDGE_TOKEN)) return permitProgram(parts, inbound, key);
  const client = parts.keys.findClient(key);
  return client instanceof Promise ? client.then((found) => permitClient(parts, inbound, found)) : permitClient(parts, inbound, client);
}

async function permitProgram(parts: CallerParts, inbound: Inbound, token: string): Promise<Allowed> {
  const { client, connection, isForRingCx } = await parts.bridge.findCaller(token);
  // A session is for one Connection.
  if ((inbound.connection ?? connection) !== connection) throw new PolicyForbids(client.name, 'connections', inbound.connection ?? '');
  const asked = askedOf(inbound, connection);
  const routed = routeRequest(asked);
  if (isForRingCx && routed.servedBy !== 'ringcxOrigin') throw new BridgeTokenRefused('invalid');
  return allowedOf(client, true, await permitRequest(parts.freezes, client, asked, routed));
}

function permitClient({ freezes }: CallerParts, inbound: Inbound, client: Client): AtOnce<Allowed> {
  const asked = askedOf(inbound, inbound.connection);
  const permitted = permitRequest(freezes, client, asked, routeRequest(asked));
  return permitted instanceof Promise ? permitted.then((request) => allowedOf(client, false, request)) : allowedOf(client, false, permitted);
}

function askedOf({ method, override, presented, address }: Inbound, connection: string | undefined): AskedRequest {
  const { target } = presented;
  const question = target.indexOf('?');
  return { method: methodMeant(method, override, question < 0 ? undefined : target.slice(question + 1)), url: target, address, connection };
}

function allowedOf(client: Client, throughBridge: boolean, { servedBy, connection, path, query, operation }: PermittedRequest): Allowed {
  if (servedBy === 'bridge') throw new RouteNotFound();
  return { client, throughBridge, connection, servedBy, path, query, operation };
}

/** Path and query as they are sent on. */
export function targetOf({ path, query }: Pick<Allowed, 'path' | 'query'>): string {
  return query === undefined ? path : `${path}?${query}`;
}
