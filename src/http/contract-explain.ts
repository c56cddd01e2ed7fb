import { Type } from 'typebox';
import { Name } from './contract.ts';

/** `POST explain-request`: a request as a Client would make it. */
export const ExplainBody = Type.Object(
  {
    client: Name,
    connection: Type.Optional(Name),
    method: Type.String({ pattern: '^[A-Za-z]{1,20}$', description: 'a method such as GET' }),
    path: Type.String({ maxLength: 65_536, description: 'As it stands in the request line, the query included' }),
    address: Type.Optional(Type.String({ maxLength: 100, description: 'Where the connection comes from; 127.0.0.1 where absent' })),
    headers: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 10_000 }), {
        description: 'Of these, only those that trusted proxies write are read; no credential is needed',
      }),
    ),
  },
  { additionalProperties: false },
);

/** What decides about a request, rule by rule. */
export const ExplainAnswer = Type.Object(
  {
    allowed: Type.Boolean(),
    rule: Type.Optional(Type.String({ description: 'The one that refuses it; absent where it is allowed' })),
    because: Type.String(),
    rules: Type.Array(
      Type.Object({
        rule: Type.String(),
        outcome: Type.Unsafe<'passes' | 'refuses' | 'not asked'>({ type: 'string', enum: ['passes', 'refuses', 'not asked'] }),
        says: Type.String(),
      }),
      { description: 'In the order in which they are asked' },
    ),
    address: Type.String({ description: 'Where the request comes from, as far as trusted proxies say' }),
    connection: Type.Optional(Type.String()),
    destination: Type.Optional(
      Type.Object({
        servedBy: Type.String({ description: '`platformOrigin`, `mediaOrigin` or `ringcxOrigin` of the App, or `bridge`: the gateway itself' }),
        app: Type.Optional(Type.String()),
        origin: Type.Optional(Type.String()),
        path: Type.String({ description: 'What the Policy judges, and what is sent on' }),
      }),
    ),
    operation: Type.Optional(
      Type.Object({
        method: Type.String(),
        path: Type.String(),
        permissions: Type.Array(Type.String(), { description: 'Of which the Policy must list one; empty: it needs none' }),
        group: Type.String({ description: 'The throttling group' }),
      }),
    ),
  },
  { title: 'Explanation' },
);
