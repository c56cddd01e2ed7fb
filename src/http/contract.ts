import { type Static, type TSchema, Type } from 'typebox';
import type { ConnectionState } from '../domain/connection.ts';
import { FreezeAnswer } from './contract-freezes.ts';
import { NO_NULL_CHARACTER } from './problem.ts';

// A name stands in URLs and in logs.
export const Name = Type.String({
  maxLength: 100,
  pattern: '^[A-Za-z0-9][A-Za-z0-9._@*+-]*$',
  description: 'letters, digits and ._@*+-, the first a letter or digit',
});
// A JWT has some thousand characters, whatever else is given far fewer. The bounds keep what is stored small.
// PostgreSQL stores no null character, and is not asked for one.
const NotNull = { pattern: NO_NULL_CHARACTER };
const ShortText = { minLength: 1, maxLength: 1_000, ...NotNull };
const SecretText = { minLength: 1, maxLength: 16_384 };
export const text = (description: string) => Type.String({ ...ShortText, description });
export const secret = (description: string) => Type.String({ ...SecretText, description: `${description}; never shown` });
const Extension = Type.String({ maxLength: 20, pattern: '^\\d*$', description: 'digits' });
const origin = (of: string) => Type.String({ minLength: 1, maxLength: 500, description: `${of}: scheme, host and port; https, or http on this machine` });
// A field that is not known is a mistake, and is named.
export const closed = { additionalProperties: false };

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

/** One credential of `POST connections`; `kind` says which other fields it has. */
const CredentialBody = byKind(CredentialBodies);
export type CredentialInput = Static<(typeof CredentialBodies)[keyof typeof CredentialBodies]>;

const Credentials = Type.Array(CredentialBody, { minItems: 1, maxItems: 10, description: 'Tried in this order; `app` where one is of another App' });

/** What a Connection is found by. */
export const Labels = Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 1_000 }), {
  maxProperties: 50,
  description: 'What you want to find it by',
});

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

const PolicyBody = Type.Object(
  {
    ipAllow: Type.Optional(Type.Array(text('An IP address or a CIDR block'), { maxItems: 1_000, description: 'Where it may call from' })),
    permissions: Type.Optional(Type.Array(text('Such as RingOut'), { maxItems: 100, description: "RingCentral's; one covers those it includes" })),
    paths: Type.Optional(
      Type.Array(text('Such as /restapi/v1.0/account/~/**'), { maxItems: 1_000, description: '`*` stands for one segment, a final `**` for any rest' }),
    ),
    methods: Type.Optional(Type.Array(text('Such as GET'), { maxItems: 20, description: 'In any case' })),
    token: Type.Optional(Type.Boolean({ description: 'Whether access tokens may be handed to it; false where a Policy does not say' })),
  },
  { ...closed, description: 'What a Client may do: only what each part that is given lists, so an empty list denies' },
);

const ClientLimitsBody = Type.Object(
  {
    requestsPerSecond: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1_000_000, description: 'On average, on each node; 0 for no limit, which is the default' }),
    ),
    burst: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'How many may come at once; those of two seconds where absent' })),
    concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'Requests under way at once on each node; 1000 where absent' })),
    bodyBytes: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 * 1024 ** 3, description: 'Of one request; 104857600 where absent' })),
    headerBytes: Type.Optional(Type.Integer({ minimum: 1_024, maximum: 64 * 1024, description: 'Of one request, its line included; 65536 where absent' })),
    durationSeconds: Type.Optional(Type.Number({ minimum: 1, maximum: 86_400, description: 'Of one request and its answer; 900 where absent' })),
    idleSeconds: Type.Optional(Type.Number({ minimum: 1, maximum: 3_600, description: 'Without a byte in either direction; 60 where absent' })),
  },
  { ...closed, description: 'What the Client may take of a node' },
);
const REWRITE_LINKS = 'Whether links in the answers of the platform are to lead to the gateway; false where absent';

/** `POST clients`. */
export const ClientBody = Type.Object(
  {
    name: Name,
    connections: Type.Array(Name, { minItems: 1, maxItems: 10_000, uniqueItems: true, description: 'Those it may use; the first where it names none' }),
    policy: Type.Optional(PolicyBody),
    limits: Type.Optional(ClientLimitsBody),
    rewriteLinks: Type.Optional(Type.Boolean({ description: REWRITE_LINKS })),
    legacyLogins: Type.Optional(
      Type.Array(
        Type.Object(
          {
            username: text('A phone number or an e-mail address, however it is written'),
            extension: Type.Optional(Extension),
            password: Type.Optional(secret("The gateway's own, stored hashed; a login without one cannot be used")),
            connection: Name,
          },
          closed,
        ),
        { maxItems: 10_000, description: 'What old programs sign in with' },
      ),
    ),
  },
  closed,
);

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

// As an enumeration, so that a fault lists what there is instead of trying each.
export function oneOf<const Values extends readonly string[]>(values: Values, description: string) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], description });
}

// With a discriminator the validator judges a body by its own kind only, and its faults name the field.
function byKind<Kinds extends Record<string, TSchema>>(kinds: Kinds): ReturnType<typeof Type.Unsafe<Static<Kinds[keyof Kinds]>>> {
  return Type.Unsafe({ type: 'object', required: ['kind'], discriminator: { propertyName: 'kind' }, oneOf: Object.values(kinds) });
}

export const Time = (description: string) => Type.Integer({ description: `${description}; epoch milliseconds` });
const Mark = (description: string) =>
  Type.Object({ at: Time('When that was'), code: Type.String({ description: "The platform's code, or ours" }) }, { description });

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

const RingCxAgents = Type.Array(
  Type.Object({
    agentId: Type.Optional(Type.String()),
    firstName: Type.Optional(Type.String()),
    lastName: Type.Optional(Type.String()),
    email: Type.Optional(Type.String()),
    username: Type.Optional(Type.String()),
    agentType: Type.Optional(Type.String()),
    rcUserId: Type.Optional(Type.String()),
    accountId: Type.Optional(Type.String()),
    accountName: Type.Optional(Type.String()),
    agentGroupId: Type.Optional(Type.String()),
    allowLoginControl: Type.Optional(Type.Boolean()),
    allowLoginUpdates: Type.Optional(Type.Boolean()),
  }),
  { description: 'What the user is as an agent, in each account of RingCX where it is one; ids as text' },
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

const clientFields = {
  name: Type.String(),
  connections: Type.Array(Type.String()),
  policy: Type.Optional(PolicyBody),
  limits: Type.Optional(ClientLimitsBody),
  keys: Type.Array(
    Type.Object({ id: Type.String(), createdAt: Time('When it was made'), expiresAt: Type.Optional(Time('From when it is not good any more')) }),
    {
      description: 'Its gateway keys, oldest first',
    },
  ),
  rewriteLinks: Type.Boolean({ description: REWRITE_LINKS }),
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
    access_token: Type.String({ description: 'For requests to the platform' }),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ minimum: 0, description: 'Seconds for which it may be used: its lifetime less the margin that is kept for using it' }),
    scope: Type.Optional(Type.String({ description: 'The Permissions of its Grant, as the platform wrote them; a token of RingCX has none' })),
    owner_id: Type.Optional(Type.String({ description: 'The extension it belongs to' })),
    main_account_id: Type.Optional(Type.String({ description: "With `for=ringcx`: the user's main account in RingCX" })),
    admin_id: Type.Optional(Type.String({ description: "With `for=ringcx`: the user's own id in RingCX" })),
    agent_details: Type.Optional(RingCxAgents),
  },
  { title: 'Token' },
);

/** `?for=` of the token routes. */
export const TokenQuery = Type.Object({ for: Type.Optional(oneOf(['ringcx'], 'ringcx: a token of RingCX, for RingCX')) }, closed);

/** `POST connections/{name}/token`. */
export const RejectedBody = Type.Object({ rejected: Type.String({ ...SecretText, description: 'The access token that the platform refused' }) }, closed);

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

/** `GET /healthz`, `GET /readyz`. */
export const HealthAnswer = Type.Object({
  status: Type.String({ description: '`ok`, `ready` or `not ready`' }),
  reason: Type.Optional(Type.String({ description: 'why it is not ready: `draining`, or the code of an error' })),
  detail: Type.Optional(Type.String({ description: 'the same as a sentence; for those on this machine only, because it may name places' })),
});

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
  { limit: PageQuery.properties.limit, cursor: Type.Optional(Type.String({ pattern: '^\\d{1,15}$', description: 'the `nextCursor` of the part before' })) },
  closed,
);

/** A line of the audit trail. */
export const AuditAnswer = Type.Object(
  {
    seq: Type.Integer({ description: 'Numbers have no gaps' }),
    at: Time('When'),
    who: Type.String({ description: '`admin`, `client NAME`, `invitation ID`, `cli`, `gateway` or `unknown`' }),
    action: Type.String(),
    object: Type.String({ description: 'Such as `connections/front-desk`' }),
    address: Type.String({ description: 'From where' }),
    result: Type.String({ description: '`asked`, `ok`, or the code of what went wrong' }),
    requestId: Type.String({ description: 'Joins the lines of one request' }),
    times: Type.Integer({ description: 'How many requests it stands for' }),
  },
  { title: 'AuditLine' },
);
