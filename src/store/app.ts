import type { Selectable } from 'kysely';
import type { App, AppStore } from '../domain/app.ts';
import { InUse, NameTaken } from '../domain/errors.ts';
import type { PageRequest } from '../domain/page.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';
import type { StoreDialect } from './dialect.ts';
import { pageOf, rowsFor, startOf } from './page.ts';
import { NAMES_WANTED, things, withReferences } from './reference.ts';
import type { AppTable, Database } from './schema.ts';

/** Apps in the database. */
export function appStore(db: Database, dialect: StoreDialect, vault: Vault): AppStore {
  return {
    createApp: async (app) => {
      if (!(await insertApp(db, toRow(app, vault)))) throw new NameTaken('App', app.name);
    },
    findApp: (name) => findApp(db, vault, name),
    listApps: async (page) => {
      const rows = await selectApps(db, page);
      return pageOf(
        rows.map((row) => toApp(row, vault)),
        page,
      );
    },
    updateApp: (app) => updateApp(db, toRow(app, vault)),
    removeApp: (name) =>
      withReferences(
        dialect,
        () => deleteApp(db, name),
        async () => new InUse(`App "${name}"`, things('Connection', await selectUsers(db, name))),
      ),
  };
}

async function updateApp(db: Database, row: AppTable): Promise<boolean> {
  const updated = await db.updateTable('apps').set(row).where('name', '=', row.name).executeTakeFirstOrThrow();
  return updated.numUpdatedRows === 1n;
}

/** The App of this name, opened. @throws SealedValueUnreadable */
export async function findApp(db: Database, vault: Vault, name: string): Promise<App | undefined> {
  const row = await selectApp(db, name);
  return row && toApp(row, vault);
}

/** The first of these Apps that is not there. */
export async function findMissingApp(db: Database, names: readonly string[]): Promise<string | undefined> {
  const rows = await db.selectFrom('apps').select('name').where('name', 'in', names).execute();
  return names.find((name) => !rows.some((row) => row.name === name));
}

async function insertApp(db: Database, row: AppTable): Promise<boolean> {
  const inserted = await db
    .insertInto('apps')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .executeTakeFirstOrThrow();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

function selectApp(db: Database, name: string): Promise<Selectable<AppTable> | undefined> {
  return db.selectFrom('apps').selectAll().where('name', '=', name).executeTakeFirst();
}

function selectApps(db: Database, page: PageRequest): Promise<Selectable<AppTable>[]> {
  return db.selectFrom('apps').selectAll().where('name', '>', startOf(page)).orderBy('name').limit(rowsFor(page)).execute();
}

async function deleteApp(db: Database, name: string): Promise<boolean> {
  const deleted = await db.deleteFrom('apps').where('name', '=', name).executeTakeFirstOrThrow();
  return deleted.numDeletedRows === 1n;
}

/** The Connections that name the App, themselves or in a credential. */
async function selectUsers(db: Database, app: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('connections')
    .select('name')
    .where('app', '=', app)
    .union(db.selectFrom('credentials').select('connection as name').where('app', '=', app))
    .orderBy('name')
    .limit(NAMES_WANTED)
    .execute();
  return rows.map(({ name }) => name);
}

function toRow(app: App, vault: Vault): AppTable {
  return {
    name: app.name,
    platform_origin: app.platformOrigin,
    media_origin: app.mediaOrigin,
    ringcx_origin: app.ringcxOrigin,
    client_id: app.clientId,
    client_secret: app.clientSecret ? vault.seal(secretPlace(app.name), app.clientSecret) : null,
    redirect_uris: JSON.stringify(app.redirectUris),
    return_to: JSON.stringify(app.returnTo),
    created_at: app.createdAt,
  };
}

function toApp(row: Selectable<AppTable>, vault: Vault): App {
  return {
    name: row.name,
    platformOrigin: row.platform_origin,
    mediaOrigin: row.media_origin,
    ringcxOrigin: row.ringcx_origin,
    clientId: row.client_id,
    clientSecret: row.client_secret ? vault.open(secretPlace(row.name), row.client_secret) : undefined,
    redirectUris: JSON.parse(row.redirect_uris),
    returnTo: JSON.parse(row.return_to),
    createdAt: row.created_at,
  };
}

function secretPlace(name: string): Place {
  return { table: 'apps', column: 'client_secret', row: [name] };
}
