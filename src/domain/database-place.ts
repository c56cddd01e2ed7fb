import { isLoopback } from './app.ts';
import { Secret } from './secret.ts';

/** Where everything rests. */
export type DatabasePlace = SqlitePlace | PostgresPlace;

/** A file of this machine. */
export interface SqlitePlace {
  readonly kind: 'sqlite';
  readonly file: string;
}

/** A PostgreSQL server that any number of nodes share. */
export interface PostgresPlace {
  readonly kind: 'postgres';
  /** Without the brackets of an IPv6 address; a folder, where the server listens on a socket there. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Absent: the name that PGUSER gives, else the operating system's. */
  readonly user: string | undefined;
  /** Absent: what PGPASSWORD or the file `.pgpass` gives. */
  readonly password: Secret | undefined;
  readonly tls: TlsMode;
  /** PEM files: whom to believe, and what to show. */
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly applicationName: string;
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

// PostgreSQL's own words (libpq, "SSL Mode Descriptions"); `allow` and `prefer` promise nothing, so they are not taken.
const TLS_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
/** How a connection to the server is encrypted and checked. */
export type TlsMode = (typeof TLS_MODES)[number];

const POSTGRES_PORT = 5432;
// A node needs a connection for as long as a statement lasts, a millisecond; ten of a hundred leave room for nine more nodes.
const POOL_SIZE = 10;
const MOST_CONNECTIONS = 500;
// A caller waits ten seconds for a token at most (docs/guarantees.md, G5).
const CONNECT_TIMEOUT_SECONDS = 5;
const STATEMENT_TIMEOUT_MS = 10_000;

const PARAMETERS = [
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'application_name',
  'pool_size',
  'connect_timeout',
  'statement_timeout',
  'host',
  'port',
  'user',
  'password',
];

/**
 * The place that a setting names: `sqlite:FILE`, or `postgres://USER:PASSWORD@HOST:PORT/DATABASE?…`.
 *
 * @returns what is wrong with it as a text; that never repeats the setting, which may hold a password
 */
export function databasePlace(text: string): DatabasePlace | string {
  const [, file] = /^sqlite:(.+)$/.exec(text) ?? [];
  if (file !== undefined) return { kind: 'sqlite', file };
  if (!/^postgres(ql)?:\/\//.test(text)) return 'must be sqlite:FILE, such as sqlite:data/trunkline.db, or postgres://USER:PASSWORD@HOST/DATABASE';
  // Without a host a URL of this kind has a socket's folder among its parameters.
  const full = text.replace(/^(postgres(?:ql)?:\/\/)(?=\/)/, '$1localhost');
  if (!URL.canParse(full)) return 'is not a URL: percent-encode what is special in user name and password, and name one host only';
  return postgresPlace(new URL(full));
}

/** A database as its people know it; no password is in it. */
export function nameOf(place: DatabasePlace): string {
  if (place.kind === 'sqlite') return place.file;
  const host = place.host.includes(':') ? `[${place.host}]` : place.host;
  return place.host.startsWith('/') ? `${place.database} at ${place.host}` : `${place.database} at ${host}:${place.port}`;
}

function postgresPlace(url: URL): PostgresPlace | string {
  const given = url.searchParams;
  const unknown = [...given.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) return `has a parameter that is not known, ${JSON.stringify(unknown)}; known are ${PARAMETERS.join(', ')}`;
  const database = decoded(url.pathname.slice(1));
  const user = given.get('user') ?? decoded(url.username);
  const password = given.get('password') ?? decoded(url.password);
  if (database === undefined || user === undefined || password === undefined) return 'has a % that is followed by no two hexadecimal digits; write it as %25';
  if (database === '') return 'names no database: postgres://USER:PASSWORD@HOST/DATABASE';
  if (/[\0/]/.test(database)) return 'has more than the name of a database in its path: postgres://USER:PASSWORD@HOST/DATABASE';

  const host = given.get('host') || url.hostname.replace(/^\[|\]$/g, '');
  const port = whole(given.get('port') ?? url.port, POSTGRES_PORT, 1, 65_535);
  const tls = given.get('sslmode') ?? (host.startsWith('/') || isLoopback(host) ? 'disable' : 'verify-full');
  const poolSize = whole(given.get('pool_size'), POOL_SIZE, 1, MOST_CONNECTIONS);
  const connectTimeoutSeconds = whole(given.get('connect_timeout'), CONNECT_TIMEOUT_SECONDS, 1, 600);
  const statementTimeoutMs = whole(given.get('statement_timeout'), STATEMENT_TIMEOUT_MS, 100, 600_000);
  if (host.includes(',')) return 'names more than one host; name the one that takes writes, or an address that leads to it';
  if (port === undefined) return 'has a port that is not a number from 1 to 65535';
  if (!isTlsMode(tls)) return `has an sslmode that is none of ${TLS_MODES.join(', ')}`;
  if (poolSize === undefined) return `has a pool_size that is not a number from 1 to ${MOST_CONNECTIONS}`;
  if (connectTimeoutSeconds === undefined) return 'has a connect_timeout that is not a number of seconds from 1 to 600';
  if (statementTimeoutMs === undefined) return 'has a statement_timeout that is not a number of milliseconds from 100 to 600000';
  const [certFile, keyFile] = [given.get('sslcert') || undefined, given.get('sslkey') || undefined];
  if ((certFile === undefined) !== (keyFile === undefined)) return 'has one of sslcert and sslkey; give both, or neither';
  return {
    kind: 'postgres',
    host,
    port,
    database,
    user: user || undefined,
    password: password ? new Secret(password) : undefined,
    tls,
    caFile: given.get('sslrootcert') || undefined,
    certFile,
    keyFile,
    applicationName: given.get('application_name') || 'trunkline',
    poolSize,
    connectTimeoutMs: connectTimeoutSeconds * 1_000,
    statementTimeoutMs,
  };
}

function isTlsMode(text: string): text is TlsMode {
  return (TLS_MODES as readonly string[]).includes(text);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A whole number of the range; nothing where `text` is something else. */
function whole(text: string | null, fallback: number, least: number, most: number): number | undefined {
  if (text === null || text === '') return fallback;
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}
