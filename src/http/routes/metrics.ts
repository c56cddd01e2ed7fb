import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { isAskedFromHere } from '../caller-address.ts';
import { MetricsAnswer } from '../contract-gateway.ts';
import type { Metrics } from '../metrics.ts';
import { operation } from '../operation.ts';

const show = operation({
  operationId: 'metrics',
  summary: "The gateway's counters in Prometheus' text form; from this machine without a token",
  tags: ['gateway'],
  answers: { 200: MetricsAnswer },
});

/**
 * `/metrics`, on the listener for management only.
 *
 * This machine's own Prometheus needs no token: there is no secret in it, and one that is told to everybody protects
 * nothing. Whoever asks from elsewhere needs the admin token.
 */
export function metricsRoutes(metrics: Metrics, checkAdmin: (headers: IncomingHttpHeaders) => void): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get('/metrics', { schema: show }, async (request, reply) => {
      if (!isAskedFromHere(request)) checkAdmin(request.headers);
      return reply
        .header('cache-control', 'no-store')
        .type(metrics.contentType)
        .send(await metrics.text());
    });
  };
}
