import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Clients } from '../../access/clients.ts';
import type { Client } from '../../domain/client.ts';
import { Secret } from '../../domain/secret.ts';
import { ClientBody, NameParams, PageQuery } from '../contract.ts';
import { pageRequest } from '../page-query.ts';

/** `/trunkline/api/clients`: create (the gateway key is in that answer only), list, show, remove. */
export function clientRoutes(clients: Clients): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.post('/clients', { schema: { body: ClientBody } }, async (request, reply) => {
      const { legacyLogins, ...rest } = request.body;
      const { client, key } = await clients.createClient({
        ...rest,
        ...(legacyLogins && {
          legacyLogins: legacyLogins.map(({ password, ...login }) => ({ ...login, ...(password !== undefined && { password: new Secret(password) }) })),
        }),
      });
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...view(client), key });
    });
    server.get('/clients', { schema: { querystring: PageQuery } }, async (request) => {
      const { items, ...rest } = await clients.listClients(pageRequest(request.query));
      return { items: items.map(view), ...rest };
    });
    server.get('/clients/:name', { schema: { params: NameParams } }, async (request) => view(await clients.getClient(request.params.name)));
    server.delete('/clients/:name', { schema: { params: NameParams } }, async (request, reply) => {
      await clients.removeClient(request.params.name);
      return reply.code(204).send();
    });
  };
}

function view({ keyHash: _never, legacyLogins, policy, ...client }: Client) {
  return {
    ...client,
    ...(policy && { policy }),
    legacyLogins: legacyLogins.map(({ passwordHash, extension, ...login }) => ({
      ...login,
      ...(extension && { extension }),
      hasPassword: passwordHash !== undefined,
    })),
  };
}
