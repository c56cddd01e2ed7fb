import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { exchangeForRingCx, type Parameters, type RingCxBridgeParts, type RingCxTokenRequest, refreshForRingCx } from '../../bridge/ring-cx.ts';
import { badRequest, RingCxBridgeRefused } from '../../bridge/ring-cx-refusal.ts';
import { GatewayError } from '../../domain/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Log, messageOf } from '../../runtime/log.ts';
import { sentQuery } from '../sent-query.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';
const FORM_LIMIT_BYTES = 64 * 1024;
// RingCX's own paths are described by RingCentral.
const schema = { hide: true };

/** RingCX's two token routes, for programs that cannot change. */
export function bridgeRingCxRoutes(parts: RingCxBridgeParts, clock: Pick<Clock, 'now'>, log: Log): (server: FastifyInstance) => Promise<void> {
  return async (server) => {
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', { parseAs: 'string', bodyLimit: FORM_LIMIT_BYTES }, (_request, body, done) => done(null, body));
    server.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', 'no-store').header('pragma', 'no-cache').header('x-content-type-options', 'nosniff');
    });
    server.setErrorHandler(async (error, request, reply) => sendRefusal(error, request, reply, clock, log));
    server.post('/api/auth/login/rc/accesstoken', { schema }, async (request) => exchangeForRingCx(parts, tokenRequest(request)));
    server.post('/api/auth/token/refresh', { schema }, async (request) => refreshForRingCx(parts, tokenRequest(request)));
  };
}

function tokenRequest(request: FastifyRequest): RingCxTokenRequest {
  const named = request.headers['trunkline-connection'];
  return {
    parameters: readParameters(request),
    connection: typeof named === 'string' && named !== '' ? named : undefined,
    address: request.callerAddress,
    requestId: request.id,
  };
}

/** From the query and, where there is one, the form: RingCX's reference says query, its guides say form. One that is empty counts as absent. */
function readParameters(request: FastifyRequest): Parameters {
  const body = typeof request.body === 'string' ? request.body : '';
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (body !== '' && type !== FORM_TYPE) throw badRequest();
  const found = new Map<string, string>();
  for (const [name, value] of [...sentQuery(request), ...new URLSearchParams(body)]) {
    if (value === '') continue;
    if (found.has(name)) throw badRequest();
    found.set(name, value);
  }
  return found;
}

function sendRefusal(error: unknown, request: FastifyRequest, reply: FastifyReply, clock: Pick<Clock, 'now'>, log: Log): FastifyReply {
  const refusal = error instanceof RingCxBridgeRefused ? error : asRefusal(error);
  const { retryAfterMs, code } = refusal.details;
  if (refusal.status >= 500) log.error('bridge.failed', { route: request.routeOptions.url, requestId: request.id, error: messageOf(error) });
  if (retryAfterMs !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterMs / 1_000)));
  if (code !== undefined) reply.header('trunkline-error', code);
  const path = (request.routeOptions.url ?? '').slice(1);
  return reply.code(refusal.status).send(refusal.body(request.method, path, clock.now()));
}

function asRefusal(error: unknown): RingCxBridgeRefused {
  if (error instanceof GatewayError) {
    const { status, code, message, retryAfterMs } = error;
    return new RingCxBridgeRefused(status >= 500 ? status : 503, code, message, { code, retryAfterMs });
  }
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode < 500) return new RingCxBridgeRefused(statusCode, badRequest().errorCode, badRequest().message);
  return new RingCxBridgeRefused(500, 'internal', 'Something went wrong inside Trunkline; its log has the cause.', { code: 'internal' });
}
