import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { OpenApiAnswer } from '../contract-gateway.ts';
import { operation } from '../operation.ts';

const show = operation({ operationId: 'describe', summary: 'This document', tags: ['gateway'], answers: { 200: OpenApiAnswer } });

/** `/trunkline/api/openapi.json`, made when it is first asked for. */
export function openApiRoutes(describe: () => Promise<object>): FastifyPluginAsyncTypebox {
  let described: Promise<object> | undefined;
  return async (server) => {
    server.get('/openapi.json', { schema: show }, async () => {
      described ??= describe();
      return described;
    });
  };
}
