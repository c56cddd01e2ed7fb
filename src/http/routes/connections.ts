import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Connections } from '../../broker/connections.ts';
import type { Credential } from '../../domain/credential.ts';
import { Secret } from '../../domain/secret.ts';
import { ConnectionBody, type CredentialInput, CredentialsBody, NameParams, PageQuery, VerifyQuery } from '../contract.ts';
import { pageRequest } from '../page-query.ts';

/** `/trunkline/api/connections`: create, list, show, remove; replace the credentials. */
export function connectionRoutes(connections: Connections): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.post('/connections', { schema: { body: ConnectionBody, querystring: VerifyQuery } }, async (request, reply) => {
      const { credentials, ...rest } = request.body;
      const created = await connections.createConnection({ ...rest, credentials: credentials.map(toCredential) });
      return reply.code(201).send(request.query.verify === 'true' ? await connections.verifyNewConnection(created.name) : created);
    });
    server.get('/connections', { schema: { querystring: PageQuery } }, async (request) => connections.listConnections(pageRequest(request.query)));
    server.get('/connections/:name', { schema: { params: NameParams } }, async (request) => connections.getConnection(request.params.name));
    server.put('/connections/:name/credentials', { schema: { params: NameParams, body: CredentialsBody } }, async (request) =>
      connections.replaceCredentials(request.params.name, request.body.credentials.map(toCredential)),
    );
    server.delete('/connections/:name', { schema: { params: NameParams } }, async (request, reply) => {
      await connections.removeConnection(request.params.name);
      return reply.code(204).send();
    });
  };
}

function toCredential(input: CredentialInput): Credential {
  switch (input.kind) {
    case 'jwt':
      return { ...input, assertion: new Secret(input.assertion) };
    case 'password':
      return { ...input, password: new Secret(input.password) };
    case 'refresh_token':
      return { ...input, refreshToken: new Secret(input.refreshToken) };
  }
}
