import { type Selectable, sql, type Updateable } from 'kysely';
import type { Connection } from '../domain/connection.ts';
import { usableUntil } from '../domain/grant.ts';
import type { StoreDialect } from './dialect.ts';
import { AT_ONCE } from './keep-by.ts';
import type { ConnectionTable, Database } from './schema.ts';

/**
 * In a transaction: changes what people say of a Connection, and with it from when a new token of it is wanted at any time.
 *
 * @returns false where there is no such Connection
 */
export async function changeConnection(
  db: Database,
  dialect: StoreDialect,
  name: string,
  change: (row: Selectable<ConnectionTable>) => Pick<Connection, 'keep' | 'labels'>,
): Promise<boolean> {
  const row = await dialect.held(db.selectFrom('connections').selectAll().where('name', '=', name)).executeTakeFirst();
  if (!row) return false;
  const { keep, labels } = change(row);
  await db
    .updateTable('connections')
    .set({ keep, labels: JSON.stringify(labels), ...(keep !== row.keep && (await freshness(db, row, keep))) })
    .where('name', '=', name)
    .execute();
  return true;
}

/** As the next save of a Grant would set it, or the creation of the Connection where there is no Grant. */
async function freshness(db: Database, row: Selectable<ConnectionTable>, keep: Connection['keep']): Promise<Updateable<ConnectionTable>> {
  // A person must act first; with the sign-in it is set.
  if (row.sign_in_needed_at !== null) return {};
  const grant = await db.selectFrom('grants').select(['app', 'issued_at', 'expires_at']).where('connection', '=', row.name).executeTakeFirst();
  if (grant) {
    const freshAt = Math.floor(usableUntil({ issuedAt: grant.issued_at, expiresAt: grant.expires_at }));
    return { fresh_at: keep === 'fresh' ? freshAt : null, budget_app: grant.app };
  }
  // What is to be kept without a Grant is a refresh token won elsewhere, which is to be proved however it is kept.
  if (row.keep_by !== null) return {};
  if (keep === 'alive') return { fresh_at: null };
  const { app } = await db
    .selectFrom('connections as c')
    .select(sql<string>`coalesce((select app from credentials where connection = c.name order by position limit 1), c.app)`.as('app'))
    .where('c.name', '=', row.name)
    .executeTakeFirstOrThrow();
  return { fresh_at: AT_ONCE, budget_app: app };
}
