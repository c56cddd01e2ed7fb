import { Type } from 'typebox';
import { closed, Name, ShortText, secret, Time, text } from './contract.ts';

const origin = (of: string) => Type.String({ minLength: 1, maxLength: 500, description: `${of}: scheme, host and port; https, or http on this machine` });

const TTL = 'The lifetime, in seconds, to ask for its';

const AGREED_LIMIT = "Its limit of token requests (usage-plan group Auth), where another than RingCentral's usual one was agreed";

/** `POST apps`. */
export const AppBody = Type.Object(
  {
    name: Name,
    platformOrigin: origin('Where its platform is'),
    mediaOrigin: Type.Optional(origin("Where its media are; absent: RingCentral's own for its platform, else platformOrigin")),
    ringcxOrigin: Type.Optional(origin("Where its RingCX is; absent: RingCentral's own for its platform, else platformOrigin")),
    clientId: text('From the developer console'),
    clientSecret: Type.Optional(secret('From the developer console, absent for a public App')),
    redirectUris: Type.Optional(Type.Array(text('As registered in the developer console'), { maxItems: 100 })),
    returnTo: Type.Optional(Type.Array(text('Where people may be sent after they have signed in'), { maxItems: 100 })),
    accessTokenTtlSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400, description: `${TTL} access tokens; RingCentral takes 600 to 3600, which is its default` }),
    ),
    refreshTokenTtlSeconds: Type.Optional(
      Type.Integer({
        minimum: -1,
        maximum: 31_622_400,
        description: `${TTL} refresh tokens; 0 or -1: it wants none, and signs in again; RingCentral's default is 604800`,
      }),
    ),
    endpointId: Type.Optional(Type.String({ ...ShortText, maxLength: 200, description: 'By which the platform knows this installation' })),
    tokenRequestsPerMinute: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: AGREED_LIMIT })),
  },
  closed,
);

/** `POST apps/{name}/secrets`. */
export const ClientSecretBody = Type.Object({ clientSecret: secret('The newer one, from the developer console') }, closed);

/** `PUT apps/{name}/redirects`. */
export const RedirectsBody = Type.Object(
  {
    redirectUris: Type.Array(text('As registered in the developer console'), { maxItems: 100 }),
    returnTo: Type.Optional(Type.Array(text('Where people may be sent after they have signed in'), { maxItems: 100 })),
  },
  closed,
);

/** What an App may send of token requests, and who waits for it. */
export const BudgetAnswer = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ description: 'How many token requests in a window; absent: there is no limit' })),
    windowSeconds: Type.Number({ description: 'The window' }),
    waiting: Type.Integer({ description: 'How many Connections callers wait for in the queue' }),
    pausedUntil: Type.Optional(Time('Until when nothing leaves; absent while it does')),
    pausedBecause: Type.Optional(Type.String({ description: "Our code, and the platform's or what went wrong" })),
  },
  { title: 'Budget' },
);

/** An App as the API shows it. */
export const AppAnswer = Type.Object(
  {
    name: Type.String(),
    platformOrigin: Type.String(),
    mediaOrigin: Type.String(),
    ringcxOrigin: Type.String(),
    clientId: Type.String(),
    redirectUris: Type.Array(Type.String()),
    returnTo: Type.Array(Type.String()),
    accessTokenTtlSeconds: Type.Optional(Type.Integer({ description: `${TTL} access tokens` })),
    refreshTokenTtlSeconds: Type.Optional(Type.Integer({ description: `${TTL} refresh tokens; 0: it wants none` })),
    endpointId: Type.Optional(Type.String({ description: 'By which the platform knows this installation' })),
    tokenRequestsPerMinute: Type.Optional(Type.Integer({ description: AGREED_LIMIT })),
    createdAt: Time('When it was created'),
    hasClientSecret: Type.Boolean({ description: 'false for a public App' }),
    budget: BudgetAnswer,
  },
  { title: 'App' },
);

/** A client secret as the API shows it: never the secret itself. */
export const ClientSecretAnswer = Type.Object(
  {
    id: Type.String(),
    createdAt: Time('When Trunkline was given it'),
    inUse: Type.Boolean({ description: 'Whether it is presented first; the others are where the platform refuses it' }),
  },
  { title: 'ClientSecret' },
);

/** The client secrets of an App, newest first. */
export const ClientSecretsAnswer = Type.Object({ items: Type.Array(ClientSecretAnswer) });
