import { type ClientBase, type ClientConfig, Pool, types } from 'pg';
import { nameOf, type PostgresPlace } from '../../domain/database-place.ts';
import { StoreUnavailable } from '../../domain/errors.ts';
import { tlsOptions } from './tls.ts';

const INT8 = 20;
// A connection whose other end vanished without a word is given up this long after the server should have answered.
const ANSWER_MARGIN_MS = 2_000;
// A firewall on the way forgets a connection that is silent; PostgreSQL's own silence is broken after this.
const KEEP_ALIVE_MS = 30_000;
// A node that stands still in the middle of a transaction must not hold its rows for long; a Lease lasts as long.
const IDLE_IN_TRANSACTION_MS = 30_000;

/** What bounds the statements of a pool: a migration may take its time, a caller's statement may not. */
export interface Bounds {
  readonly connections: number;
  /** 0: none. */
  readonly statementTimeoutMs: number;
}

/** What every connection has in common: where to, as whom, how encrypted, and which types are which. */
export function clientConfig(place: PostgresPlace): ClientConfig {
  return {
    host: place.host,
    port: place.port,
    database: place.database,
    ...(place.user !== undefined && { user: place.user }),
    ...(place.password && { password: place.password.reveal() }),
    ssl: tlsOptions(place),
    application_name: place.applicationName,
    connectionTimeoutMillis: place.connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    // Epoch milliseconds fit a number; the driver would give them as texts.
    types: { getTypeParser: ((type: number, format?: 'text') => (type === INT8 ? Number : types.getTypeParser(type, format))) as typeof types.getTypeParser },
  };
}

/**
 * A pool of connections that are set up alike.
 *
 * @throws StoreUnavailable  a file of the TLS settings cannot be read
 */
export function createPool(place: PostgresPlace, { connections, statementTimeoutMs }: Bounds): Pool {
  const pool = new Pool({
    ...clientConfig(place),
    max: connections,
    ...(statementTimeoutMs > 0 && { query_timeout: statementTimeoutMs + ANSWER_MARGIN_MS }),
    onConnect: (client) => setUp(client, place, statementTimeoutMs),
  });
  // A connection that the server ends is taken out of the pool by itself; the next statement says what is the matter.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

// Settings of the session rather than of its start, which a pooler on the way may refuse.
async function setUp(client: ClientBase, place: PostgresPlace, statementTimeoutMs: number): Promise<void> {
  const { rows } = await client.query<{ encoding: string }>(
    `select current_setting('server_encoding') as encoding,
      set_config('statement_timeout', $1, false), set_config('lock_timeout', $1, false), set_config('idle_in_transaction_session_timeout', $2, false),
      set_config('synchronous_commit', case when current_setting('synchronous_commit') in ('off', 'local') then 'on' else current_setting('synchronous_commit') end, false)`,
    [String(statementTimeoutMs), String(IDLE_IN_TRANSACTION_MS)],
  );
  const encoding = rows[0]?.encoding;
  if (encoding !== 'UTF8') throw new StoreUnavailable(`${nameOf(place)} is encoded in ${encoding}; create one with \`createdb --encoding=UTF8\``);
}
