import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { HealthAnswer } from '../contract-gateway.ts';
import { operation } from '../operation.ts';
import { isFromThisMachine } from '../plain-http.ts';
import type { Readiness } from '../readiness.ts';

const open = { tags: ['gateway'], credential: 'none' } as const;

const healthz = operation({ operationId: 'health', summary: 'Whether the process answers', ...open, answers: { 200: HealthAnswer } });
const readyz = operation({ operationId: 'readiness', summary: 'Whether it can do its work', ...open, answers: { 200: HealthAnswer, 503: HealthAnswer } });

/** `/healthz`: the process answers. `/readyz`: it can do its work. */
export function healthRoutes(readiness: Pick<Readiness, 'check'>): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get('/healthz', { schema: healthz }, async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
    server.get('/readyz', { schema: readyz }, async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const unready = await readiness.check();
      if (!unready) return { status: 'ready' };
      const { reason, detail } = unready;
      return reply.code(503).send({ status: 'not ready', reason, ...(isFromThisMachine(request.socket) && { detail }) });
    });
  };
}
