import type { GatewayKeys } from '../access/gateway-keys.ts';
import { permitRequest, routeRequest } from '../access/permit-request.ts';
import type { BridgeCallers } from '../domain/bridge-session.ts';
import type { Client } from '../domain/client.ts';
import { BridgeTokenRefused, PolicyForbids, RouteNotFound } from '../domain/errors.ts';
import type { FreezeGuard } from '../domain/freeze.ts';
import type { Operation } from '../ringcentral/facts/operations.ts';
import { destinationOf, type ServedBy } from '../ringcentral/facts/roots.ts';
import { methodMeant } from './method-meant.ts';
import { readPresented } from './presented.ts';

// What the tokens begin with that the Bridge gives out.
const BRIDGE_TOKEN = 'tlb_';

/** What a request is, before anything is known of whoever sent it. */
export interface Inbound {
  readonly method: string;
  /** As it stands in the request line. */
  readonly url: string;
  readonly authorization: string | undefined;
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
 * @throws ClientUnknown, BridgeTokenRefused, and what `routeRequest` and `permitRequest` throw
 */
export async function permitForwarding({ keys, bridge, freezes }: CallerParts, inbound: Inbound): Promise<Allowed> {
  const { url, authorization, address } = inbound;
  const presented = readPresented(url, authorization);
  const throughBridge = presented.key?.startsWith(BRIDGE_TOKEN) ?? false;
  const caller = throughBridge
    ? await bridge.findCaller(presented.key ?? '')
    : { client: await keys.findClient(presented.key), connection: inbound.connection, isForRingCx: false };
  const { client } = caller;
  // A session is for one Connection.
  if (throughBridge && (inbound.connection ?? caller.connection) !== caller.connection)
    throw new PolicyForbids(client.name, 'connections', inbound.connection ?? '');
  const { connection } = caller;
  const question = presented.target.indexOf('?');
  const method = methodMeant(inbound.method, inbound.override, question < 0 ? undefined : presented.target.slice(question + 1));
  const asked = { method, url: presented.target, address, connection };
  const routed = routeRequest(asked);
  if (caller.isForRingCx && routed.servedBy !== 'ringcxOrigin') throw new BridgeTokenRefused('invalid');
  const { servedBy, connection: permitted, path, query, operation } = await permitRequest(freezes, client, asked, routed);
  if (servedBy === 'bridge') throw new RouteNotFound();
  return { client, throughBridge, connection: permitted, servedBy, path, query, operation };
}

/** Path and query as they are sent on. */
export function targetOf({ path, query }: Pick<Allowed, 'path' | 'query'>): string {
  return query === undefined ? path : `${path}?${query}`;
}
