import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readForm } from '../../bridge/form.ts';
import { BridgeRefused } from '../../bridge/refusal.ts';
import { issueTokens, type ProgramRequest, revokeTokens, type TokenEndpointParts } from '../../bridge/token-endpoint.ts';
import { GatewayError } from '../../domain/errors.ts';
import { type Log, messageOf } from '../../runtime/log.ts';

// A JWT credential has some thousand characters; percent-encoding adds little.
const FORM_LIMIT_BYTES = 64 * 1024;
// As the platform writes it, capitals and missing space included.
const JSON_TYPE = 'application/json;charset=UTF-8';
// The platform's own paths are described by RingCentral.
const schema = { hide: true };

/** `/restapi/oauth/token` and `/restapi/oauth/revoke`, for programs that cannot change. */
export function bridgeRoutes(parts: TokenEndpointParts, log: Log): (server: FastifyInstance) => Promise<void> {
  return async (server) => {
    server.removeAllContentTypeParsers();
    // What is no form is refused in the platform's words.
    server.addContentTypeParser('*', { parseAs: 'string', bodyLimit: FORM_LIMIT_BYTES }, (_request, body, done) => done(null, body));
    server.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', 'no-store').header('pragma', 'no-cache').header('x-content-type-options', 'nosniff');
    });
    server.setErrorHandler(async (error, request, reply) => sendBridgeRefusal(error, request, reply, log));

    server.post('/restapi/oauth/token', { schema }, async (request, reply) => {
      const answer = await issueTokens(parts, programRequest(request, false));
      return reply.type(JSON_TYPE).send(JSON.stringify(answer));
    });
    server.post<{ Querystring: { token?: unknown } }>('/restapi/oauth/revoke', { schema }, async (request, reply) => {
      const { token } = request.query;
      await revokeTokens(parts, programRequest(request, true), typeof token === 'string' ? token : undefined);
      return reply.code(200).send();
    });
  };
}

/** Refuses as the platform does; what only we know is an outage of the platform to a program. */
export function sendBridgeRefusal(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const refusal = refusalOf(error);
  const { challenge, retryAfterMs, code } = refusal.details;
  if (refusal.status >= 500) log.error('bridge.failed', { route: request.routeOptions.url, requestId: request.id, error: messageOf(error) });
  if (challenge !== undefined) reply.header('www-authenticate', challenge);
  if (retryAfterMs !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterMs / 1_000)));
  if (code !== undefined && !(error instanceof BridgeRefused)) reply.header('trunkline-error', code);
  return reply.code(refusal.status).type(JSON_TYPE).send(JSON.stringify(refusal.body));
}

/** As the platform would word it. */
export function refusalOf(error: unknown): BridgeRefused {
  if (error instanceof BridgeRefused) return error;
  if (error instanceof GatewayError) {
    const { status, code, message, retryAfterMs } = error;
    return new BridgeRefused('temporarily_unavailable', code, message, { status: status >= 500 ? status : 503, retryAfterMs, code });
  }
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode < 500) return new BridgeRefused('invalid_request', 'CMN-103', 'The request body cannot be read', { status: statusCode });
  return new BridgeRefused('server_error', 'internal', 'Something went wrong inside Trunkline; its log has the cause.', { status: 500, code: 'internal' });
}

function programRequest(request: FastifyRequest, mayBeEmpty: boolean): ProgramRequest {
  const { body } = request;
  const text = typeof body === 'string' ? body : '';
  return {
    authorization: request.headers.authorization,
    form: mayBeEmpty && text === '' ? new Map() : readForm(request.headers['content-type'], text),
    address: request.callerAddress,
    requestId: request.id,
  };
}
