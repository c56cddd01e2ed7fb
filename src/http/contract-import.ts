import type { Readable } from 'node:stream';
import { Type } from 'typebox';
import { COLUMN_NAMES } from './import-columns.ts';

/** `POST connections/import`. */
export const ImportQuery = Type.Object(
  {
    app: Type.Optional(Type.String({ maxLength: 100, description: 'The App of the rows that name none' })),
    dryRun: Type.Optional(Type.Unsafe<'true' | 'false'>({ type: 'string', enum: ['true', 'false'], description: 'true: only says what would be stored' })),
  },
  { additionalProperties: false },
);

const ROWS = `Rows of ${COLUMN_NAMES}. A row has a name, an App unless the query names one, and at least one credential; times are ISO 8601 or epoch milliseconds. It is read as it comes, up to 200,000 rows of 128 KiB`;

/** The body of `POST connections/import`, by its media type. It comes as a stream, which no schema can judge. */
export const ImportBody = {
  content: {
    'text/csv': {
      schema: Type.Unsafe<Readable>({
        description: `${ROWS}. The first line names the columns; each row is one line (RFC 4180), in UTF-8.`,
        examples: ['name,app,refreshToken,refreshExpiresAt,label:team\nfront-desk,mine,(refresh token),2026-11-28T12:00:00Z,sales\n'],
      }),
    },
    'application/x-ndjson': {
      schema: Type.Unsafe<Readable>({
        description: `${ROWS}. Each line is a JSON object of columns, whose values are text or numbers.`,
        examples: ['{"name":"front-desk","app":"mine","refreshToken":"(refresh token)","label:team":"sales"}\n'],
      }),
    },
  },
};

/** What became of an import. */
export const ImportAnswer = Type.Object(
  {
    dryRun: Type.Boolean({ description: 'Whether nothing was stored, because that was asked for' }),
    rows: Type.Integer(),
    imported: Type.Integer({ description: 'Stored now' }),
    alreadyImported: Type.Integer({ description: 'There already, with the same credentials' }),
    faulty: Type.Integer({ description: 'Rows that were not stored' }),
    faults: Type.Array(
      Type.Object({
        line: Type.Integer({ description: 'From 1; the header counts' }),
        field: Type.String({ description: 'The column; empty where the whole row is at fault' }),
        message: Type.String({ description: 'What is wrong with it' }),
      }),
    ),
    faultsLeftOut: Type.Integer({ description: 'How many are not listed, because there are too many' }),
  },
  { title: 'ImportReport' },
);
