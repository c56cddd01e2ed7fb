import { Type } from 'typebox';
import type { DyingCause } from '../domain/weather.ts';
import { closed, oneOf, PageQuery, Time } from './contract.ts';
import { BudgetAnswer } from './contract-apps.ts';

const CAUSES: readonly DyingCause[] = ['needs-sign-in', 'jwt-expires', 'given-up', 'too-late', 'cannot-refresh'];

/** `GET weather`: how many days ahead (7 where absent), and which part of the list of Connections. */
export const WeatherQuery = Type.Object(
  {
    ...PageQuery.properties,
    days: Type.Optional(Type.String({ pattern: '^([1-9]|[1-8]\\d|90)$', description: 'a whole number from 1 to 90' })),
  },
  closed,
);

const AppWeatherAnswer = Type.Object(
  {
    app: Type.String(),
    budget: BudgetAnswer,
    limitFrom: oneOf(
      ['agreed', 'usual', 'learned'],
      "agreed: its tokenRequestsPerMinute; usual: RingCentral's usual limit, which no answer has contradicted; learned: as answers say",
    ),
    callersShare: Type.Number({ description: 'What part of the limit callers have taken of late, from 0 to 1' }),
    kept: Type.Integer({ description: 'How many Connections are kept alive' }),
    capacity: Type.Optional(Type.Integer({ description: 'How many the budget can keep alive; absent where there is no limit' })),
    lifetimeSeconds: Type.Integer({ description: 'The lifetime of a refresh token that `capacity` is reckoned with' }),
    lifetimeFrom: oneOf(['grants', 'setting', 'usual'], "grants: as answers say; setting: the App's refreshTokenTtlSeconds; usual: RingCentral's default"),
    givenUp: Type.Integer({ description: 'How many are left to die, those that were unused longest' }),
    deadlines: Type.Array(Type.Object({ day: Type.String({ description: 'Such as 2026-01-31, UTC' }), connections: Type.Integer() }), {
      description: 'How many must be refreshed by when, within the days that were asked for',
    }),
  },
  { title: 'AppWeather' },
);

const DyingAnswer = Type.Object(
  {
    name: Type.String({ description: 'Of the Connection' }),
    app: Type.String(),
    cause: oneOf(CAUSES, 'Why it dies'),
    diesAt: Time('When it dies, or died'),
    code: Type.Optional(Type.String({ description: "With needs-sign-in: the platform's code, or ours" })),
    why: Type.String({ description: 'The same for people' }),
    todo: Type.String({ description: 'What somebody can do about it' }),
  },
  { title: 'DyingConnection' },
);

/** `GET weather`. */
export const WeatherAnswer = Type.Object(
  {
    days: Type.Integer({ description: 'How many days ahead' }),
    apps: Type.Optional(Type.Array(AppWeatherAnswer, { description: 'Every App; on the first part only' })),
    items: Type.Array(DyingAnswer, { description: 'Connections that die within these days unless somebody acts, or have died, by name' }),
    nextCursor: Type.Optional(Type.String({ description: 'The `cursor` of the next part; absent on the last one' })),
  },
  { title: 'Weather' },
);
