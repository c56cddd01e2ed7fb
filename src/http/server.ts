import { createServer as createNodeServer, type IncomingMessage, type Server } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Clients } from '../access/clients.ts';
import type { Apps } from '../broker/apps.ts';
import type { Connections } from '../broker/connections.ts';
import { RouteNotFound } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import type { RingOutApi } from '../legacy/ringout/answer.ts';
import type { Log } from '../runtime/log.ts';
import { createAdminCheck } from './admin-token.ts';
import { createLegacyListener } from './legacy/listener.ts';
import { answerParserErrors, LEGACY_SERVER_OPTIONS, refuseMissingHost } from './legacy/parser-error.ts';
import { legacyApiOf } from './legacy/path.ts';
import { guardPlainHttp } from './plain-http.ts';
import { sendProblem } from './problem.ts';
import { appRoutes } from './routes/apps.ts';
import { clientRoutes } from './routes/clients.ts';
import { connectionRoutes } from './routes/connections.ts';
import { healthRoutes } from './routes/health.ts';

const BODY_LIMIT_BYTES = 1024 * 1024;

/** What one listener serves: the programs (`data`), the management API (`admin`), or both. */
export type Plane = 'data' | 'admin';

/** What the HTTP side is handed. */
export interface HttpParts {
  readonly ringOut: RingOutApi;
  readonly apps: Apps;
  readonly connections: Connections;
  readonly clients: Clients;
  readonly adminToken: Secret;
  /** Rejects where the gateway cannot do its work. */
  readonly ready: () => Promise<void>;
  /** Blocks beyond this machine that may speak plain HTTP. */
  readonly allowPlainHttp: readonly string[];
  readonly log: Log;
}

/** An HTTP server for the given planes, not yet listening. */
export function createServer(parts: HttpParts, planes: readonly Plane[]): FastifyInstance {
  const server = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    // The legacy paths are answered on node:http, in front of Fastify, whose own answers to a bad URL, body or media
    // type are not what an old program can read.
    serverFactory: (handler) => nodeServer(parts, planes, handler),
    // Fastify would answer what cannot be parsed as well, and close the connection under a legacy request that is under
    // way on it.
    clientErrorHandler: () => undefined,
    ajv: { customOptions: { allErrors: true, coerceTypes: false, removeAdditional: false, useDefaults: false, discriminator: true } },
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply, parts.log),
  }).withTypeProvider<TypeBoxTypeProvider>();

  // Scripts send the JSON content type with everything, a DELETE without a body included.
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '' && request.method === 'DELETE') done(null, undefined);
    else parseJson(request, body as string, done);
  });
  server.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, parts.log));
  server.setNotFoundHandler((request, reply) => sendProblem(new RouteNotFound(), request, reply, parts.log));
  server.register(healthRoutes(parts.ready));
  if (planes.includes('admin')) server.register(managementRoutes(parts), { prefix: '/trunkline/api' });
  return server;
}

function managementRoutes(parts: HttpParts) {
  return async (server: FastifyInstance) => {
    const check = createAdminCheck(parts.adminToken);
    server.addHook('onRequest', async (request) => check(request.headers));
    server.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    });
    await server.register(appRoutes(parts.apps));
    await server.register(connectionRoutes(parts.connections));
    await server.register(clientRoutes(parts.clients));
  };
}

function nodeServer(parts: HttpParts, planes: readonly Plane[], handler: Parameters<typeof createNodeServer>[1] & {}): Server {
  const legacy = createLegacyListener({ ringOut: parts.ringOut, addressOf, log: parts.log });
  const servesLegacy = planes.includes('data');
  const isLegacy = (request: IncomingMessage) => servesLegacy && legacyApiOf(request.url ?? '') !== undefined;
  const server = createNodeServer(LEGACY_SERVER_OPTIONS, (request, response) => {
    if (isLegacy(request)) return legacy(request, response);
    if (refuseMissingHost(request, response)) return;
    handler(request, response);
  });
  // Node answers 417 to an expectation that it does not know; an old program can read 200 only.
  server.on('checkExpectation', (request, response) => {
    if (isLegacy(request)) legacy(request, response);
    else response.writeHead(417).end();
  });
  answerParserErrors(server);
  guardPlainHttp(server, parts.allowPlainHttp);
  return server;
}

// No forwarded header is believed: the caller is whoever holds the other end of the connection (design S6).
function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? '';
}
