import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';

/** `/healthz`: the process answers. `/readyz`: it can do its work; `ready` rejects where it cannot. */
export function healthRoutes(ready: () => Promise<void>): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
    server.get('/readyz', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      try {
        await ready();
        return { status: 'ready' };
      } catch {
        return reply.code(503).send({ status: 'not ready' });
      }
    });
  };
}
