import type { StoreDialect } from './dialect.ts';
import type { Database } from './schema.ts';

/**
 * In a transaction: nobody else saves a Grant of the Connection, changes it or takes its name before it ends. Whoever changes
 * several tables of a Connection holds it first, so that two who do are never in each other's way.
 *
 * @param id  where it must be the one of this id, and not another that has taken its name
 * @returns whether there is such a Connection
 */
export async function holdConnection(db: Database, dialect: StoreDialect, name: string, id?: string): Promise<boolean> {
  const named = db.selectFrom('connections').select('name').where('name', '=', name);
  const held = await dialect.held(id === undefined ? named : named.where('id', '=', id)).executeTakeFirst();
  return held !== undefined;
}
