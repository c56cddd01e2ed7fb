import { Client } from 'pg';
import { nameOf, type PostgresPlace } from '../../domain/database-place.ts';
import { clientConfig } from './pool.ts';
import { asUnreachable } from './unavailable.ts';

/** What a database holds: no tables yet, Trunkline's, or another program's. */
export type PostgresContents = 'nothing' | 'trunkline' | 'other';

// Trunkline's first table; another program may use the same tool for its migrations.
const OWN_TABLE = 'data_keys';

/**
 * What is in a database, where its user's tables are made. It is not changed.
 *
 * @throws StoreUnavailable
 */
export async function contentsOf(place: PostgresPlace): Promise<PostgresContents> {
  const client = new Client({ ...clientConfig(place), query_timeout: place.statementTimeoutMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>('select tablename as name from pg_tables where schemaname = current_schema()');
    if (rows.some(({ name }) => name === OWN_TABLE)) return 'trunkline';
    // Left by a start that was killed between its first two statements.
    return rows.every(({ name }) => name.startsWith('kysely_migration')) ? 'nothing' : 'other';
  } catch (error) {
    throw asUnreachable(error, nameOf(place));
  } finally {
    await client.end().catch(() => undefined);
  }
}
