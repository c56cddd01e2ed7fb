/** One setting: an environment variable and a flag of the same meaning. `docs/configuration.md` is made from this table. */
export interface Option {
  readonly env: string;
  readonly flag: string;
  /** What stands for the value in `--help`; `[…]` where the flag may stand without one, which is `on` then. */
  readonly value: string;
  readonly fallback?: string;
  readonly means: string;
  /** Never printed, not even in a complaint about it. */
  readonly secret?: true;
  readonly commands: readonly OptionCommand[];
}

/** The commands that take options of this table. */
export type OptionCommand =
  | 'start'
  | 'serve'
  | 'sandbox'
  | 'calibrate'
  | 'app'
  | 'connection'
  | 'client'
  | 'connect'
  | 'token'
  | 'call'
  | 'fax'
  | 'explain'
  | 'doctor';

const gateway = ['start', 'serve'] as const;
const account = [...gateway, 'calibrate'] as const;
const managing = ['app', 'connection', 'client', 'connect'] as const;
const tools = [...managing, 'fax', 'token', 'call', 'doctor'] as const;

const TABLE = {
  listen: {
    env: 'TRUNKLINE_LISTEN',
    flag: '--listen',
    value: 'host:port',
    fallback: '127.0.0.1:8080',
    means: 'Where programs reach the gateway.',
    commands: gateway,
  },
  adminListen: {
    env: 'TRUNKLINE_ADMIN_LISTEN',
    flag: '--admin-listen',
    value: 'host:port',
    means: 'Where the management API listens; the same address as TRUNKLINE_LISTEN unless set. It must be set apart once TRUNKLINE_LISTEN leaves loopback.',
    commands: gateway,
  },
  publicUrl: {
    env: 'TRUNKLINE_PUBLIC_URL',
    flag: '--public-url',
    value: 'URL',
    means:
      'The address under which people reach the gateway, https, or http on this machine: links that let them connect themselves begin with it, and RingCentral sends them back to it. Where it is absent, it is TRUNKLINE_LISTEN as long as that is on this machine.',
    commands: [...gateway, 'connect'],
  },
  allowPlainHttp: {
    env: 'TRUNKLINE_ALLOW_PLAIN_HTTP',
    flag: '--allow-plain-http',
    value: 'CIDR,…',
    means:
      'Addresses beyond this machine that may speak plain HTTP to the gateway; every other one is turned away. Old programs send passwords, so name only networks you trust.',
    commands: gateway,
  },
  trustProxy: {
    env: 'TRUNKLINE_TRUST_PROXY',
    flag: '--trust-proxy',
    value: 'CIDR,…',
    means:
      'Proxies that are believed about where a request comes from: addresses, CIDR blocks, and `loopback` for this machine. Their `X-Forwarded-For` is read, or, with `forwarded` in the list, their `Forwarded` instead; from the right, and only as far as these proxies go. Where it is absent, nobody is believed.',
    commands: gateway,
  },
  database: {
    env: 'TRUNKLINE_DATABASE',
    flag: '--database',
    value: 'URL',
    fallback: 'sqlite:data/trunkline.db',
    means:
      'Where everything rests: sqlite:FILE, or postgres://USER:PASSWORD@HOST:PORT/DATABASE, which any number of nodes may share. The password may be left to PGPASSWORD or .pgpass. Parameters behind a `?`: sslmode (disable, require, verify-ca or verify-full, which it is beyond this machine), sslrootcert, sslcert, sslkey, application_name (trunkline), pool_size (10 connections), connect_timeout (5 seconds), statement_timeout (10000 milliseconds), and host for the folder of a socket.',
    commands: [...gateway, ...tools],
  },
  vaultKey: {
    env: 'TRUNKLINE_VAULT_KEY',
    flag: '--vault-key',
    value: 'base64',
    means: 'The vault key, 32 bytes in base64. A flag can be read by other users of the machine: prefer the variable or the file.',
    secret: true,
    commands: [...gateway, ...tools],
  },
  vaultKeyFile: {
    env: 'TRUNKLINE_VAULT_KEY_FILE',
    flag: '--vault-key-file',
    value: 'FILE',
    means: 'A file, mode 0600, that holds the vault key. Where neither it nor TRUNKLINE_VAULT_KEY is given, a key is made in data/vault.key at first start.',
    commands: [...gateway, ...tools],
  },
  adminToken: {
    env: 'TRUNKLINE_ADMIN_TOKEN',
    flag: '--admin-token',
    value: 'TOKEN',
    means: 'The token of the management API, at least 16 characters. Where it is absent, one is made in data/admin.token, mode 0600.',
    secret: true,
    commands: [...gateway, ...managing, 'fax', 'doctor'],
  },
  country: {
    env: 'TRUNKLINE_COUNTRY',
    flag: '--country',
    value: 'CC',
    fallback: 'US',
    means: 'The country in whose way old programs write numbers without a country code.',
    commands: [...gateway, 'explain'],
  },
  refuseNumbers: {
    env: 'TRUNKLINE_REFUSE_NUMBERS',
    flag: '--refuse-numbers',
    value: 'NUMBER,…',
    fallback: '',
    means: 'Numbers that old programs may not call, 911,411 for example.',
    commands: gateway,
  },
  statusCache: {
    env: 'TRUNKLINE_STATUS_CACHE',
    flag: '--status-cache',
    value: 'SECONDS',
    fallback: '2',
    means: 'For how long the status of a legacy call, once RingCentral has told it, is told again, up to 60; 0 asks anew for every poll.',
    commands: gateway,
  },
  repeatWindow: {
    env: 'TRUNKLINE_REPEAT_WINDOW',
    flag: '--repeat-window',
    value: 'SECONDS',
    fallback: '5',
    means:
      'For how long a legacy call that is asked for again, by the same Client and with the same numbers, is the first one still, up to 60; 0 places every call.',
    commands: gateway,
  },
  faxWait: {
    env: 'TRUNKLINE_FAX_WAIT',
    flag: '--fax-wait',
    value: 'SECONDS',
    fallback: '20',
    means:
      'For how long the answer to an old fax program waits for what RingCentral says, up to 60; after that the fax counts as accepted. With 0 it is accepted as soon as it is durable.',
    commands: gateway,
  },
  faxSync: {
    env: 'TRUNKLINE_FAX_SYNC',
    flag: '--fax-sync',
    value: '[on]',
    fallback: 'off',
    means:
      'Whether a fax of which RingCentral has said nothing within TRUNKLINE_FAX_WAIT is answered `5` and withdrawn, instead of being kept and sent later: on or off.',
    commands: gateway,
  },
  faxSettle: {
    env: 'TRUNKLINE_FAX_SETTLE',
    flag: '--fax-settle',
    value: 'SECONDS',
    fallback: '30',
    means:
      'For how long a fax whose answer was lost is looked for in the message store before it is sent again, from 1 to 60: longer than RingCentral takes to show what it has taken on.',
    commands: gateway,
  },
  faxDeadline: {
    env: 'TRUNKLINE_FAX_DEADLINE',
    flag: '--fax-deadline',
    value: 'HOURS',
    fallback: '24',
    means: 'After how many hours a fax that could not be sent is given up, from 1 to 720.',
    commands: gateway,
  },
  faxRepeatWindow: {
    env: 'TRUNKLINE_FAX_REPEAT_WINDOW',
    flag: '--fax-repeat-window',
    value: 'SECONDS',
    fallback: '60',
    means:
      'For how long a fax that comes again, with the same documents, to the same recipients and from the same Client, is the first one still, up to 60; 0 sends every fax.',
    commands: gateway,
  },
  faxKeepContent: {
    env: 'TRUNKLINE_FAX_KEEP_CONTENT',
    flag: '--fax-keep-content',
    value: 'DAYS',
    fallback: '0',
    means: 'For how many days the documents of a fax are kept once it is over; with 0 they are erased within a minute.',
    commands: gateway,
  },
  faxKeepHistory: {
    env: 'TRUNKLINE_FAX_KEEP_HISTORY',
    flag: '--fax-keep-history',
    value: 'DAYS',
    fallback: '90',
    means: 'For how many days it can be seen what became of a fax, and who it went to.',
    commands: gateway,
  },
  faxWebhook: {
    env: 'TRUNKLINE_FAX_WEBHOOK',
    flag: '--fax-webhook',
    value: 'URL',
    means: 'A program that is told what becomes of faxes, by signed POST requests: https, or http on this machine.',
    commands: gateway,
  },
  faxWebhookKeys: {
    env: 'TRUNKLINE_FAX_WEBHOOK_KEYS',
    flag: '--fax-webhook-keys',
    value: 'KEY,…',
    means:
      'With what those requests are signed, as Standard Webhooks has it: `whsec_` and at least 24 bytes in base64. Two while one is rotated: both sign. Make one with `echo whsec_$(openssl rand -base64 32)`.',
    secret: true,
    commands: gateway,
  },
  smtp: {
    env: 'TRUNKLINE_SMTP',
    flag: '--smtp',
    value: 'URL',
    means:
      'The mail server over which the sender of a fax is told what became of it, smtp://USER:PASSWORD@HOST:PORT, or smtps://…; the e-mail address is that of the extension. Where it is absent, nobody is written to. A flag can be read by other users of the machine.',
    secret: true,
    commands: gateway,
  },
  mailFrom: {
    env: 'TRUNKLINE_MAIL_FROM',
    flag: '--mail-from',
    value: 'ADDRESS',
    means: 'Whom those letters are from; to be given with TRUNKLINE_SMTP.',
    commands: gateway,
  },
  auditKeep: {
    env: 'TRUNKLINE_AUDIT_KEEP',
    flag: '--audit-keep',
    value: 'DAYS',
    fallback: '400',
    means: 'For how many days the lines of the audit trail are kept; 0 keeps them for ever.',
    commands: gateway,
  },
  drain: {
    env: 'TRUNKLINE_DRAIN',
    flag: '--drain',
    value: 'SECONDS',
    fallback: '0',
    means:
      'At SIGTERM, for how long the gateway still takes connections while `/readyz` says that it is not ready, up to 60: a load balancer needs that long to notice. Behind one, set it to the interval of its health checks.',
    commands: gateway,
  },
  logLevel: {
    env: 'TRUNKLINE_LOG_LEVEL',
    flag: '--log-level',
    value: 'LEVEL',
    fallback: 'info',
    means:
      'How much is logged, as JSON lines on stderr: silent, error, warn or info. `start` logs from warn on unless told otherwise, and a command that only looks or changes logs nothing.',
    commands: ['start', 'serve', 'sandbox'],
  },
  url: {
    env: 'TRUNKLINE_URL',
    flag: '--url',
    value: 'URL',
    means:
      'The gateway to talk to: https, or http on this machine. Where it is absent, app, connection, client and connect manage the one at TRUNKLINE_ADMIN_LISTEN if it answers, and else the database itself; token asks the one at TRUNKLINE_LISTEN if it has TRUNKLINE_KEY, and else the database.',
    commands: [...managing, 'fax', 'token', 'doctor'],
  },
  gatewayKey: {
    env: 'TRUNKLINE_KEY',
    flag: '--key',
    value: 'KEY',
    means:
      'The gateway key with which a token is asked for. Where it is absent, and TRUNKLINE_URL too, the database itself is used. A flag can be read by other users of the machine.',
    secret: true,
    commands: ['token'],
  },
  sandboxListen: {
    env: 'TRUNKLINE_SANDBOX_LISTEN',
    flag: '--sandbox-listen',
    value: 'host:port',
    fallback: '127.0.0.1:8090',
    means: 'Where the sandbox listens.',
    commands: ['start', 'sandbox'],
  },
  sandboxFile: {
    env: 'TRUNKLINE_SANDBOX_FILE',
    flag: '--sandbox-file',
    value: 'FILE',
    fallback: 'data/sandbox.db',
    means: 'The database file that holds the state of the sandbox.',
    commands: ['start', 'sandbox'],
  },
  sandboxProfile: {
    env: 'TRUNKLINE_SANDBOX_PROFILE',
    flag: '--sandbox-profile',
    value: 'NAME',
    fallback: 'platform',
    means:
      'Which of the uncertain rules of the platform hold in the sandbox: `platform` (as documented and observed), or `strict` (a refresh token is good for one request, without the grace for a lost answer).',
    commands: ['start', 'sandbox', 'calibrate'],
  },
  sandboxOpenapi: {
    env: 'TRUNKLINE_SANDBOX_OPENAPI',
    flag: '--openapi',
    value: 'FILE',
    means: "RingCentral's own OpenAPI file, YAML or JSON: with it the sandbox answers by example what it does not model.",
    commands: ['start', 'sandbox'],
  },
  sandboxScenario: {
    env: 'TRUNKLINE_SANDBOX_SCENARIO',
    flag: '--scenario',
    value: 'FILE',
    means:
      'A YAML or JSON file with what the sandbox is on its first day: accounts, Apps, users, faults and more; `trunkline sandbox scenario-schema` prints its format.',
    commands: ['sandbox'],
  },
  sandboxTls: {
    env: 'TRUNKLINE_SANDBOX_TLS',
    flag: '--tls',
    value: '[NAME,…]',
    means:
      'Whether the sandbox speaks https: on, off, or the names under which it is reached besides localhost. Its certificate authority is made beside its database file; the start message says how to trust it.',
    commands: ['sandbox'],
  },
  sandboxAllowNonLoopback: {
    env: 'TRUNKLINE_SANDBOX_ALLOW_NON_LOOPBACK',
    flag: '--allow-non-loopback',
    value: '[on]',
    means: 'Whether the sandbox may listen where other machines reach it: on or off. Its passwords are public, and it takes them from everybody.',
    commands: ['sandbox'],
  },
  serverUrl: {
    env: 'RC_SERVER_URL',
    flag: '--rc-server-url',
    value: 'URL',
    fallback: 'https://platform.ringcentral.com',
    means: 'The platform of the App that RC_APP_CLIENT_ID names.',
    commands: account,
  },
  appClientId: {
    env: 'RC_APP_CLIENT_ID',
    flag: '--rc-app-client-id',
    value: 'ID',
    means:
      'The client id of your App at RingCentral. Where it is set, the App is created under the name "ringcentral", and `trunkline start` starts no sandbox.',
    commands: account,
  },
  appClientSecret: {
    env: 'RC_APP_CLIENT_SECRET',
    flag: '--rc-app-client-secret',
    value: 'SECRET',
    means: 'Its client secret; absent for a public App.',
    secret: true,
    commands: account,
  },
  userJwt: {
    env: 'RC_USER_JWT',
    flag: '--rc-user-jwt',
    value: 'JWT',
    means: 'A JWT credential for that App. Where it is set, a Connection of the name "ringcentral" signs in with it.',
    secret: true,
    commands: account,
  },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof TABLE;

/** Every option of Trunkline, by the name the code uses. */
export const OPTIONS: Readonly<Record<OptionName, Option>> = TABLE;
