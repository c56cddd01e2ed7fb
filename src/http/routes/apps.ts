import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Apps } from '../../broker/apps.ts';
import type { Weather } from '../../broker/weather.ts';
import { type App, viewApp } from '../../domain/app.ts';
import { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../runtime/clock.ts';
import { toAppAnswer, toAppDraft } from '../app-wire.ts';
import { NameAndIdParams, NameParams, NoAnswer, PageQuery, pageAnswer } from '../contract.ts';
import { AppAnswer, AppBody, ClientSecretAnswer, ClientSecretBody, ClientSecretsAnswer, RedirectsBody } from '../contract-apps.ts';
import { operation } from '../operation.ts';
import { pageRequest } from '../page-query.ts';
import { toBudgetAnswer } from '../weather-wire.ts';

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

const addSecret = operation({
  operationId: 'addClientSecret',
  summary: 'Give an App a newer client secret; the older ones are presented where the platform refuses it',
  tags,
  answers: { 201: ClientSecretAnswer },
});
const listSecrets = operation({
  operationId: 'listClientSecrets',
  summary: 'List the client secrets of an App, newest first',
  tags,
  answers: { 200: ClientSecretsAnswer },
});
const removeSecret = operation({ operationId: 'removeClientSecret', summary: 'Remove a client secret of an App', tags, answers: { 204: NoAnswer } });

/** What the routes of Apps are handed. */
export interface AppRouteParts {
  readonly apps: Apps;
  readonly weather: Pick<Weather, 'listBudgets'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** `/trunkline/api/apps`: create, list, show, remove; replace the redirect URIs; add, list and remove their client secrets. */
export function appRoutes({ apps, weather, clock }: AppRouteParts): FastifyPluginAsyncTypebox {
  const shown = async (of: readonly App[]) => {
    const budgets = await weather.listBudgets(of.map(({ name }) => name));
    return of.flatMap((app, index) => {
      const outline = budgets[index];
      return outline ? [toAppAnswer(viewApp(app), toBudgetAnswer(outline, clock.now()))] : [];
    });
  };
  const one = async (app: App) => (await shown([app]))[0];
  return async (server) => {
    server.post('/apps', { schema: { ...create, body: AppBody } }, async (request, reply) => {
      const app = await apps.createApp(toAppDraft(request.body));
      return reply.code(201).send(await one(app));
    });
    server.get('/apps', { schema: { ...list, querystring: PageQuery } }, async (request) => {
      const { items, ...rest } = await apps.listApps(pageRequest(request.query));
      return { items: await shown(items), ...rest };
    });
    server.get('/apps/:name', { schema: { ...show, params: NameParams } }, async (request) => one(await apps.getApp(request.params.name)));
    server.put('/apps/:name/redirects', { schema: { ...redirects, params: NameParams, body: RedirectsBody } }, async (request) => {
      const { redirectUris, returnTo = [] } = request.body;
      return one(await apps.replaceRedirects(request.params.name, { redirectUris, returnTo }));
    });
    server.delete('/apps/:name', { schema: { ...remove, params: NameParams } }, async (request, reply) => {
      await apps.removeApp(request.params.name);
      return reply.code(204).send();
    });
    server.post('/apps/:name/secrets', { schema: { ...addSecret, params: NameParams, body: ClientSecretBody } }, async (request, reply) => {
      const added = await apps.addClientSecret(request.params.name, new Secret(request.body.clientSecret));
      return reply.code(201).send(added);
    });
    server.get('/apps/:name/secrets', { schema: { ...listSecrets, params: NameParams } }, async (request) => ({
      items: [...(await apps.listClientSecrets(request.params.name))],
    }));
    server.delete('/apps/:name/secrets/:id', { schema: { ...removeSecret, params: NameAndIdParams } }, async (request, reply) => {
      await apps.removeClientSecret(request.params.name, request.params.id);
      return reply.code(204).send();
    });
  };
}
