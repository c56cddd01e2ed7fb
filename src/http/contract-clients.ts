import { Type } from 'typebox';
import { closed, Extension, Name, secret, Time, text } from './contract.ts';

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

const CLIENT_ID = 'Its own, which it presents at /restapi/oauth/token; that of an App where absent';
const REDIRECT_URIS = 'Where /restapi/oauth/authorize may lead a browser back to';

const ORIGINS = 'The pages that may call from a browser; none where absent';
const BRIDGE = "With what it signs in at the platform's own paths, as a program with an SDK does";

const bridgeLists = {
  redirectUris: Type.Optional(Type.Array(text('An absolute URL'), { maxItems: 100, description: REDIRECT_URIS })),
  origins: Type.Optional(Type.Array(text('Such as https://shop.example.com'), { maxItems: 100, description: ORIGINS })),
};

const BridgeBody = Type.Object(
  {
    clientId: Type.Optional(text(CLIENT_ID)),
    clientSecret: Type.Optional(secret("The gateway's own, stored hashed; a Client without one presents its client id alone")),
    ...bridgeLists,
  },
  { ...closed, description: BRIDGE },
);

/** `PATCH clients/{name}`. */
export const ClientChangeBody = Type.Object(
  {
    bridge: Type.Union(
      [
        Type.Null(),
        Type.Object(
          {
            clientId: Type.Optional(Type.Union([Type.Null(), text(CLIENT_ID)])),
            clientSecret: Type.Optional(Type.Union([Type.Null(), secret("The gateway's own, stored hashed")])),
            ...bridgeLists,
          },
          closed,
        ),
      ],
      { description: `${BRIDGE}; null takes away, and what is not named stays` },
    ),
  },
  closed,
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
    bridge: Type.Optional(BridgeBody),
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
  bridge: Type.Optional(
    Type.Object({
      clientId: Type.Optional(Type.String({ description: CLIENT_ID })),
      hasClientSecret: Type.Boolean(),
      redirectUris: Type.Array(Type.String(), { description: REDIRECT_URIS }),
      origins: Type.Array(Type.String(), { description: ORIGINS }),
    }),
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

/** `DELETE clients/{name}/sessions`. */
export const EndedSessionsAnswer = Type.Object({ ended: Type.Integer({ description: 'How many there were' }) }, { title: 'EndedSessions' });
