import { type TSchema, Type } from 'typebox';
import { NO_NULL_CHARACTER } from './problem.ts';

/** The name of a thing that is to be made; it stands in URLs and in logs. */
export const Name = Type.String({
  maxLength: 100,
  pattern: '^[A-Za-z0-9][A-Za-z0-9._@*+-]*$',
  description: 'letters, digits and ._@*+-, the first a letter or digit',
});

// PostgreSQL stores no null character, and is not asked for one.
const NotNull = { pattern: NO_NULL_CHARACTER };

/** The bounds of a text: they keep what is stored small. */
export const ShortText = { minLength: 1, maxLength: 1_000, ...NotNull };

/** The bounds of a secret: a JWT has some thousand characters. */
export const SecretText = { minLength: 1, maxLength: 16_384 };

/** A text that somebody gives. */
export const text = (description: string) => Type.String({ ...ShortText, description });

/** A secret that somebody gives. */
export const secret = (description: string) => Type.String({ ...SecretText, description: `${description}; never shown` });

/** An extension number; empty where there is none. */
export const Extension = Type.String({ maxLength: 20, pattern: '^\\d*$', description: 'digits' });

/** Of an object: a field that is not known is a mistake, and is named. */
export const closed = { additionalProperties: false };

/** What a Connection is found by. */
export const Labels = Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 1_000 }), {
  maxProperties: 50,
  description: 'What you want to find it by',
});

/** A part of a list: at most `limit` items (100 where absent) that follow `cursor`. */
export const PageQuery = Type.Object(
  {
    limit: Type.Optional(Type.String({ pattern: '^([1-9]|[1-9]\\d|[1-9]\\d\\d|1000)$', description: 'a whole number from 1 to 1000' })),
    cursor: Type.Optional(Type.String({ maxLength: 200, ...NotNull, description: 'The `nextCursor` of the part before' })),
  },
  closed,
);

/** What `{name}` in a path stands for. */
export const NameParams = Type.Object({ name: Type.String({ maxLength: 200, ...NotNull }) }, closed);

/** What `{name}` and `{id}` in a path stand for. */
export const NameAndIdParams = Type.Object({ name: Type.String({ maxLength: 200, ...NotNull }), id: Type.String({ maxLength: 20, ...NotNull }) }, closed);

/** One of some words: as an enumeration, so that a fault lists what there is instead of trying each. */
export function oneOf<const Values extends readonly string[]>(values: Values, description: string) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], description });
}

/** A point in time. */
export const Time = (description: string) => Type.Integer({ description: `${description}; epoch milliseconds` });

/** A part of a list. */
export function pageAnswer<Item extends TSchema>(item: Item) {
  return Type.Object({
    items: Type.Array(item),
    nextCursor: Type.Optional(Type.String({ description: 'The `cursor` of the next part; absent on the last one' })),
  });
}

/** Every error of the API (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'One of docs/errors.md' }),
    detail: Type.String(),
    errors: Type.Optional(
      Type.Array(
        Type.Object({ field: Type.String({ description: 'A path such as credentials/0/password' }), message: Type.String({ description: 'What it must be' }) }),
        { description: 'Present where a field is at fault' },
      ),
    ),
  },
  { title: 'Problem', description: 'What went wrong, to which thing, and what to do next' },
);

/** Nothing, as 204 answers it. */
export const NoAnswer = Type.Null({ description: 'Done' });
