import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Apps } from '../../broker/apps.ts';
import type { App } from '../../domain/app.ts';
import { Secret } from '../../domain/secret.ts';
import { AppBody, NameParams, PageQuery } from '../contract.ts';
import { pageRequest } from '../page-query.ts';

/** `/trunkline/api/apps`: create, list, show, remove. */
export function appRoutes(apps: Apps): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.post('/apps', { schema: { body: AppBody } }, async (request, reply) => {
      const { clientSecret, ...rest } = request.body;
      const app = await apps.createApp({ ...rest, ...(clientSecret !== undefined && { clientSecret: new Secret(clientSecret) }) });
      return reply.code(201).send(view(app));
    });
    server.get('/apps', { schema: { querystring: PageQuery } }, async (request) => {
      const { items, ...rest } = await apps.listApps(pageRequest(request.query));
      return { items: items.map(view), ...rest };
    });
    server.get('/apps/:name', { schema: { params: NameParams } }, async (request) => view(await apps.getApp(request.params.name)));
    server.delete('/apps/:name', { schema: { params: NameParams } }, async (request, reply) => {
      await apps.removeApp(request.params.name);
      return reply.code(204).send();
    });
  };
}

function view({ clientSecret, ...app }: App) {
  return { ...app, hasClientSecret: clientSecret !== undefined };
}
