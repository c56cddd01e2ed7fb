import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { Freezes } from '../../broker/freezes.ts';
import type { AuditTrail } from '../../domain/audit.ts';
import { EVERY_NAME, type Freeze, type FreezeKind } from '../../domain/freeze.ts';
import { entryOf } from '../audit.ts';
import { NameParams, NoAnswer } from '../contract.ts';
import { FreezeAnswer, FreezeBody, FreezesAnswer } from '../contract-freezes.ts';
import { operation } from '../operation.ts';

const KINDS = [
  { kind: 'connection', plural: 'connections', noun: 'Connection' },
  { kind: 'app', plural: 'apps', noun: 'App' },
  { kind: 'client', plural: 'clients', noun: 'Client' },
] as const;

const list = operation({
  operationId: 'listFreezes',
  summary: 'What is frozen, since when, by whom and why',
  tags: ['gateway'],
  answers: { 200: FreezesAnswer },
});
const freezeAll = operation({
  operationId: 'freezeEverything',
  summary: 'Stop everything at once, on every node; tokens are kept',
  tags: ['gateway'],
  answers: { 200: FreezeAnswer },
});
const thawAll = operation({
  operationId: 'thawEverything',
  summary: 'End the stop of everything; what is frozen by itself stays so',
  tags: ['gateway'],
  answers: { 204: NoAnswer },
});

/** What the routes of emergency stops are handed. */
export interface FreezeRouteParts {
  readonly freezes: Freezes;
  readonly trail: Pick<AuditTrail, 'note'>;
}

/** `/trunkline/api/…/{name}/freeze`, `…/thaw`; the same for everything; and what is frozen. */
export function freezeRoutes({ freezes, trail }: FreezeRouteParts): FastifyPluginAsyncTypebox {
  const freeze = async (request: FastifyRequest, kind: FreezeKind, name: string | undefined, reason: string | undefined) => {
    const by = request.socket.remoteAddress === 'cli' ? 'cli' : 'admin';
    const made = await freezes.freeze(kind, name, { by, ...(reason !== undefined && { reason }) });
    // The two lines that every change leaves have no place for it.
    if (reason !== undefined) await trail.note({ ...entryOf(request, 'admin'), result: `reason: ${reason}` });
    return viewFreeze(made);
  };
  return async (server) => {
    server.get('/freezes', { schema: list }, async () => ({ items: (await freezes.list()).map(viewFreeze) }));
    server.post('/freeze', { schema: { ...freezeAll, body: FreezeBody } }, async (request) => freeze(request, 'all', undefined, request.body?.reason));
    server.post('/thaw', { schema: thawAll }, async (_request, reply) => {
      await freezes.thaw('all');
      return reply.code(204).send();
    });
    for (const { kind, plural, noun } of KINDS) {
      const tags = [plural] as const;
      const start = operation({
        operationId: `freeze${noun}`,
        summary: `Stop a ${noun} at once, on every node; tokens are kept`,
        tags,
        answers: { 200: FreezeAnswer },
      });
      const end = operation({ operationId: `thaw${noun}`, summary: `End the stop of a ${noun}`, tags, answers: { 204: NoAnswer } });
      server.post(`/${plural}/:name/freeze`, { schema: { ...start, params: NameParams, body: FreezeBody } }, async (request) =>
        freeze(request, kind, request.params.name, request.body?.reason),
      );
      server.post(`/${plural}/:name/thaw`, { schema: { ...end, params: NameParams } }, async (request, reply) => {
        await freezes.thaw(kind, request.params.name);
        return reply.code(204).send();
      });
    }
  };
}

function viewFreeze({ kind, name, at, by, reason }: Freeze) {
  return { kind, ...(name !== EVERY_NAME && { name }), at, by, ...(reason !== undefined && { reason }) };
}
