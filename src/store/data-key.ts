import type { DataKeyStore } from '../vault/data-key.ts';
import { insertsOne } from './rows.ts';
import type { Database } from './schema.ts';

/** The wrapped data keys, in the database whose values they seal. */
export function dataKeyStore(db: Database): DataKeyStore {
  return {
    listDataKeys: async () => {
      const rows = await db.selectFrom('data_keys').selectAll().orderBy('id').execute();
      return rows.map(({ id, wrapped, created_at }) => ({ id, wrapped, createdAt: created_at }));
    },
    addDataKey: ({ id, wrapped, createdAt }) =>
      insertsOne(
        db
          .insertInto('data_keys')
          .values({ id, wrapped, created_at: createdAt })
          .onConflict((conflict) => conflict.column('id').doNothing()),
      ),
  };
}

/** Whether there is anything that only the present vault key can open: a wrapped data key, or a sealed value. */
export async function sealedRowsExist(db: Database): Promise<boolean> {
  const found = await db
    .selectFrom('data_keys')
    .select('id as found')
    .unionAll(db.selectFrom('apps').select('created_at as found').where('client_secret', 'is not', null))
    .unionAll(db.selectFrom('client_secrets').select('created_at as found'))
    .unionAll(db.selectFrom('credentials').select('position as found'))
    .unionAll(db.selectFrom('grants').select('generation as found'))
    .unionAll(db.selectFrom('ring_cx_grants').select('generation as found'))
    .unionAll(db.selectFrom('revocations').select('attempts as found'))
    .unionAll(db.selectFrom('bridge_sessions').select('generation as found').where('seed', 'is not', null))
    .unionAll(db.selectFrom('faxes').select('version as found'))
    .limit(1)
    .execute();
  return found.length > 0;
}
