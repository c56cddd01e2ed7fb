import { type Static, type TSchema, Type } from 'typebox';
import { GRANT_TYPES } from '../authorization/grant.ts';
import type { Account, Address, App, ContactDetails, Extension, ForwardingNumber, RegionalChoice } from '../directory.ts';
import type { Fault, FaultAction } from '../faults.ts';
import type { Latency } from '../latencies.ts';
import { RULES, type Rules } from '../profile.ts';

const LONGEST_SECONDS = 20 * 366 * 24 * 3_600;
const LONGEST_DELAY_MS = 600_000;
const MOST_TIMES = 1_000_000;
const LARGEST_SCALE = 1_000_000;
const MOST_USERS = 1_000_000;
const closed = { additionalProperties: false };

const text = (description: string) => Type.String({ minLength: 1, maxLength: 500, description });
const texts = (description: string) => Type.Array(text(description), { description });
const phoneNumber = (description: string) =>
  Type.String({ pattern: '^\\+[1-9]\\d{9,14}$', description: `${description}; with + and country code, as +15555550100` });
const extensionNumber = Type.String({ pattern: '^\\d{1,8}$', description: 'The number that is dialled, in quotes: "101".' });
const delayMs = (description: string) => Type.Integer({ minimum: 0, maximum: LONGEST_DELAY_MS, description });
const id = (description: string) =>
  Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: `${description}; made from its place in the file unless told.` });

// One line for each field of the directory's own types: the compiler says which is missing.
const appFields = {
  clientId: text('Its client id.'),
  clientSecret: Type.Optional(text('Its client secret; absent for a public app.')),
  olderSecrets: Type.Optional(texts('Secrets that are still good, as long as its secret is being rolled.')),
  publicKeys: Type.Optional(Type.Array(Type.String(), { description: 'RSA keys by which it may sign a client_assertion; SPKI, PEM.' })),
  access: Type.Optional(
    Type.Enum(['Public', 'Private'], { description: 'Public: for people of any account; Private: of its own. No rule that asks for it holds unless told.' }),
  ),
  accountId: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'The account of a private app.' })),
  platformType: Type.Optional(
    Type.Enum(['ServerWeb', 'BrowserBased', 'Mobile', 'Desktop', 'ServerOnly'], { description: 'Where it runs. No rule that asks for it holds unless told.' }),
  ),
  authMethod: Type.Optional(Type.Enum(['password', 'code', 'jwt', 'custom'], { description: 'How it signs in; custom, several ways at once, unless told.' })),
  brandIds: Type.Optional(texts("The brands of a trusted partner's app.")),
  name: Type.Optional(text('As the consent page shows it.')),
  grantTypes: Type.Optional(Type.Array(Type.Enum([...GRANT_TYPES]), { description: 'The grant_types it may use; all unless told.' })),
  permissions: texts('Its application permissions: RingOut, ReadAccounts …'),
  redirectUris: Type.Optional(texts('Where a sign-in may lead back to.')),
} satisfies Record<keyof App, TSchema>;

const forwardingNumberFields = {
  id: Type.Optional(Type.String({ pattern: '^\\d{1,16}$', description: 'Decimal digits; made from its place in the file unless told.' })),
  phoneNumber: phoneNumber('A phone that a RingOut can call first'),
  label: Type.Optional(text('Its name; the type unless told.')),
  type: Type.Optional(Type.Enum(['Home', 'Work', 'Mobile', 'Other'], { description: 'Mobile unless told.' })),
  flipNumber: Type.Optional(text('The digit by which a call is moved to it.')),
} satisfies Record<keyof ForwardingNumber, TSchema>;

const addressFields = {
  street: Type.Optional(text('Street and number.')),
  city: Type.Optional(text('The city.')),
  state: Type.Optional(text('Its code: CA.')),
  zip: Type.Optional(text('The postal code.')),
  country: Type.Optional(text('The country.')),
} satisfies Record<keyof Address, TSchema>;

const contactFields = {
  firstName: Type.Optional(text('The first name.')),
  lastName: Type.Optional(text('The last name.')),
  company: Type.Optional(text('The company.')),
  jobTitle: Type.Optional(text('The position.')),
  department: Type.Optional(text('The department.')),
  businessPhone: Type.Optional(phoneNumber('A phone at work')),
  mobilePhone: Type.Optional(phoneNumber('A mobile phone')),
  businessAddress: Type.Optional(Type.Object(addressFields, closed)),
  emailAsLoginName: Type.Optional(Type.Boolean({ description: 'Whether the e-mail address is a user name too.' })),
} satisfies Record<keyof ContactDetails, TSchema>;

const regionalFields = {
  homeCountryId: Type.Optional(text('The id of a country of the dictionary.')),
  timezoneId: Type.Optional(text('The id of a time zone of the dictionary.')),
  languageId: Type.Optional(text('The id of a language of the dictionary.')),
  greetingLanguageId: Type.Optional(text('The id of a language of the dictionary.')),
  formattingLocaleId: Type.Optional(text('The id of a language of the dictionary.')),
  timeFormat: Type.Optional(Type.Enum(['12h', '24h'], { description: 'How it reads the clock.' })),
} satisfies Record<keyof RegionalChoice, TSchema>;

const setupWizardState = Type.Enum(['NotStarted', 'Incomplete', 'Completed'], { description: 'How far the first set-up has come; Completed unless told.' });
const createdAt = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'When it was made; epoch milliseconds.' });

const userFields = {
  id: Type.Optional(id('Its extension id')),
  extensionNumber,
  name: Type.Optional(text('User 101, for example, unless told.')),
  email: Type.Optional(Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$', maxLength: 320, description: 'Made from the extension id unless told.' })),
  password: text('Its password.'),
  mainAdministrator: Type.Optional(
    Type.Boolean({ description: "Whether it is the one that the account's number alone means; the lowest extension where none is." }),
  ),
  directNumbers: Type.Optional(Type.Array(phoneNumber('A number of its own'))),
  forwardingNumbers: Type.Optional(Type.Array(Type.Object(forwardingNumberFields, closed))),
  status: Type.Optional(Type.Enum(['Enabled', 'Disabled', 'Frozen', 'NotActivated'], { description: 'Enabled unless told.' })),
  withheldPermissions: Type.Optional(texts('User permissions that its role does not hold: OutboundFaxes.')),
  type: Type.Optional(text('User unless told.')),
  contact: Type.Optional(Type.Object(contactFields, closed)),
  regional: Type.Optional(Type.Object(regionalFields, closed)),
  setupWizardState: Type.Optional(setupWizardState),
  hidden: Type.Optional(Type.Boolean({ description: 'Whether the company directory leaves it out.' })),
  createdAt: Type.Optional(createdAt),
} satisfies Record<keyof Extension, TSchema>;

const accountFields = {
  id: Type.Optional(id('Its account id')),
  mainNumber: phoneNumber('Its number, with which its users sign in'),
  name: Type.Optional(text('The company.')),
  brandId: Type.Optional(text('1210, RingCentral in the United States, unless told.')),
  partnerAccountId: Type.Optional(text('What the partner whose brand it is calls it.')),
  status: Type.Optional(Type.Enum(['Initial', 'Unconfirmed', 'Confirmed', 'Disabled'], { description: 'Confirmed unless told.' })),
  setupWizardState: Type.Optional(setupWizardState),
  email: Type.Optional(Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$', maxLength: 320, description: "The company's address." })),
  businessAddress: Type.Optional(Type.Object(addressFields, closed)),
  businessHours: Type.Optional(
    Type.Record(Type.String(), Type.Array(Type.Object({ from: text('hh:mm'), to: text('hh:mm') }, closed)), {
      description: 'By day of the week: monday, tuesday …',
    }),
  ),
  createdAt: Type.Optional(createdAt),
} satisfies Record<keyof Account, TSchema>;

const GenerateSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: MOST_USERS, description: 'How many users.' }),
    firstExtensionNumber: Type.Optional(Type.Integer({ minimum: 1, maximum: 90_000_000, description: '1001 unless told; each of the others is one more.' })),
    password: text('The password of each; {n} is its extension number.'),
    name: Type.Optional(text('User {n} unless told.')),
    email: Type.Optional(text('Made from the extension id unless told; {n} is the extension number.')),
    directNumber: Type.Optional(text('A number of its own: +1555555{n}.')),
    forwardingNumber: Type.Optional(text('A phone that a RingOut can call first: +1555556{n}.')),
  },
  { ...closed, description: 'Users in bulk, the same in every run.' },
);

const faultAction = {
  status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599, description: 'What is answered, without effect.' })),
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  body: Type.Optional(Type.Unknown({ description: 'Text as it is; anything else as JSON.' })),
  delayMs: Type.Optional(delayMs('How long the request waits first.')),
  drop: Type.Optional(Type.Enum(['before', 'after'], { description: 'The connection dies before, or after, the request took effect.' })),
} satisfies Record<keyof FaultAction, TSchema>;

const faultFields = {
  match: Type.Object(
    {
      method: Type.Optional(text('GET, POST …')),
      path: Type.Optional(text('A path, or the beginning of one followed by *.')),
      grantType: Type.Optional(text('Of token requests.')),
    },
    closed,
  ),
  times: Type.Integer({ minimum: 1, maximum: MOST_TIMES, description: 'How many requests meet it.' }),
  action: Type.Object(faultAction, closed),
} satisfies Record<keyof Fault, TSchema>;

const latencyFields = {
  method: Type.Optional(text('GET, POST …; every one unless told.')),
  path: Type.Optional(text('A path, or the beginning of one followed by *; every one unless told.')),
  minMs: delayMs('How long, or the shortest.'),
  maxMs: Type.Optional(delayMs('The longest; drawn between the two, the same in every run.')),
} satisfies Record<keyof Latency, TSchema>;

const ruleFields = Object.fromEntries(
  Object.entries(RULES).map(([name, { question, choices }]) => [name, Type.Optional(Type.Enum(Object.keys(choices), { description: question }))]),
);

/** An app, in a scenario and for the control that registers one. */
export const AppSchema = Type.Object(appFields, closed);
/** A user of an account, in a scenario and for the control that adds one. */
export const UserSchema = Type.Object(userFields, closed);
/** A failure that is ordered beforehand. */
export const FaultSchema = Type.Object(faultFields, closed);

const AccountSchema = Type.Object({ ...accountFields, users: Type.Optional(Type.Array(UserSchema)), generate: Type.Optional(GenerateSchema) }, closed);

const JwtCredentialSchema = Type.Object(
  {
    name: text('By which its JWT is asked for.'),
    username: text('The user: a phone number or an e-mail address.'),
    extension: Type.Optional(extensionNumber),
    clientIds: Type.Optional(Type.Array(text('A client id.'), { minItems: 1, description: 'The apps that may use it; all unless told.' })),
    expiresInSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: LONGEST_SECONDS, description: 'From the first start; never unless told.' })),
  },
  closed,
);

const seconds = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: LONGEST_SECONDS, description }));

/** A scenario, as its file has it. */
export const ScenarioSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String({ description: 'For editors.' })),
    extends: Type.Optional(Type.Enum(['demo'], { description: 'demo: the demo data is there too. Nothing but what stands here unless told.' })),
    profile: Type.Optional(Type.Enum(['platform', 'strict'], { description: 'How the uncertain rules are taken; platform unless told.' })),
    rules: Type.Optional(Type.Object(ruleFields, { ...closed, description: 'Single rules, apart from the profile.' })),
    clock: Type.Optional(
      Type.Object(
        {
          offsetSeconds: Type.Number({
            minimum: -LONGEST_SECONDS,
            maximum: LONGEST_SECONDS,
            description: "How far the sandbox's clock is ahead of the machine's.",
          }),
        },
        closed,
      ),
    ),
    limits: Type.Optional(
      Type.Object(
        { scale: Type.Number({ minimum: 0, maximum: LARGEST_SCALE, description: "What the platform's rate limits are multiplied with; 0: none." }) },
        closed,
      ),
    ),
    lifetimes: Type.Optional(Type.Object({ accessSeconds: seconds('Of every access token.'), refreshSeconds: seconds('Of every refresh token.') }, closed)),
    apps: Type.Optional(Type.Array(AppSchema)),
    accounts: Type.Optional(Type.Array(AccountSchema)),
    jwtCredentials: Type.Optional(Type.Array(JwtCredentialSchema)),
    faults: Type.Optional(Type.Array(FaultSchema)),
    latencies: Type.Optional(Type.Array(Type.Object(latencyFields, closed))),
  },
  { ...closed, $id: 'trunkline-sandbox-scenario', title: 'Scenario of the Trunkline sandbox' },
);

/** The JSON Schema of a scenario, for editors. */
export function publishedSchema(): object {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...ScenarioSchema };
}

/** What a sandbox is on its first day; `docs/sandbox-scenario.yaml` shows all of it. */
export type Scenario = Omit<Static<typeof ScenarioSchema>, 'rules'> & { readonly rules?: Partial<Rules> };
/** A customer in a scenario. */
export type ScenarioAccount = Static<typeof AccountSchema>;
/** A user in a scenario. */
export type ScenarioUser = Static<typeof UserSchema>;
