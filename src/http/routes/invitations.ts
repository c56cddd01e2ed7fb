import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { Connections } from '../../broker/connections.ts';
import { Invitations } from '../../connect/invitations.ts';
import type { ConnectParts, Visitor } from '../../connect/parts.ts';
import { requireLoopback } from '../../connect/redirect-uri.ts';
import { SignIns } from '../../connect/sign-ins.ts';
import { AppNotFound } from '../../domain/errors.ts';
import { NameParams, NoAnswer, PageQuery, pageAnswer } from '../contract.ts';
import { ConnectionAnswer } from '../contract-connections.ts';
import { CreatedInvitationAnswer, InvitationAnswer, InvitationBody, SignInAnswer, SignInBody, SignInFinishBody } from '../contract-invitations.ts';
import { operation } from '../operation.ts';
import { pageRequest } from '../page-query.ts';

const tags = ['invitations'] as const;

const create = operation({
  operationId: 'createInvitation',
  summary: 'Create an invitation; the answer holds its link, this once',
  tags,
  answers: { 201: CreatedInvitationAnswer },
});
const list = operation({ operationId: 'listInvitations', summary: 'List the invitations by id', tags, answers: { 200: pageAnswer(InvitationAnswer) } });
const show = operation({ operationId: 'getInvitation', summary: 'Show an invitation', tags, answers: { 200: InvitationAnswer } });
const revoke = operation({ operationId: 'revokeInvitation', summary: 'Revoke an invitation; its link ends', tags, answers: { 204: NoAnswer } });
const begin = operation({
  operationId: 'beginSignIn',
  summary: 'Begin a sign-in whose answer the caller receives itself, on loopback',
  tags,
  answers: { 201: SignInAnswer },
});
const finish = operation({
  operationId: 'finishSignIn',
  summary: 'Hand in the answer of a sign-in that was begun; the tokens stay in the gateway',
  tags,
  answers: { 200: ConnectionAnswer },
});

/** What the routes of invitations are handed. */
export interface InvitationRouteParts {
  readonly connect: ConnectParts;
  readonly connections: Pick<Connections, 'getConnection'>;
}

/**
 * `/trunkline/api/invitations`: create (the link is in that answer only), list, show, revoke; `/trunkline/api/sign-ins`:
 * what the command line connects with.
 */
export function invitationRoutes({ connect, connections }: InvitationRouteParts): FastifyPluginAsyncTypebox {
  const invitations = new Invitations(connect);
  const signIns = new SignIns(connect);
  return async (server) => {
    server.post('/invitations', { schema: { ...create, body: InvitationBody } }, async (request, reply) =>
      reply.code(201).send(await invitations.createInvitation(request.body)),
    );
    server.get('/invitations', { schema: { ...list, querystring: PageQuery } }, async (request) => invitations.listInvitations(pageRequest(request.query)));
    server.get('/invitations/:name', { schema: { ...show, params: NameParams } }, async (request) => invitations.getInvitation(request.params.name));
    server.delete('/invitations/:name', { schema: { ...revoke, params: NameParams } }, async (request, reply) => {
      await invitations.revokeInvitation(request.params.name);
      return reply.code(204).send();
    });
    server.post('/sign-ins', { schema: { ...begin, body: SignInBody } }, async (request, reply) => {
      const { labels = {}, ...wanted } = request.body;
      const app = await connect.store.findApp(wanted.app);
      if (!app) throw new AppNotFound(wanted.app, 'app');
      requireLoopback(app, wanted.redirectUri);
      return reply.code(201).send(await signIns.begin({ ...wanted, labels }, visitorOf(request)));
    });
    server.post('/sign-ins/finish', { schema: { ...finish, body: SignInFinishBody } }, async (request) => {
      const { state, code, error, iss } = request.body;
      const ended = await signIns.finish({ state, code, error, issuer: iss }, { browser: undefined, address: undefined }, visitorOf(request));
      if ('refused' in ended) throw ended.refused;
      return connections.getConnection(ended.connected.connection);
    });
  };
}

function visitorOf(request: FastifyRequest): Visitor {
  return { who: 'admin', address: request.callerAddress, requestId: request.id };
}
