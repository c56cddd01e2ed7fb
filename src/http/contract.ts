import { type Static, type TSchema, Type } from 'typebox';
import type { ConnectionState } from '../domain/connection.ts';

// A name stands in URLs and in logs.
const Name = Type.String({
  maxLength: 100,
  pattern: '^[A-Za-z0-9][A-Za-z0-9._@*+-]*$',
  description: 'letters, digits and ._@*+-, the first a letter or digit',
});
const ShortText = Type.String({ minLength: 1, maxLength: 1_000 });
const SecretText = Type.String({ minLength: 1, maxLength: 16_384 });
const Origin = Type.String({ minLength: 1, maxLength: 500, description: 'Scheme, host and port; https, or http on this machine' });
const closed = { additionalProperties: false };

/** `POST apps`. */
export const AppBody = Type.Object(
  {
    name: Name,
    platformOrigin: Origin,
    mediaOrigin: Type.Optional(Origin),
    ringcxOrigin: Type.Optional(Origin),
    clientId: ShortText,
    clientSecret: Type.Optional(SecretText),
    redirectUris: Type.Optional(Type.Array(ShortText, { maxItems: 100 })),
    returnTo: Type.Optional(Type.Array(ShortText, { maxItems: 100 })),
  },
  closed,
);

const CredentialBodies = {
  password: Type.Object(
    {
      kind: Type.Literal('password'),
      app: Type.Optional(Name),
      username: ShortText,
      extension: Type.Optional(Type.String({ maxLength: 20, pattern: '^\\d*$', description: 'digits' })),
      password: SecretText,
    },
    closed,
  ),
  jwt: Type.Object({ kind: Type.Literal('jwt'), app: Type.Optional(Name), assertion: SecretText }, closed),
  refresh_token: Type.Object({ kind: Type.Literal('refresh_token'), app: Type.Optional(Name), refreshToken: SecretText }, closed),
};

/** One credential of `POST connections`; `kind` says which other fields it has. */
const CredentialBody = byKind(CredentialBodies);
export type CredentialInput = Static<(typeof CredentialBodies)[keyof typeof CredentialBodies]>;

const Credentials = Type.Array(CredentialBody, { minItems: 1, maxItems: 10 });

/** `POST connections`. */
export const ConnectionBody = Type.Object(
  {
    name: Name,
    app: Name,
    labels: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 1_000 }), { maxProperties: 50 })),
    keep: Type.Optional(oneOf(['alive', 'fresh'])),
    credentials: Credentials,
  },
  closed,
);

/** `PUT connections/{name}/credentials`. */
export const CredentialsBody = Type.Object({ credentials: Credentials }, closed);

/** `POST connections?verify=true` signs in at once. */
export const VerifyQuery = Type.Object({ verify: Type.Optional(oneOf(['true', 'false'])) }, closed);

const PolicyBody = Type.Object(
  {
    ipAllow: Type.Optional(Type.Array(ShortText, { maxItems: 1_000 })),
    permissions: Type.Optional(Type.Array(ShortText, { maxItems: 100 })),
    paths: Type.Optional(Type.Array(ShortText, { maxItems: 1_000 })),
    methods: Type.Optional(Type.Array(ShortText, { maxItems: 20 })),
    token: Type.Optional(Type.Boolean()),
  },
  closed,
);

/** `POST clients`. */
export const ClientBody = Type.Object(
  {
    name: Name,
    connections: Type.Array(Name, { minItems: 1, maxItems: 10_000, uniqueItems: true }),
    policy: Type.Optional(PolicyBody),
    legacyLogins: Type.Optional(
      Type.Array(
        Type.Object(
          {
            username: ShortText,
            extension: Type.Optional(Type.String({ maxLength: 20, pattern: '^\\d*$', description: 'digits' })),
            password: Type.Optional(SecretText),
            connection: Name,
          },
          closed,
        ),
        { maxItems: 10_000 },
      ),
    ),
  },
  closed,
);

/** A part of a list: at most `limit` items (100 where absent) that follow `cursor`. */
export const PageQuery = Type.Object(
  {
    limit: Type.Optional(Type.String({ pattern: '^([1-9]|[1-9]\\d|[1-9]\\d\\d|1000)$', description: 'a whole number from 1 to 1000' })),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
  },
  closed,
);

export const NameParams = Type.Object({ name: Type.String({ maxLength: 200 }) }, closed);

// As an enumeration, so that a fault lists what there is instead of trying each.
function oneOf<const Values extends readonly string[]>(values: Values) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values] });
}

// With a discriminator the validator judges a body by its own kind only, and its faults name the field.
function byKind<Kinds extends Record<string, TSchema>>(kinds: Kinds): ReturnType<typeof Type.Unsafe<Static<Kinds[keyof Kinds]>>> {
  return Type.Unsafe({ type: 'object', required: ['kind'], discriminator: { propertyName: 'kind' }, oneOf: Object.values(kinds) });
}

const Time = (description: string) => Type.Integer({ description: `${description}; epoch milliseconds` });
const Mark = (description: string) => Type.Object({ at: Time('When'), code: Type.String({ description: "The platform's code, or ours" }) }, { description });

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
    createdAt: Time('When it was created'),
    hasClientSecret: Type.Boolean({ description: 'false: a public App' }),
  },
  { title: 'App' },
);

/** A Connection as the API shows it. */
export const ConnectionAnswer = Type.Object(
  {
    name: Type.String(),
    app: Type.String(),
    labels: Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } }),
    keep: Type.Union([Type.Literal('alive'), Type.Literal('fresh')]),
    state: Type.Union(['new', 'ready', 'waiting', 'needs-sign-in', 'frozen'].map((state) => Type.Literal(state as ConnectionState))),
    ownerId: Type.Optional(Type.String({ description: 'The extension it belongs to, known from the first sign-in' })),
    scope: Type.Optional(Type.String({ description: 'The Permissions of its Grant, as the platform wrote them' })),
    generation: Type.Integer({ description: 'How many token pairs it has had' }),
    expiresAt: Type.Optional(Time('When its access token expires')),
    refreshExpiresAt: Type.Optional(Time('When its refresh token expires')),
    credentials: Type.Array(
      Type.Object({
        kind: Type.String(),
        app: Type.Optional(Type.String()),
        refused: Type.Optional(Mark('Set when the platform refused it; it is not presented again')),
      }),
    ),
    signInNeeded: Type.Optional(Mark('Set when a person must sign in')),
    createdAt: Time('When it was created'),
  },
  { title: 'Connection' },
);

const clientFields = {
  name: Type.String(),
  connections: Type.Array(Type.String()),
  policy: Type.Optional(PolicyBody),
  legacyLogins: Type.Array(
    Type.Object({ username: Type.String(), extension: Type.Optional(Type.String()), connection: Type.String(), hasPassword: Type.Boolean() }),
  ),
  createdAt: Time('When it was created'),
};

/** A Client as the API shows it. */
export const ClientAnswer = Type.Object(clientFields, { title: 'Client' });

/** A Client that was just created. */
export const CreatedClientAnswer = Type.Object(
  { ...clientFields, key: Type.String({ description: 'The gateway key; it is shown this once' }) },
  { title: 'CreatedClient' },
);

/** A part of a list. */
export function pageAnswer<Item extends TSchema>(item: Item) {
  return Type.Object({
    items: Type.Array(item),
    nextCursor: Type.Optional(Type.String({ description: 'The `cursor` of the next part; absent on the last one' })),
  });
}

/** An access token, in the platform's own spelling. */
export const TokenAnswer = Type.Object(
  {
    access_token: Type.String(),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ minimum: 0, description: 'Seconds for which it may be used: its lifetime less the margin that is kept for using it' }),
    scope: Type.String(),
    owner_id: Type.Optional(Type.String({ description: 'The extension it belongs to' })),
  },
  { title: 'Token' },
);

/** `POST connections/{name}/token`. */
export const RejectedBody = Type.Object(
  { rejected: Type.String({ minLength: 1, maxLength: 16_384, description: 'The access token that the platform refused' }) },
  closed,
);

/** Every error of the API (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'One of docs/errors.md' }),
    detail: Type.String(),
    errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), { description: 'Where a field is at fault' })),
  },
  { title: 'Problem', description: 'What went wrong, to which thing, and what to do next' },
);

/** Nothing, as 204 answers it. */
export const NoAnswer = Type.Null({ description: 'Done' });

/** `GET /healthz`, `GET /readyz`. */
export const HealthAnswer = Type.Object({ status: Type.String() });

/** `GET proof`. */
export const ProofQuery = Type.Object(
  { challenge: Type.String({ pattern: '^[\\w-]{43}$', description: '32 random bytes in base64url, never used before' }) },
  closed,
);

/** What proves that a gateway knows the admin token. */
export const ProofAnswer = Type.Object(
  {
    address: Type.String({ description: "The address and port of the gateway's own end of the connection" }),
    salt: Type.String(),
    proof: Type.String({ description: 'HMAC-SHA-256 over the challenge and the address, under a key made from the admin token by scrypt' }),
  },
  { title: 'GatewayProof' },
);

/** `GET openapi.json`. */
export const OpenApiAnswer = Type.Object({}, { additionalProperties: true, description: 'An OpenAPI 3.1 document' });

/** `GET /metrics`. */
export const MetricsAnswer = Type.String({ description: 'Prometheus text format' });

/** `GET audit`: at most `limit` lines (100 where absent), those with a lower number than `cursor`. */
export const AuditQuery = Type.Object(
  { limit: PageQuery.properties.limit, cursor: Type.Optional(Type.String({ pattern: '^\\d{1,15}$', description: 'Of the part before' })) },
  closed,
);

/** A line of the audit trail. */
export const AuditAnswer = Type.Object(
  {
    seq: Type.Integer({ description: 'Numbers have no gaps' }),
    at: Time('When'),
    who: Type.String({ description: '`admin`, `client NAME`, `cli`, `gateway` or `unknown`' }),
    action: Type.String(),
    object: Type.String({ description: 'Such as `connections/front-desk`' }),
    address: Type.String({ description: 'From where' }),
    result: Type.String({ description: '`asked`, `ok`, or the code of what went wrong' }),
    requestId: Type.String({ description: 'Joins the lines of one request' }),
    times: Type.Integer({ description: 'How many requests it stands for' }),
  },
  { title: 'AuditLine' },
);
