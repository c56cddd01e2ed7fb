import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type FieldFault, GatewayError, InvalidRequest } from '../domain/errors.ts';
import type { Log } from '../runtime/log.ts';

/** What a text must be like that has no other rule. */
export const NO_NULL_CHARACTER = '^[^\\u0000]*$';

const codes = new WeakMap<FastifyRequest, string>();

/** The code of the error that a request was answered with; nothing where there was none. */
export function problemCode(request: FastifyRequest): string | undefined {
  return codes.get(request);
}

/**
 * Renders whatever a route threw as RFC 9457 with `code` and `errors: [{field, message}]`.
 *
 * This is the one place that decides what leaves: an error that is not in the catalogue becomes `internal`, and
 * `cause` goes to the log only.
 */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): void {
  const known = asGatewayError(error);
  codes.set(request, known.code);
  if (known.status >= 500)
    log.error('request.failed', { code: known.code, route: request.routeOptions.url, requestId: request.id, message: known.message, cause: causeOf(error) });
  if (known.retryAfterMs !== undefined) reply.header('retry-after', String(Math.ceil(known.retryAfterMs / 1_000)));
  if (known.status === 401) reply.header('www-authenticate', 'Bearer realm="Trunkline"');
  reply
    .code(known.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    // Not an object for Fastify to serialise by the route's schema, which describes its answers of success.
    .serializer((body) => JSON.stringify(body))
    .send({
      type: 'about:blank',
      title: STATUS_CODES[known.status] ?? 'Error',
      status: known.status,
      code: known.code,
      detail: known.message,
      ...(known.faults.length > 0 && { errors: known.faults }),
    });
}

function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const fastify = error as Partial<FastifyError>;
  if (fastify.validation) return new InvalidRequest(fastify.validation.map((fault) => fieldFault(fault, fastify.validationContext)));
  if (fastify.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new GatewayError('payload_too_large', 'The body is larger than 1 MiB; send less.');
  if (fastify.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new GatewayError('unsupported_media_type', 'Send JSON with "Content-Type: application/json".');
  if (fastify.code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return new InvalidRequest([{ field: 'body', message: 'is empty; send JSON' }]);
  if (fastify.code === 'FST_ERR_BAD_URL') return new InvalidRequest([{ field: 'path', message: 'is not percent-encoded UTF-8' }]);
  if (fastify.statusCode !== undefined && fastify.statusCode < 500) return new InvalidRequest([{ field: 'body', message: 'is not readable JSON' }]);
  return new GatewayError('internal', 'Something went wrong inside Trunkline; its log has the cause.', { cause: error });
}

/**
 * What is wrong with a field, in our words, as the validator found it. It names the field in its path, or, where that is
 * missing or not known, in its parameters only.
 *
 * @param context  the part of the request, `querystring` for example; `body` is not named
 */
export function fieldFault(
  fault: {
    instancePath: string;
    keyword: string;
    params: Record<string, unknown>;
    message?: string;
    parentSchema?: { description?: string; oneOf?: readonly { properties?: { kind?: { const?: string } } }[] };
  },
  context: string | undefined,
): FieldFault {
  const path = fault.instancePath.slice(1);
  const child = (name: unknown): string => (path ? `${path}/${String(name)}` : String(name));
  const where = context === 'body' || context === undefined ? '' : `${context}/`;
  if (fault.keyword === 'required') return { field: where + child(fault.params.missingProperty), message: 'is required' };
  if (fault.keyword === 'additionalProperties') return { field: where + child(fault.params.additionalProperty), message: 'is not a field of this request' };
  if (fault.keyword === 'discriminator') return { field: where + child(fault.params.tag), message: `must be one of ${kindsOf(fault.parentSchema).join(', ')}` };
  if (fault.keyword === 'enum') return { field: where + path, message: `must be one of ${(fault.params.allowedValues as readonly string[]).join(', ')}` };
  if (fault.keyword === 'pattern' && fault.params.pattern === NO_NULL_CHARACTER) return { field: where + path, message: 'must not hold a null character' };
  if (fault.keyword === 'pattern' && fault.parentSchema?.description) return { field: where + path, message: `must be ${fault.parentSchema.description}` };
  return { field: where + path || context || 'body', message: RULES[fault.keyword]?.(fault.params) ?? fault.message ?? 'is not valid' };
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'an object',
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
};

// The validator's rules in our words, by its names.
const RULES: Readonly<Record<string, (params: Record<string, unknown>) => string>> = {
  type: ({ type }) => `must be ${TYPES[String(type)] ?? String(type)}`,
  minLength: () => 'must not be empty',
  maxLength: ({ limit }) => `must have at most ${String(limit)} characters`,
  minimum: ({ limit }) => `must be at least ${String(limit)}`,
  maximum: ({ limit }) => `must be at most ${String(limit)}`,
  minItems: () => 'must not be an empty list',
  maxItems: ({ limit }) => `must have at most ${String(limit)} entries`,
  maxProperties: ({ limit }) => `must have at most ${String(limit)} fields`,
  uniqueItems: () => 'must not have the same entry twice',
};

function kindsOf(schema: { oneOf?: readonly { properties?: { kind?: { const?: string } } }[] } | undefined): string[] {
  return (schema?.oneOf ?? []).flatMap(({ properties }) => properties?.kind?.const ?? []);
}

function causeOf(error: unknown): string | undefined {
  const cause = error instanceof GatewayError ? error.cause : error;
  return cause instanceof Error ? `${cause.name}: ${cause.message}${chain(cause)}` : undefined;
}

function chain(error: Error): string {
  return error.cause instanceof Error ? ` <- ${error.cause.name}: ${error.cause.message}` : '';
}
