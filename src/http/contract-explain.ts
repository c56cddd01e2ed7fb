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

const Outcome = <Name extends string>(names: readonly Name[]) => Type.Unsafe<Name>({ type: 'string', enum: [...names] });

/** What decides about a request, rule by rule. */
export const ExplainAnswer = Type.Object(
  {
    allowed: Type.Boolean(),
    rule: Type.Optional(Type.String({ description: 'The one that refuses it; absent where it is allowed' })),
    because: Type.String(),
    rules: Type.Array(
      Type.Object({
        rule: Type.String(),
        outcome: Outcome(['passes', 'refuses', 'not asked']),
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
    limits: Type.Optional(
      Type.Object(
        {
          platform: Type.Optional(
            Type.Object(
              {
                group: Type.String({ description: 'The usage-plan group: `Light`, `Medium` or `Heavy`' }),
                limit: Type.Optional(Type.Integer({ description: 'Requests of the Connection in one window; absent: none is in force' })),
                windowSeconds: Type.Optional(Type.Number()),
                room: Type.Optional(Type.Integer({ description: 'So many more may this Client send before one waits' })),
                waitMs: Type.Integer({ description: 'How long it would be held back, as far as can be told' }),
                outcome: Outcome(['passes', 'waits', 'refuses']),
                says: Type.String(),
              },
              { description: 'Of the platform; absent: it limits no such request' },
            ),
          ),
          client: Type.Object(
            {
              requestsPerSecond: Type.Number({ description: '0: no limit' }),
              burst: Type.Number(),
              concurrency: Type.Integer(),
              underWay: Type.Integer(),
              bodyBytes: Type.Integer(),
              headerBytes: Type.Integer(),
              durationSeconds: Type.Number(),
              idleSeconds: Type.Number(),
              outcome: Outcome(['passes', 'refuses']),
              says: Type.String(),
            },
            { description: 'Of the Client, on the node that answers' },
          ),
          idempotencyKey: Type.Object({ honoured: Type.Boolean({ description: 'Whether an `Idempotency-Key` has it carried out once' }), says: Type.String() }),
        },
        { description: 'What would decide about it besides the rules, were it made now' },
      ),
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
