import type { Selectable } from 'kysely';
import { AppNotFound, ClientNotFound, ConnectionNotFound } from '../domain/errors.ts';
import type { Freeze, FreezeKind, FreezeStore } from '../domain/freeze.ts';
import type { StoreDialect } from './dialect.ts';
import { withReferences } from './reference.ts';
import { deletesOne } from './rows.ts';
import type { Database, FreezeTable } from './schema.ts';

/** Emergency stops in the database. */
export function freezeStore(db: Database, dialect: StoreDialect): FreezeStore {
  return {
    createFreeze: (freeze) =>
      withReferences(
        dialect,
        () => createFreeze(db, freeze),
        async () => notFound(freeze),
      ),
    removeFreeze: (kind, name) => deleteFreeze(db, kind, name),
    listFreezes: async () => (await db.selectFrom('freezes').selectAll().orderBy('kind').orderBy('name').execute()).map(toFreeze),
  };
}

async function createFreeze(db: Database, freeze: Freeze): Promise<Freeze> {
  for (;;) {
    await insertFreeze(db, toRow(freeze));
    const row = await db.selectFrom('freezes').selectAll().where('kind', '=', freeze.kind).where('name', '=', freeze.name).executeTakeFirst();
    if (row) return toFreeze(row);
    // Somebody ended it between the two statements.
  }
}

async function insertFreeze(db: Database, row: FreezeTable): Promise<void> {
  await db
    .insertInto('freezes')
    .values(row)
    .onConflict((conflict) => conflict.columns(['kind', 'name']).doNothing())
    .execute();
}

function deleteFreeze(db: Database, kind: FreezeKind, name: string): Promise<boolean> {
  return deletesOne(db.deleteFrom('freezes').where('kind', '=', kind).where('name', '=', name));
}

function notFound({ kind, name }: Freeze): Error {
  if (kind === 'client') return new ClientNotFound(name);
  return kind === 'app' ? new AppNotFound(name) : new ConnectionNotFound(name);
}

function toRow({ kind, name, at, by, reason }: Freeze): FreezeTable {
  const named = (of: FreezeKind) => (kind === of ? name : null);
  return { kind, name, connection: named('connection'), client: named('client'), app: named('app'), at, by_whom: by, reason: reason ?? null };
}

function toFreeze({ kind, name, at, by_whom, reason }: Selectable<FreezeTable>): Freeze {
  return { kind, name, at, by: by_whom, reason: reason ?? undefined };
}
