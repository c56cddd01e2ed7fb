import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Clients } from '../access/clients.ts';
import type { Explanation } from '../access/explain-request.ts';
import type { GatewayKeys } from '../access/gateway-keys.ts';
import { GatewayProver } from '../access/gateway-proof.ts';
import type { AskedRequest } from '../access/permit-request.ts';
import type { RingCxBridgeParts } from '../bridge/ring-cx.ts';
import type { BridgeSessions } from '../bridge/sessions.ts';
import type { TokenEndpointParts } from '../bridge/token-endpoint.ts';
import type { Apps } from '../broker/apps.ts';
import type { Connections } from '../broker/connections.ts';
import type { Freezes } from '../broker/freezes.ts';
import type { RingCxTokens } from '../broker/ring-cx.ts';
import type { Weather } from '../broker/weather.ts';
import type { ConnectParts } from '../connect/parts.ts';
import type { AuditStore, AuditTrail } from '../domain/audit.ts';
import { RouteNotFound } from '../domain/errors.ts';
import type { GrantStore } from '../domain/grant.ts';
import type { Secret } from '../domain/secret.ts';
import type { TrustedProxies } from '../domain/source.ts';
import type { FaxOutApi } from '../legacy/faxout/answer.ts';
import type { RingOutApi } from '../legacy/ringout/answer.ts';
import type { ProxyParts } from '../proxy/proxy.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { type Random, randomText } from '../runtime/random.ts';
import { createAdminCheck } from './admin-token.ts';
import { entryOf, resultOf } from './audit.ts';
import { createAddressOf, tellCallerAddresses } from './caller-address.ts';
import type { CrossOriginParts } from './cross-origin.ts';
import { createFront } from './front.ts';
import type { Metrics } from './metrics.ts';
import { describeRoutes } from './openapi.ts';
import { sendProblem } from './problem.ts';
import type { Readiness } from './readiness.ts';
import { appRoutes } from './routes/apps.ts';
import { auditRoutes } from './routes/audit.ts';
import { bridgeRoutes } from './routes/bridge.ts';
import { type AuthorizeParts, bridgeAuthorizeRoutes } from './routes/bridge-authorize.ts';
import { bridgeDiscoveryRoutes } from './routes/bridge-discovery.ts';
import { bridgeRingCxRoutes } from './routes/bridge-ring-cx.ts';
import { clientKeyRoutes } from './routes/client-keys.ts';
import { clientRoutes } from './routes/clients.ts';
import { connectRoutes } from './routes/connect.ts';
import { connectionImportRoutes } from './routes/connection-import.ts';
import { connectionRoutes } from './routes/connections.ts';
import { explainRoutes } from './routes/explain.ts';
import { type FaxRouteParts, faxRoutes } from './routes/faxes.ts';
import { freezeRoutes } from './routes/freezes.ts';
import { healthRoutes } from './routes/health.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { openApiRoutes } from './routes/openapi.ts';
import { proofRoutes } from './routes/proof.ts';
import { type TokenRouteParts, tokenRoutes } from './routes/tokens.ts';
import { weatherRoutes } from './routes/weather.ts';

const API = '/trunkline/api';
// 72 bits: unlike any other for as long as logs are kept.
const REQUEST_ID_BYTES = 9;
// A name has a hundred characters at most, each three where it is percent-encoded.
const ENCODED_NAME_LIMIT = 300;
// A Client with ten thousand legacy logins, the most there may be, takes some 930 KB.
const BODY_LIMIT_BYTES = 1024 * 1024;

/** What one listener serves: the programs (`data`), the management API (`admin`), or both. */
export type Plane = 'data' | 'admin';

/** What the HTTP side is handed. */
export interface HttpParts {
  readonly ringOut: RingOutApi;
  readonly faxOut: FaxOutApi;
  readonly faxes: FaxRouteParts;
  readonly apps: Apps;
  readonly connections: Connections;
  readonly clients: Clients;
  readonly connect: ConnectParts;
  readonly bridge: TokenEndpointParts & { readonly sessions: Pick<BridgeSessions, 'endAllOf'> };
  readonly ringCxBridge: RingCxBridgeParts;
  /** But for what connects people. */
  readonly authorize: Omit<AuthorizeParts, 'connect'>;
  /** Which pages may call from a browser. */
  readonly crossOrigin: CrossOriginParts;
  readonly gatewayKeys: GatewayKeys;
  /** Says which rule decides about a request of a Client. */
  explainRequest(client: string, asked: AskedRequest): Promise<Explanation>;
  readonly tokens: TokenRouteParts['tokens'];
  readonly ringCx: Pick<RingCxTokens, 'usableToken' | 'newerToken'>;
  readonly grants: Pick<GrantStore, 'findGrant'>;
  readonly freezes: Freezes;
  readonly weather: Weather;
  readonly adminToken: Secret;
  readonly readiness: Pick<Readiness, 'check'>;
  /** Blocks beyond this machine that may speak plain HTTP. */
  readonly allowPlainHttp: readonly string[];
  /** Who is believed about where a request comes from. */
  readonly trustProxy: TrustedProxies;
  readonly trail: AuditTrail;
  readonly audit: Pick<AuditStore, 'listAudit'>;
  readonly random: Random;
  readonly metrics: Metrics;
  /** But for the caller's address, which the listener knows. */
  readonly proxy: Omit<ProxyParts, 'addressOf'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Trunkline's own. */
  readonly version: string;
}

/** An HTTP server for the given planes, not yet listening. */
export function createServer(parts: HttpParts, planes: readonly Plane[]): FastifyInstance {
  const addressOf = createAddressOf(parts.trustProxy);
  const server = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => randomText(parts.random, REQUEST_ID_BYTES),
    serverFactory: (handler) => createFront({ ...parts, addressOf, servesData: planes.includes('data') }, handler),
    // Fastify would answer what cannot be parsed as well, and close the connection under a legacy request that is under
    // way on it.
    clientErrorHandler: () => undefined,
    // What was accepted is answered, also while the server closes.
    return503OnClosing: false,
    // What the router counts is what was sent.
    routerOptions: { maxParamLength: ENCODED_NAME_LIMIT },
    ajv: { customOptions: { allErrors: true, coerceTypes: false, removeAdditional: false, useDefaults: false, discriminator: true, verbose: true } },
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply, parts.log),
  }).withTypeProvider<TypeBoxTypeProvider>();

  tellCallerAddresses(server, addressOf);
  // Scripts send the JSON content type with everything, also where there is no body to send.
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '' && !takesBody(request)) done(null, undefined);
    else parseJson(request, body as string, done);
  });
  server.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, parts.log));
  server.setNotFoundHandler((request, reply) => sendProblem(new RouteNotFound(), request, reply, parts.log));
  parts.metrics.countRequests(server);
  server.register(healthRoutes(parts.readiness));
  if (planes.includes('data')) {
    server.register(tokenRoutes(parts), { prefix: API });
    server.register(connectRoutes(parts.connect), { prefix: '/connect' });
    server.register(bridgeRoutes(parts.bridge, parts.log));
    server.register(bridgeAuthorizeRoutes({ ...parts.authorize, connect: parts.connect }));
    server.register(bridgeDiscoveryRoutes(parts.proxy.publicOrigin));
    server.register(bridgeRingCxRoutes(parts.ringCxBridge, parts.clock, parts.log));
  }
  if (planes.includes('admin')) {
    server.register(metricsRoutes(parts.metrics, createAdminCheck(parts.adminToken)));
    server.register(proofRoutes(new GatewayProver(parts.adminToken, parts.random)), { prefix: API });
    server.register(managementRoutes(parts), { prefix: API });
  }
  return server;
}

function takesBody({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.schema as { body?: unknown } | undefined)?.body !== undefined;
}

function managementRoutes(parts: HttpParts) {
  return async (server: FastifyInstance) => {
    const check = createAdminCheck(parts.adminToken);
    server.addHook('onRequest', async (request) => {
      try {
        check(request.headers);
      } catch (error) {
        await parts.trail.refused({ ...entryOf(request, 'unknown'), result: 'admin_token_wrong' });
        throw error;
      }
    });
    // A change leaves a line before it is made, without which it is not, and one that says how it ended.
    const asked = new WeakSet<FastifyRequest>();
    server.addHook('preHandler', async (request) => {
      if (request.method === 'GET' || request.method === 'HEAD') return;
      await parts.trail.record({ ...entryOf(request, 'admin'), result: 'asked' });
      asked.add(request);
    });
    server.addHook('onSend', async (request, reply) => {
      reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
      if (asked.delete(request)) await parts.trail.note({ ...entryOf(request, 'admin'), result: resultOf(request, reply) });
    });
    await server.register(appRoutes(parts));
    await server.register(connectionRoutes(parts));
    await server.register(connectionImportRoutes(parts.connections));
    await server.register(clientRoutes(parts.clients, parts.bridge.sessions));
    await server.register(clientKeyRoutes(parts.clients));
    await server.register(explainRoutes(parts));
    await server.register(faxRoutes(parts.faxes));
    await server.register(freezeRoutes(parts));
    await server.register(invitationRoutes(parts));
    await server.register(weatherRoutes(parts));
    await server.register(auditRoutes(parts.audit));
    await server.register(openApiRoutes(() => describeRoutes(allRoutes(parts), parts.version)));
  };
}

/** Every route, whichever listener serves it, but for the legacy ones. */
function allRoutes(parts: HttpParts) {
  return async (server: FastifyInstance) => {
    await server.register(healthRoutes(parts.readiness));
    await server.register(metricsRoutes(parts.metrics, createAdminCheck(parts.adminToken)));
    await server.register(proofRoutes(new GatewayProver(parts.adminToken, parts.random)), { prefix: API });
    await server.register(managementRoutes(parts), { prefix: API });
    await server.register(tokenRoutes(parts), { prefix: API });
  };
}
