import { Type } from 'typebox';
import type { FreezeKind } from '../domain/freeze.ts';
import { NO_NULL_CHARACTER } from './problem.ts';

const KINDS: readonly FreezeKind[] = ['connection', 'client', 'app', 'all'];

/** `POST …/freeze`; it may be sent without a body. */
export const FreezeBody = Type.Optional(
  Type.Union([
    Type.Null(),
    Type.Object(
      {
        reason: Type.Optional(
          Type.String({ minLength: 1, maxLength: 300, pattern: NO_NULL_CHARACTER, description: 'For whoever meets it later; callers are not told' }),
        ),
      },
      { additionalProperties: false },
    ),
  ]),
);

/** An emergency stop as the API shows it. */
export const FreezeAnswer = Type.Object(
  {
    kind: Type.Unsafe<FreezeKind>({ type: 'string', enum: [...KINDS] }),
    name: Type.Optional(Type.String({ description: 'Of what is frozen; absent where everything is' })),
    at: Type.Integer({ description: 'Since when; epoch milliseconds' }),
    by: Type.String({ description: '`admin` or `cli`' }),
    reason: Type.Optional(Type.String()),
  },
  { title: 'Freeze' },
);

/** `GET freezes`. */
export const FreezesAnswer = Type.Object({ items: Type.Array(FreezeAnswer) });
