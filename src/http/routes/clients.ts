import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import type { BridgeChange, BridgeDraft } from '../../access/bridge-access.ts';
import type { Clients } from '../../access/clients.ts';
import type { BridgeSessions } from '../../bridge/sessions.ts';
import { viewClient } from '../../domain/client.ts';
import { Secret } from '../../domain/secret.ts';
import { NameParams, NoAnswer, PageQuery, pageAnswer } from '../contract.ts';
import { ClientAnswer, ClientBody, ClientChangeBody, CreatedClientAnswer, EndedSessionsAnswer } from '../contract-clients.ts';
import { operation } from '../operation.ts';
import { pageRequest } from '../page-query.ts';

const tags = ['clients'] as const;

const create = operation({
  operationId: 'createClient',
  summary: 'Create a Client; the answer holds its gateway key, this once',
  tags,
  answers: { 201: CreatedClientAnswer },
});
const list = operation({ operationId: 'listClients', summary: 'List the Clients by name', tags, answers: { 200: pageAnswer(ClientAnswer) } });
const show = operation({ operationId: 'getClient', summary: 'Show a Client', tags, answers: { 200: ClientAnswer } });
const change = operation({
  operationId: 'changeClient',
  summary: 'Change with what a Client signs in through the Bridge; its sessions stay',
  tags,
  answers: { 200: ClientAnswer },
});
const remove = operation({ operationId: 'removeClient', summary: 'Remove a Client; its gateway key and logins end', tags, answers: { 204: NoAnswer } });

const endSessions = operation({
  operationId: 'endSessions',
  summary: 'End all sessions that a Client has begun through the Bridge, on every node',
  tags,
  answers: { 200: EndedSessionsAnswer },
});

/** `/trunkline/api/clients`: create (the gateway key is in that answer only), list, show, change, remove; and their sessions. */
export function clientRoutes(clients: Clients, sessions: Pick<BridgeSessions, 'endAllOf'>): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.post('/clients', { schema: { ...create, body: ClientBody } }, async (request, reply) => {
      const { legacyLogins, bridge, ...rest } = request.body;
      const { client, key } = await clients.createClient({
        ...rest,
        ...(bridge && { bridge: bridgeDraft(bridge) }),
        ...(legacyLogins && {
          legacyLogins: legacyLogins.map(({ password, ...login }) => ({ ...login, ...(password !== undefined && { password: new Secret(password) }) })),
        }),
      });
      return reply.code(201).send({ ...viewClient(client), key });
    });
    server.get('/clients', { schema: { ...list, querystring: PageQuery } }, async (request) => {
      const { items, ...rest } = await clients.listClients(pageRequest(request.query));
      return { items: items.map(viewClient), ...rest };
    });
    server.get('/clients/:name', { schema: { ...show, params: NameParams } }, async (request) => viewClient(await clients.getClient(request.params.name)));
    server.patch('/clients/:name', { schema: { ...change, params: NameParams, body: ClientChangeBody } }, async (request) => {
      const { bridge } = request.body;
      return viewClient(await clients.changeBridge(request.params.name, bridge && bridgeWanted(bridge)));
    });
    server.delete('/clients/:name/sessions', { schema: { ...endSessions, params: NameParams } }, async (request) => {
      const { name } = await clients.getClient(request.params.name);
      return { ended: await sessions.endAllOf(name) };
    });
    server.delete('/clients/:name', { schema: { ...remove, params: NameParams } }, async (request, reply) => {
      await clients.removeClient(request.params.name);
      return reply.code(204).send();
    });
  };
}

function bridgeDraft({ clientSecret, ...rest }: NonNullable<Static<typeof ClientBody>['bridge']>): BridgeDraft {
  return { ...rest, ...(clientSecret !== undefined && { clientSecret: new Secret(clientSecret) }) };
}

function bridgeWanted({ clientSecret, ...rest }: NonNullable<Static<typeof ClientChangeBody>['bridge']>): BridgeChange {
  return { ...rest, ...(clientSecret !== undefined && { clientSecret: clientSecret === null ? null : new Secret(clientSecret) }) };
}
