import { Type } from 'typebox';

/** `POST connections/import`. */
export const ImportQuery = Type.Object(
  {
    app: Type.Optional(Type.String({ maxLength: 100, description: 'The App of the rows that name none' })),
    dryRun: Type.Optional(Type.Unsafe<'true' | 'false'>({ type: 'string', enum: ['true', 'false'], description: 'true: only says what would be stored' })),
  },
  { additionalProperties: false },
);

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
