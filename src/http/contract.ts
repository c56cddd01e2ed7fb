import { type Static, type TSchema, Type } from 'typebox';

// A name stands in URLs and in logs.
const Name = Type.String({ maxLength: 100, pattern: '^[A-Za-z0-9][A-Za-z0-9._@*+-]*$', description: 'Letters, digits and ._@*+-' });
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
      extension: Type.Optional(Type.String({ maxLength: 20, pattern: '^\\d*$' })),
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
    keep: Type.Optional(Type.Union([Type.Literal('alive'), Type.Literal('fresh')])),
    credentials: Credentials,
  },
  closed,
);

/** `PUT connections/{name}/credentials`. */
export const CredentialsBody = Type.Object({ credentials: Credentials }, closed);

/** `POST connections?verify=true` signs in at once. */
export const VerifyQuery = Type.Object({ verify: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])) }, closed);

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
            extension: Type.Optional(Type.String({ maxLength: 20, pattern: '^\\d*$' })),
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
    limit: Type.Optional(Type.String({ pattern: '^([1-9]|[1-9]\\d|[1-9]\\d\\d|1000)$', description: '1 to 1000' })),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
  },
  closed,
);

export const NameParams = Type.Object({ name: Type.String({ maxLength: 200 }) }, closed);

// With a discriminator the validator judges a body by its own kind only, and its faults name the field.
function byKind<Kinds extends Record<string, TSchema>>(kinds: Kinds): ReturnType<typeof Type.Unsafe<Static<Kinds[keyof Kinds]>>> {
  return Type.Unsafe({ type: 'object', required: ['kind'], discriminator: { propertyName: 'kind' }, oneOf: Object.values(kinds) });
}
