import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { AuditStore } from '../../domain/audit.ts';
import { pageAnswer } from '../contract.ts';
import { AuditAnswer, AuditQuery } from '../contract-audit.ts';
import { operation } from '../operation.ts';
import { pageRequest } from '../page-query.ts';

const list = operation({ operationId: 'listAudit', summary: 'The audit trail, newest first', tags: ['gateway'], answers: { 200: pageAnswer(AuditAnswer) } });

/** `/trunkline/api/audit`. */
export function auditRoutes(audit: Pick<AuditStore, 'listAudit'>): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get('/audit', { schema: { ...list, querystring: AuditQuery } }, async (request) => audit.listAudit(pageRequest(request.query)));
  };
}
