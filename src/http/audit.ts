import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditLine, AuditTrail } from '../domain/audit.ts';
import type { FaxOutApi } from '../legacy/faxout/answer.ts';
import { DIGIT } from '../legacy/faxout/digit.ts';
import type { RingOutApi } from '../legacy/ringout/answer.ts';
import { FAILED } from '../legacy/ringout/failed.ts';
import type { ProxyOutcome } from '../proxy/proxy.ts';
import { problemCode } from './problem.ts';

/** The line about a request, but for its result: the route says what is done, its name and address which and where. */
export function entryOf(request: FastifyRequest, who: string): Omit<AuditLine, 'result'> {
  const { url = '', schema } = request.routeOptions;
  const action = String((schema as { operationId?: unknown } | undefined)?.operationId ?? request.method);
  return { who, action, object: objectOf(url, request), address: request.callerAddress, requestId: request.id };
}

/** How a request ended: `ok`, or the code of its error. */
export function resultOf(request: FastifyRequest, reply: FastifyReply): string {
  return reply.statusCode < 400 ? 'ok' : (problemCode(request) ?? 'internal');
}

/** The same API; a login that is refused leaves a line. What was sent does not stand in it: it may hold a password. */
export function auditLogins(ringOut: RingOutApi, trail: AuditTrail): RingOutApi {
  return {
    answer: async (parameters, caller) => {
      const body = await ringOut.answer(parameters, caller);
      if (body === FAILED.login) {
        await trail.refused({ who: 'unknown', action: 'legacyLogin', object: 'ringout.asp', address: caller.address, result: 'login_unknown', requestId: '' });
      }
      return body;
    },
  };
}

/** The same of the old fax interface. */
export function auditFaxLogins(faxOut: FaxOutApi, trail: AuditTrail): FaxOutApi {
  return {
    answer: async (request) => {
      const answer = await faxOut.answer(request);
      if (answer.digit === DIGIT.login && answer.id === undefined) {
        await trail.refused({ who: 'unknown', action: 'legacyLogin', object: 'faxapi.asp', address: request.address, result: 'login_unknown', requestId: '' });
      }
      return answer;
    },
  };
}

function objectOf(template: string, request: FastifyRequest): string {
  const [kind = ''] = /(?<=\/api\/)[a-z-]+/.exec(template) ?? [];
  // What has no name yet is known by the Connection that it is for.
  const given = { ...(request.body as object | undefined), ...(request.params as object) } as { name?: unknown; connection?: unknown };
  const name = given.name ?? given.connection;
  return typeof name === 'string' ? `${kind}/${name}` : kind;
}

/** A forwarded request is counted; one of somebody unknown is a refusal like any other. */
export function auditForwarded(trail: Pick<AuditTrail, 'counted' | 'refused'>, { client, connection, address, status, code }: ProxyOutcome): void {
  const result = code ?? (status < 400 ? 'ok' : String(status));
  if (client === undefined) void trail.refused({ who: 'unknown', action: 'forward', object: 'proxy', address, result, requestId: '' });
  else trail.counted({ who: `client ${client}`, action: 'forward', object: `connections/${connection ?? ''}`, address, result, requestId: '' });
}
