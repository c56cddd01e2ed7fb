import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Connections } from '../../broker/connections.ts';
import { FORCE_INTERVAL_MS } from '../../broker/forced-refreshes.ts';
import type { Tokens } from '../../broker/tokens.ts';
import type { ConnectionView } from '../../domain/connection.ts';
import { RefreshTooSoon } from '../../domain/errors.ts';
import type { GrantStore } from '../../domain/grant.ts';
import { NameParams, NoAnswer, PageQuery, pageAnswer } from '../contract.ts';
import { ConnectionAnswer, ConnectionBody, ConnectionChangeBody, CredentialsBody, VerifyQuery } from '../contract-connections.ts';
import { toCredential } from '../import-rows.ts';
import { operation } from '../operation.ts';
import { pageRequest } from '../page-query.ts';

const tags = ['connections'] as const;

const create = operation({
  operationId: 'createConnection',
  summary: 'Create a Connection; it signs in on first use, or at once with `verify`',
  tags,
  answers: { 201: ConnectionAnswer },
});
const list = operation({ operationId: 'listConnections', summary: 'List the Connections by name', tags, answers: { 200: pageAnswer(ConnectionAnswer) } });
const show = operation({ operationId: 'getConnection', summary: 'Show a Connection', tags, answers: { 200: ConnectionAnswer } });
const refresh = operation({
  operationId: 'refreshConnection',
  summary: 'Force one Refresh; a Connection that has no Grant yet signs in',
  tags,
  answers: { 200: ConnectionAnswer },
});
const change = operation({
  operationId: 'changeConnection',
  summary: 'Change the labels of a Connection, and whether a token of it is always to be ready',
  tags,
  answers: { 200: ConnectionAnswer },
});
const replace = operation({
  operationId: 'replaceCredentials',
  summary: 'Replace the credentials of a Connection',
  tags,
  answers: { 200: ConnectionAnswer },
});
const revoke = operation({
  operationId: 'revokeConnection',
  summary: 'End the Grant of a Connection, here at once and at the platform; the Connection stays',
  tags,
  answers: { 200: ConnectionAnswer },
});
const remove = operation({ operationId: 'removeConnection', summary: 'Remove a Connection that no Client uses', tags, answers: { 204: NoAnswer } });

/** What the routes of Connections are handed. */
export interface ConnectionRouteParts {
  readonly connections: Connections;
  readonly tokens: Pick<Tokens, 'newerGrant'>;
  readonly grants: Pick<GrantStore, 'findGrant'>;
}

/** `/trunkline/api/connections`: create, list, show, change, refresh, revoke, remove; replace the credentials. */
export function connectionRoutes(parts: ConnectionRouteParts): FastifyPluginAsyncTypebox {
  const { connections } = parts;
  return async (server) => {
    server.post('/connections', { schema: { ...create, body: ConnectionBody, querystring: VerifyQuery } }, async (request, reply) => {
      const { credentials, ...rest } = request.body;
      const created = await connections.createConnection({ ...rest, credentials: credentials.map(toCredential) });
      return reply.code(201).send(request.query.verify === 'true' ? await connections.verifyNewConnection(created.name) : created);
    });
    server.get('/connections', { schema: { ...list, querystring: PageQuery } }, async (request) => connections.listConnections(pageRequest(request.query)));
    server.get('/connections/:name', { schema: { ...show, params: NameParams } }, async (request) => connections.getConnection(request.params.name));
    server.patch('/connections/:name', { schema: { ...change, params: NameParams, body: ConnectionChangeBody } }, async (request) =>
      connections.changeConnection(request.params.name, request.body),
    );
    server.post('/connections/:name/refresh', { schema: { ...refresh, params: NameParams } }, async (request) => forceRefresh(parts, request.params.name));
    server.post('/connections/:name/revoke', { schema: { ...revoke, params: NameParams } }, async (request) =>
      connections.revokeConnection(request.params.name),
    );
    server.put('/connections/:name/credentials', { schema: { ...replace, params: NameParams, body: CredentialsBody } }, async (request) =>
      connections.replaceCredentials(request.params.name, request.body.credentials.map(toCredential)),
    );
    server.delete('/connections/:name', { schema: { ...remove, params: NameParams } }, async (request, reply) => {
      await connections.removeConnection(request.params.name);
      return reply.code(204).send();
    });
  };
}

/** @throws RefreshTooSoon, ConnectionNotFound, and what `Tokens.usableGrant` throws */
async function forceRefresh({ connections, tokens, grants }: ConnectionRouteParts, name: string): Promise<ConnectionView> {
  const grant = await grants.findGrant(name);
  if (!grant) return connections.verifyConnection(name);
  if (!(await tokens.newerGrant(grant))) throw new RefreshTooSoon(name, FORCE_INTERVAL_MS);
  return connections.getConnection(name);
}
