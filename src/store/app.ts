import type { Insertable, Selectable } from 'kysely';
import type { App, AppStore } from '../domain/app.ts';
import { AppNotFound, InUse, NameTaken } from '../domain/errors.ts';
import type { PageRequest } from '../domain/page.ts';
import type { Vault } from '../vault/vault.ts';
import { clientSecretStore, firstSecretPlace, openSecretInUse } from './client-secret.ts';
import type { StoreDialect } from './dialect.ts';
import { pageOf, rowsFor, startOf } from './page.ts';
import { NAMES_WANTED, things, withReferences } from './reference.ts';
import { deletesOne, insertsOne, updatesOne } from './rows.ts';
import type { AppTable, Database } from './schema.ts';
import { inTransaction } from './transaction.ts';

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
    listAppsByClientId: async (clientId) => {
      const rows = await appRows(db).where('client_id', '=', clientId).orderBy('name').execute();
      return rows.map((row) => toApp(row, vault));
    },
    updateApp: (app) =>
      inTransaction(db, dialect, async (transaction) => {
        const known = await selectApp(transaction, app.name);
        return known ? updateApp(transaction, withSecretOf(known, app, vault)) : false;
      }),
    ...clientSecretStore(db, dialect, vault),
    removeApp: (name) =>
      withReferences(
        dialect,
        () => deleteApp(db, name),
        async () => new InUse(`App "${name}"`, things('Connection', await selectUsers(db, name))),
      ),
  };
}

function updateApp(db: Database, row: Insertable<AppTable>): Promise<boolean> {
  return updatesOne(db.updateTable('apps').set(row).where('name', '=', row.name));
}

/** The App of this name, opened. @throws SealedValueUnreadable */
export async function findApp(db: Database, vault: Vault, name: string): Promise<App | undefined> {
  const row = await selectApp(db, name);
  return row && toApp(row, vault);
}

/**
 * What to throw where one of these Apps is not there; nothing where all are.
 *
 * @param field  of the request that names them
 */
export async function missingApp(db: Database, names: readonly string[], field?: string): Promise<AppNotFound | undefined> {
  const rows = await db.selectFrom('apps').select('name').where('name', 'in', names).execute();
  const missing = names.find((name) => !rows.some((row) => row.name === name));
  return missing === undefined ? undefined : new AppNotFound(missing, field);
}

function insertApp(db: Database, row: Insertable<AppTable>): Promise<boolean> {
  return insertsOne(
    db
      .insertInto('apps')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doNothing()),
  );
}

/** An App, with its secret in use where that is not the one in its own row. */
type AppRow = Selectable<AppTable> & { readonly newer_secret: Uint8Array | null };

function selectApp(db: Database, name: string): Promise<AppRow | undefined> {
  return appRows(db).where('name', '=', name).executeTakeFirst();
}

function selectApps(db: Database, page: PageRequest): Promise<AppRow[]> {
  return appRows(db).where('name', '>', startOf(page)).orderBy('name').limit(rowsFor(page)).execute();
}

function appRows(db: Database) {
  return db
    .selectFrom('apps')
    .leftJoin('client_secrets', (join) => join.onRef('client_secrets.app', '=', 'apps.name').onRef('client_secrets.number', '=', 'apps.secret_in_use'))
    .selectAll('apps')
    .select('client_secrets.secret as newer_secret');
}

function deleteApp(db: Database, name: string): Promise<boolean> {
  return deletesOne(db.deleteFrom('apps').where('name', '=', name));
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

// The configuration that an App is read from at each start may name any of its secrets, the one in use or another.
function withSecretOf(known: AppRow, app: App, vault: Vault): Insertable<AppTable> {
  const inUse = openSecretInUse(known, vault);
  const { client_secret, ...row } = toRow(app, vault);
  if (app.clientSecret && inUse?.equals(app.clientSecret)) return row;
  const first = known.client_secret && vault.open(firstSecretPlace(known.name), known.client_secret);
  if (app.clientSecret && first?.equals(app.clientSecret)) return row;
  return { ...row, client_secret, secret_in_use: 1 };
}

function toRow(app: App, vault: Vault) {
  return {
    name: app.name,
    platform_origin: app.platformOrigin,
    media_origin: app.mediaOrigin,
    ringcx_origin: app.ringcxOrigin,
    client_id: app.clientId,
    client_secret: app.clientSecret ? vault.seal(firstSecretPlace(app.name), app.clientSecret) : null,
    redirect_uris: JSON.stringify(app.redirectUris),
    return_to: JSON.stringify(app.returnTo),
    access_token_ttl_ms: app.accessTokenTtlMs ?? null,
    refresh_token_ttl_ms: app.refreshTokenTtlMs ?? null,
    endpoint_id: app.endpointId ?? null,
    token_requests_per_minute: app.tokenRequestsPerMinute ?? null,
    created_at: app.createdAt,
  };
}

function toApp(row: AppRow, vault: Vault): App {
  return {
    name: row.name,
    platformOrigin: row.platform_origin,
    mediaOrigin: row.media_origin,
    ringcxOrigin: row.ringcx_origin,
    clientId: row.client_id,
    clientSecret: openSecretInUse(row, vault),
    redirectUris: JSON.parse(row.redirect_uris),
    returnTo: JSON.parse(row.return_to),
    ...(row.access_token_ttl_ms !== null && { accessTokenTtlMs: row.access_token_ttl_ms }),
    ...(row.refresh_token_ttl_ms !== null && { refreshTokenTtlMs: row.refresh_token_ttl_ms }),
    ...(row.endpoint_id !== null && { endpointId: row.endpoint_id }),
    ...(row.token_requests_per_minute !== null && { tokenRequestsPerMinute: row.token_requests_per_minute }),
    createdAt: row.created_at,
  };
}
