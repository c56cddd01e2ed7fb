import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Apps } from '../../broker/apps.ts';
import { viewApp } from '../../domain/app.ts';
import { Secret } from '../../domain/secret.ts';
import { AppAnswer, AppBody, NameParams, NoAnswer, PageQuery, pageAnswer, RedirectsBody } from '../contract.ts';
import { operation } from '../operation.ts';
import { pageRequest } from '../page-query.ts';

const tags = ['apps'] as const;

const create = operation({ operationId: 'createApp', summary: 'Create an App', tags, answers: { 201: AppAnswer } });
const list = operation({ operationId: 'listApps', summary: 'List the Apps by name', tags, answers: { 200: pageAnswer(AppAnswer) } });
const show = operation({ operationId: 'getApp', summary: 'Show an App', tags, answers: { 200: AppAnswer } });
const redirects = operation({
  operationId: 'replaceRedirects',
  summary: 'Replace where people are sent back to, by the platform and by us',
  tags,
  answers: { 200: AppAnswer },
});
const remove = operation({ operationId: 'removeApp', summary: 'Remove an App that no Connection uses', tags, answers: { 204: NoAnswer } });

/** `/trunkline/api/apps`: create, list, show, remove; replace the redirect URIs. */
export function appRoutes(apps: Apps): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.post('/apps', { schema: { ...create, body: AppBody } }, async (request, reply) => {
      const { clientSecret, ...rest } = request.body;
      const app = await apps.createApp({ ...rest, ...(clientSecret !== undefined && { clientSecret: new Secret(clientSecret) }) });
      return reply.code(201).send(viewApp(app));
    });
    server.get('/apps', { schema: { ...list, querystring: PageQuery } }, async (request) => {
      const { items, ...rest } = await apps.listApps(pageRequest(request.query));
      return { items: items.map(viewApp), ...rest };
    });
    server.get('/apps/:name', { schema: { ...show, params: NameParams } }, async (request) => viewApp(await apps.getApp(request.params.name)));
    server.put('/apps/:name/redirects', { schema: { ...redirects, params: NameParams, body: RedirectsBody } }, async (request) => {
      const { redirectUris, returnTo = [] } = request.body;
      return viewApp(await apps.replaceRedirects(request.params.name, { redirectUris, returnTo }));
    });
    server.delete('/apps/:name', { schema: { ...remove, params: NameParams } }, async (request, reply) => {
      await apps.removeApp(request.params.name);
      return reply.code(204).send();
    });
  };
}
