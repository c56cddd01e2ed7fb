import { type RawBuilder, sql } from 'kysely';
import type { Database } from './schema.ts';

const GRANTS = sql`grants`;

/** Kinds of credentials that win a new Grant whenever one is wanted, with nobody's help. */
const SELF_SUFFICIENT = sql`('jwt', 'client_credentials')`;

/**
 * When a Connection must have been refreshed, as an expression on its row: when its refresh token dies. Null where there
 * is nothing to keep alive: no refresh token that is good, or a credential that can sign in alone. One that has no Grant
 * yet, but a refresh token won elsewhere, is to be kept by when it was.
 *
 * @param grants  the table of the Grants, or what a statement has just made of it
 */
export function keepBy(grants: RawBuilder<unknown> = GRANTS): RawBuilder<number | null> {
  return sql<number | null>`case
    when exists (select 1 from credentials as c where c.connection = connections.name and c.kind in ${SELF_SUFFICIENT} and c.refused_at is null) then null
    when exists (select 1 from ${grants} as g where g.connection = connections.name and g.refresh_token is not null and g.refresh_refused_at is null)
      then (select g.refresh_expires_at from ${grants} as g where g.connection = connections.name)
    when exists (select 1 from credentials as c where c.connection = connections.name and c.kind = 'refresh_token' and c.refused_at is null) then connections.keep_by
  end`;
}

/** Sets anew what depends on a Connection's Grant and credentials: by when it is to be kept, and whose budget that takes. */
export async function updateKeeping(db: Database, connection: string): Promise<void> {
  await db
    .updateTable('connections')
    .set({
      keep_by: keepBy(),
      budget_app: sql<string | null>`coalesce((select g.app from grants as g where g.connection = connections.name), connections.budget_app)`,
    })
    .where('name', '=', connection)
    .execute();
}
