import { createServer as createNodeServer, type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { AuditTrail } from '../domain/audit.ts';
import { type GatewayError, MethodNotForwarded } from '../domain/errors.ts';
import type { FaxOutApi } from '../legacy/faxout/answer.ts';
import { legacyApiOf } from '../legacy/path.ts';
import type { RingOutApi } from '../legacy/ringout/answer.ts';
import { presentedToForward } from '../proxy/caller.ts';
import { closeGently, isClosing } from '../proxy/linger.ts';
import { leaveToForwarded } from '../proxy/presence.ts';
import { createProxy, type ProxyParts } from '../proxy/proxy.ts';
import { sendRefusal } from '../proxy/refusal.ts';
import { createUpgrade, isWebSocket } from '../proxy/upgrade.ts';
import type { Log } from '../runtime/log.ts';
import type { AddressOf } from './caller-address.ts';
import { type CrossOriginParts, createCrossOrigin } from './cross-origin.ts';
import { createLegacyListener } from './legacy/listener.ts';
import { answerParserErrors, LEGACY_SERVER_OPTIONS } from './legacy/parser-error.ts';
import { guardPlainHttp } from './plain-http.ts';
import { findFault, MOST_LINES, refuseWithProblem } from './unclear.ts';
import { serveWithoutUpgrade } from './without-upgrade.ts';

// A head comes within a round trip or two: whoever takes longer holds a connection for nothing.
const HEAD_MS = 30_000;
const CHECK_MS = 5_000;
// Longer than the minute for which load balancers and programs keep a connection: whoever closes it should be they, as a request
// that meets one which is just being closed is lost.
const KEEP_ALIVE_MS = 75_000;
// The bodies of our own routes have a megabyte at most.
const OWN_BODY = { durationMs: 60_000, idleMs: 20_000 };
// Where programs sign in that may run in a browser. Where people do no page may read along (RFC 9700 §2.6).
const SIGN_IN_PATHS: ReadonlySet<string> = new Set([
  '/restapi/oauth/token',
  '/restapi/oauth/revoke',
  '/api/auth/login/rc/accesstoken',
  '/api/auth/token/refresh',
  '/.well-known/openid-configuration',
  '/.well-known/entry-points/initial',
  '/.well-known/entry-points/external',
]);

/** What the front is handed. */
export interface FrontParts {
  readonly ringOut: RingOutApi;
  readonly faxOut: FaxOutApi;
  /** But for the caller's address, which the listener knows. */
  readonly proxy: Omit<ProxyParts, 'addressOf'>;
  readonly crossOrigin: CrossOriginParts;
  readonly addressOf: AddressOf;
  readonly allowPlainHttp: readonly string[];
  readonly trail: Pick<AuditTrail, 'refused'>;
  readonly log: Log;
  /** Whether old programs and forwarded requests are served. */
  readonly servesData: boolean;
}

/**
 * The server on node:http, with what is served in front of Fastify, whose own answers to a bad URL, body or media type are not what
 * an old program can read, and whose routing a forwarded request does not need.
 *
 * @param handler  Fastify's
 */
export function createFront(parts: FrontParts, handler: RequestListener): Server {
  const { servesData, addressOf } = parts;
  const { times } = parts.proxy;
  const legacy = createLegacyListener({ ringOut: parts.ringOut, faxOut: parts.faxOut, times, addressOf, log: parts.log });
  const isLegacy = ({ url = '' }: IncomingMessage) => servesData && legacyApiOf(url) !== undefined;
  const isSignIn = ({ url = '' }: IncomingMessage) => servesData && SIGN_IN_PATHS.has(url.split('?', 1)[0] ?? '');
  const presentedOf = ({ url = '', headers }: IncomingMessage) => (servesData ? presentedToForward(url, headers.authorization) : undefined);
  const proxy = createProxy({ ...parts.proxy, addressOf });
  const upgrade = createUpgrade(proxy);
  const fromPage = createCrossOrigin(parts.crossOrigin);
  const told = (address: string, result: string) =>
    void parts.trail.refused({ who: 'unknown', action: 'request', object: 'http', address, result, requestId: '' });

  const refuse = (request: IncomingMessage, response: ServerResponse, error: GatewayError) => {
    const address = addressOf(request);
    if (!presentedOf(request)) {
      closeGently(request, response, times);
      refuseWithProblem(response, error);
      told(address, error.code);
      return;
    }
    closeGently(request, response, times);
    sendRefusal(request, response, times, error);
    parts.proxy.count({ method: request.method ?? '', address, status: error.status, code: error.code });
  };
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    if (isClosing(request.socket)) return;
    if (isLegacy(request)) return legacy(request, response);
    const fault = findFault(request);
    if (fault) return refuse(request, response, fault);
    const presented = presentedOf(request);
    if (presented) return fromPage(request, response, () => proxy(request, response, presented));
    if (!request.complete) boundBody(request, response);
    if (isSignIn(request)) return fromPage(request, response, () => handler(request, response));
    handler(request, response);
  };
  const boundBody = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const timed = times.begin(OWN_BODY, { bytes: () => socket.bytesRead, late: () => socket.destroy() });
    request.once('end', () => timed.end());
    response.once('close', () => timed.end());
  };

  const server = createNodeServer(
    // What Clients may take is in their limits, and counted from when they are known.
    { ...LEGACY_SERVER_OPTIONS, headersTimeout: HEAD_MS, connectionsCheckingInterval: CHECK_MS, requestTimeout: 0, keepAliveTimeout: KEEP_ALIVE_MS },
    serve,
  );
  // Node leaves out what goes beyond, so that one more shows that there is too much.
  server.maxHeadersCount = MOST_LINES + 1;
  // What is forwarded is asked for its body only once it may be.
  server.on('checkContinue', (request, response) => {
    if (!presentedOf(request)) response.writeContinue();
    serve(request, response);
  });
  server.on('upgrade', (request, socket: Socket, head) => {
    if (isClosing(socket)) socket.destroy();
    else {
      const presented = isWebSocket(request) && !findFault(request) ? presentedOf(request) : undefined;
      if (presented) upgrade(request, presented, socket, head);
      else serveWithoutUpgrade(server, request, socket, head);
    }
  });
  server.on('connect', (request, socket: Socket) => refuse(request, answerOn(request, socket), new MethodNotForwarded()));
  // Node answers 417 to an expectation that it does not know; an old program can read 200 only.
  server.on('checkExpectation', (request, response) => {
    if (isLegacy(request)) legacy(request, response);
    else response.writeHead(417).end();
  });
  answerParserErrors(server, {
    leave: leaveToForwarded,
    refused: (socket, code) => told(addressOf({ socket: socket as Socket, headers: {} }), code),
  });
  guardPlainHttp(server, parts.allowPlainHttp);
  return server;
}

// Node has let go of the connection, with whatever came behind the head.
function answerOn(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  socket.on('error', () => socket.destroy());
  response.once('finish', () => socket.destroySoon());
  return response;
}
