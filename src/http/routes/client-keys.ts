import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Clients } from '../../access/clients.ts';
import { outlineKey } from '../../domain/client.ts';
import { NameAndIdParams, NameParams, NoAnswer } from '../contract.ts';
import { AddedClientKeyAnswer, ClientKeyBody, ClientKeysAnswer } from '../contract-client-keys.ts';
import { operation } from '../operation.ts';

const tags = ['clients'] as const;

const add = operation({
  operationId: 'addClientKey',
  summary: 'Give a Client a newer gateway key, which is in the answer, this once; the present one stays good beside it',
  tags,
  answers: { 201: AddedClientKeyAnswer },
});
const list = operation({ operationId: 'listClientKeys', summary: 'List the gateway keys of a Client, oldest first', tags, answers: { 200: ClientKeysAnswer } });
const remove = operation({ operationId: 'removeClientKey', summary: 'End a gateway key of a Client', tags, answers: { 204: NoAnswer } });

/** `/trunkline/api/clients/{name}/keys`: add, list, remove gateway keys. */
export function clientKeyRoutes(clients: Clients): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.post('/clients/:name/keys', { schema: { ...add, params: NameParams, body: ClientKeyBody } }, async (request, reply) => {
      const { overlapSeconds } = request.body ?? {};
      const { added, key } = await clients.addKey(request.params.name, overlapSeconds === undefined ? undefined : overlapSeconds * 1_000);
      return reply.code(201).send({ ...outlineKey(added), key });
    });
    server.get('/clients/:name/keys', { schema: { ...list, params: NameParams } }, async (request) => {
      const { keys } = await clients.getClient(request.params.name);
      return { items: keys.map(outlineKey) };
    });
    server.delete('/clients/:name/keys/:id', { schema: { ...remove, params: NameAndIdParams } }, async (request, reply) => {
      await clients.removeKey(request.params.name, request.params.id);
      return reply.code(204).send();
    });
  };
}
