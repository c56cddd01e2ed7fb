import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FaxNotFound } from '../../domain/errors.ts';
import type { Fax, FaxEvent, FaxEventName } from '../../domain/fax.ts';
import type { FaxSender, NoticeWay, OutboxStore } from '../../domain/outbox.ts';
import type { Clock } from '../../runtime/clock.ts';
import { FaxAnswer, FaxesAnswer, FaxParams, FaxQuery } from '../contract-faxes.ts';
import { operation } from '../operation.ts';
import { pageRequest } from '../page-query.ts';

const tags = ['faxes'] as const;
const list = operation({ operationId: 'listFaxes', summary: 'List faxes, the newest first', tags, answers: { 200: FaxesAnswer } });
const show = operation({ operationId: 'getFax', summary: 'Show how a fax stands, with its history', tags, answers: { 200: FaxAnswer } });
const withdraw = operation({
  operationId: 'withdrawFax',
  summary: 'Withdraw a fax that the platform does not have yet; any other stays as it is',
  tags,
  answers: { 200: FaxAnswer },
});
const tell = operation({ operationId: 'tellFax', summary: 'Tell whoever is told of faxes once more how it stands', tags, answers: { 200: FaxAnswer } });

const TOLD_WITHIN_MS = 24 * 60 * 60 * 1_000;

/** What the routes of faxes are handed. */
export interface FaxRouteParts {
  readonly store: Pick<OutboxStore, 'findFax' | 'listFaxes' | 'listFaxEvents' | 'addNotice'>;
  readonly outbox: Pick<FaxSender, 'withdraw'>;
  /** Over which ways people are told. */
  readonly ways: readonly NoticeWay[];
  readonly clock: Pick<Clock, 'now'>;
}

/** `/trunkline/api/faxes` */
export function faxRoutes({ store, outbox, ways, clock }: FaxRouteParts): FastifyPluginAsyncTypebox {
  const get = async (id: string): Promise<Fax> => {
    const fax = await store.findFax(id);
    if (!fax) throw new FaxNotFound(id);
    return fax;
  };
  const whole = async (fax: Fax) => viewFax(fax, await store.listFaxEvents(fax.id));
  return async (server) => {
    server.get('/faxes', { schema: { ...list, querystring: FaxQuery } }, async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const page = pageRequest({ ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) });
      const { items, ...rest } = await store.listFaxes(filter, page);
      return { items: items.map((fax) => viewFax(fax)), ...rest };
    });
    server.get('/faxes/:id', { schema: { ...show, params: FaxParams } }, async (request) => whole(await get(request.params.id)));
    server.post('/faxes/:id/withdraw', { schema: { ...withdraw, params: FaxParams } }, async (request) => {
      const fax = await outbox.withdraw(request.params.id);
      if (!fax) throw new FaxNotFound(request.params.id);
      return whole(fax);
    });
    server.post('/faxes/:id/tell', { schema: { ...tell, params: FaxParams } }, async (request) => {
      const fax = await get(request.params.id);
      const at = clock.now();
      for (const way of ways) {
        await store.addNotice({ id: `${fax.id}.${fax.version}.${way}`, fax: fax.id, way, event: eventOf(fax), at, attempts: 0, until: at + TOLD_WITHIN_MS });
      }
      return whole(fax);
    });
  };
}

// How it stands is what happened last.
function eventOf({ state }: Fax): FaxEventName {
  return state === 'queued' ? 'accepted' : state;
}

function viewFax(fax: Fax, history?: readonly FaxEvent[]) {
  const { id, client, connection, state, order, results, attempts, messageId, messageStatus, pageCount, code, isErased, createdAt, dueAt, closedAt } = fax;
  const isWaiting = state === 'queued' || state === 'unclear';
  return {
    ...{ id, client, connection, state },
    recipients: [...(results.length > 0 ? results : order.recipients)],
    documents: [...order.documents],
    attempts,
    ...(messageId !== undefined && { messageId }),
    ...(messageStatus !== undefined && { messageStatus }),
    ...(pageCount !== undefined && { pageCount }),
    ...(code !== undefined && { code }),
    erased: isErased,
    createdAt,
    ...(isWaiting && { dueAt }),
    ...(order.sendAt !== undefined && { sendAt: order.sendAt }),
    ...(closedAt !== undefined && { closedAt }),
    ...(history && { history: [...history] }),
  };
}
