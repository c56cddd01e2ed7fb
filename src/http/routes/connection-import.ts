import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Connections } from '../../broker/connections.ts';
import { ImportAnswer, ImportBody, ImportQuery } from '../contract-import.ts';
import { linesOf } from '../import-lines.ts';
import { type ImportFormat, recordsOf } from '../import-records.ts';
import { rowsOf } from '../import-rows.ts';
import { operation } from '../operation.ts';

// The longest credential has 16,384 characters; a row may have several, and labels.
const LINE_LIMIT = 128 * 1024;
const FORMATS: Readonly<Record<string, ImportFormat>> = { 'text/csv': 'csv', 'application/x-ndjson': 'ndjson' };

const importing = operation({
  operationId: 'importConnections',
  summary: 'Store many Connections, unproven: CSV with the names of the columns in its first line, or a JSON object per line',
  tags: ['connections'],
  answers: { 200: ImportAnswer },
});

/** `/trunkline/api/connections/import`: many at once, as they are read. */
export function connectionImportRoutes(connections: Pick<Connections, 'importConnections'>): FastifyPluginAsyncTypebox {
  return async (server) => {
    // As a stream: it may be larger than any other body.
    server.removeAllContentTypeParsers();
    server.addContentTypeParser(Object.keys(FORMATS), (_request, payload, done) => done(null, payload));
    server.post('/connections/import', { schema: { ...importing, querystring: ImportQuery, body: ImportBody } }, async (request) => {
      const [type = ''] = (request.headers['content-type'] ?? '').split(';');
      const body = request.body as Readable;
      const records = recordsOf(linesOf(body.iterator({ destroyOnReturn: false }), LINE_LIMIT), FORMATS[type.trim().toLowerCase()] ?? 'csv');
      try {
        const report = await connections.importConnections(rowsOf(records, request.query.app), request.query.dryRun === 'true');
        return { ...report, faults: [...report.faults] };
      } finally {
        // The rest of a file that is refused is thrown away: where its connection is closed instead, its sender never hears why.
        body.resume();
      }
    });
  };
}
