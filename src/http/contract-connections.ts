import { type Static, type TSchema, Type } from 'typebox';
import type { ConnectionState } from '../domain/connection.ts';
import { closed, Extension, Labels, Name, oneOf, secret, Time, text } from './contract.ts';
import { FreezeAnswer } from './contract-freezes.ts';
import { RingCxAgents } from './contract-tokens.ts';

// The year 2100: whoever gives a later one counts in microseconds.
const LATEST_DEATH = 4_102_444_800_000;

const KEEP = 'alive: refreshed when used, or before it would die; fresh: a token is always ready, which takes of the budget each time one is over';

const CredentialBodies = {
  password: Type.Object(
    {
      kind: Type.Literal('password'),
      app: Type.Optional(Name),
      username: text('A phone number or an e-mail address'),
      extension: Type.Optional(Extension),
      password: secret("The user's at RingCentral"),
    },
    closed,
  ),
  jwt: Type.Object({ kind: Type.Literal('jwt'), app: Type.Optional(Name), assertion: secret('A JWT credential from the developer console') }, closed),
  refresh_token: Type.Object(
    {
      kind: Type.Literal('refresh_token'),
      app: Type.Optional(Name),
      refreshToken: secret('Whoever else refreshes it must have stopped'),
      refreshExpiresAt: Type.Optional(
        Type.Integer({ minimum: 0, maximum: LATEST_DEATH, description: 'When it dies if nobody uses it, where that is known; epoch milliseconds' }),
      ),
    },
    closed,
  ),
  client_credentials: Type.Object(
    {
      kind: Type.Literal('client_credentials'),
      app: Type.Optional(Name),
      brandId: Type.Optional(text('The brand: alone, to look up numbers; with partnerAccountId, the account of that')),
      accountId: Type.Optional(text('The account')),
      partnerAccountId: Type.Optional(text("The account, by the partner's own number")),
    },
    { ...closed, description: 'The App itself, of a trusted partner: brandId, accountId, or brandId and partnerAccountId' },
  ),
};

// `kind` says which other fields it has.
const CredentialBody = byKind(CredentialBodies);

/** One credential as it is given. */
export type CredentialInput = Static<(typeof CredentialBodies)[keyof typeof CredentialBodies]>;

const Credentials = Type.Array(CredentialBody, { minItems: 1, maxItems: 10, description: 'Tried in this order; `app` where one is of another App' });

/** `POST connections`. */
export const ConnectionBody = Type.Object(
  {
    name: Name,
    app: Name,
    labels: Type.Optional(Labels),
    keep: Type.Optional(oneOf(['alive', 'fresh'], KEEP)),
    credentials: Credentials,
  },
  closed,
);

/** `PATCH connections/{name}`. */
export const ConnectionChangeBody = Type.Object(
  {
    keep: Type.Optional(oneOf(['alive', 'fresh'], KEEP)),
    labels: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 1_000 }), {
        maxProperties: 50,
        description: 'Those to set; null takes one away, and those that are not named stay',
      }),
    ),
  },
  closed,
);

/** `PUT connections/{name}/credentials`. */
export const CredentialsBody = Type.Object({ credentials: Credentials }, closed);

/** `POST connections?verify=true` signs in at once. */
export const VerifyQuery = Type.Object({ verify: Type.Optional(oneOf(['true', 'false'], 'true: signs in at once, and is not kept where that fails')) }, closed);

// With a discriminator the validator judges a body by its own kind only, and its faults name the field.
function byKind<Kinds extends Record<string, TSchema>>(kinds: Kinds): ReturnType<typeof Type.Unsafe<Static<Kinds[keyof Kinds]>>> {
  return Type.Unsafe({ type: 'object', required: ['kind'], discriminator: { propertyName: 'kind' }, oneOf: Object.values(kinds) });
}

const Mark = (description: string) =>
  Type.Object({ at: Time('When that was'), code: Type.String({ description: "The platform's code, or ours" }) }, { description });

/** A Connection as the API shows it. */
export const ConnectionAnswer = Type.Object(
  {
    name: Type.String(),
    app: Type.String(),
    labels: Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } }),
    keep: Type.Union([Type.Literal('alive'), Type.Literal('fresh')], { description: KEEP }),
    state: Type.Union(['new', 'ready', 'waiting', 'needs-sign-in', 'frozen'].map((state) => Type.Literal(state as ConnectionState))),
    ownerId: Type.Optional(Type.String({ description: 'The extension it belongs to, known from the first sign-in' })),
    scope: Type.Optional(Type.String({ description: 'The Permissions of its Grant, as the platform wrote them' })),
    generation: Type.Integer({ description: 'How many token pairs it has had' }),
    expiresAt: Type.Optional(Time('When its access token expires')),
    refreshExpiresAt: Type.Optional(Time('When its refresh token expires')),
    keepBy: Type.Optional(Time('By when its refresh token must have been used, lest it die; absent where a credential signs in alone')),
    usedAt: Type.Optional(Time('When somebody last made it Refresh or sign in')),
    givenUp: Type.Optional(
      Type.Object(
        { at: Time('Since when') },
        { description: "Set while its App's budget does not reach to keep it alive; it dies at keepBy unless somebody uses it" },
      ),
    ),
    ringcx: Type.Optional(
      Type.Object(
        {
          mainAccountId: Type.Optional(Type.String()),
          adminId: Type.Optional(Type.String({ description: "The user's own id" })),
          agentDetails: RingCxAgents,
          expiresAt: Time('When its access token of RingCX expires'),
        },
        { description: 'Who its extension is in RingCX; known once somebody asked for a token with `for=ringcx`' },
      ),
    ),
    credentials: Type.Array(
      Type.Object({
        kind: Type.String(),
        app: Type.Optional(Type.String()),
        refused: Type.Optional(Mark('Set when the platform refused it; it is not presented again')),
      }),
    ),
    signInNeeded: Type.Optional(Mark('Set when a person must sign in')),
    frozen: Type.Optional(FreezeAnswer),
    createdAt: Time('When it was created'),
  },
  { title: 'Connection' },
);
