import type { Selectable } from 'kysely';
import type { AppStore, ClientSecret } from '../domain/app.ts';
import type { Secret } from '../domain/secret.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';
import type { StoreDialect } from './dialect.ts';
import type { AppTable, ClientSecretTable, Database } from './schema.ts';
import { inTransaction } from './transaction.ts';

// The first client secret of an App stands in the row of the App itself, as it did before there could be several.
const FIRST = 1;

/** The client secrets of Apps in the database. */
export function clientSecretStore(
  db: Database,
  dialect: StoreDialect,
  vault: Vault,
): Pick<AppStore, 'listClientSecrets' | 'addClientSecret' | 'useClientSecret' | 'removeClientSecret'> {
  return {
    listClientSecrets: (app) => listSecrets(db, vault, app),
    addClientSecret: (app, secret, now) =>
      inTransaction(db, dialect, async (transaction) => {
        const held = await holdApp(transaction, dialect, app);
        if (!held) return undefined;
        const number = held.secrets_made + 1;
        await insertSecret(transaction, { app, number, secret: vault.seal(secretPlace(app, number), secret), created_at: now });
        await updateApp(transaction, app, { secrets_made: number, secret_in_use: number });
        return { id: String(number), createdAt: now, inUse: true };
      }),
    useClientSecret: (app, id) =>
      inTransaction(db, dialect, async (transaction) => {
        const held = await holdApp(transaction, dialect, app);
        const numbers = held ? await numbersOf(transaction, held) : [];
        if (numbers.includes(Number(id))) await updateApp(transaction, app, { secret_in_use: Number(id) });
      }),
    removeClientSecret: (app, id) =>
      inTransaction(db, dialect, async (transaction) => {
        const held = await holdApp(transaction, dialect, app);
        const numbers = held ? await numbersOf(transaction, held) : [];
        const [newestOther] = numbers.filter((number) => String(number) !== id);
        if (!held || !numbers.some((number) => String(number) === id)) return 'absent';
        if (newestOther === undefined) return 'only';
        await deleteSecret(transaction, app, Number(id));
        if (String(held.secret_in_use) === id) await updateApp(transaction, app, { secret_in_use: newestOther });
        return 'removed';
      }),
  };
}

/** Where the first client secret of an App is sealed. */
export function firstSecretPlace(app: string): Place {
  return { table: 'apps', column: 'client_secret', row: [app] };
}

/** The client secret that is presented first, as the row of an App and that of the secret it points to have it. */
export function openSecretInUse(row: Selectable<AppTable> & { readonly newer_secret: Uint8Array | null }, vault: Vault): Secret | undefined {
  if (row.newer_secret) return vault.open(secretPlace(row.name, row.secret_in_use), row.newer_secret);
  return row.client_secret ? vault.open(firstSecretPlace(row.name), row.client_secret) : undefined;
}

async function listSecrets(db: Database, vault: Vault, app: string): Promise<readonly ClientSecret[]> {
  const row = await db.selectFrom('apps').select(['client_secret', 'created_at', 'secret_in_use']).where('name', '=', app).executeTakeFirst();
  if (!row) return [];
  const newer = await db.selectFrom('client_secrets').selectAll().where('app', '=', app).orderBy('number', 'desc').execute();
  const first = row.client_secret ? [{ number: FIRST, secret: row.client_secret, created_at: row.created_at }] : [];
  return [...newer, ...first].map(({ number, secret, created_at }) => ({
    id: String(number),
    secret: vault.open(secretPlace(app, number), secret),
    createdAt: created_at,
    inUse: number === row.secret_in_use,
  }));
}

function holdApp(db: Database, dialect: StoreDialect, app: string) {
  const columns = ['name', 'client_secret', 'secrets_made', 'secret_in_use'] as const;
  return dialect.held(db.selectFrom('apps').select(columns).where('name', '=', app)).executeTakeFirst();
}

/** Newest first. */
async function numbersOf(db: Database, app: Pick<Selectable<AppTable>, 'name' | 'client_secret'>): Promise<readonly number[]> {
  const rows = await db.selectFrom('client_secrets').select('number').where('app', '=', app.name).orderBy('number', 'desc').execute();
  return [...rows.map(({ number }) => number), ...(app.client_secret ? [FIRST] : [])];
}

async function insertSecret(db: Database, row: ClientSecretTable): Promise<void> {
  await db.insertInto('client_secrets').values(row).execute();
}

async function updateApp(db: Database, name: string, change: { readonly secrets_made?: number; readonly secret_in_use: number }): Promise<void> {
  await db.updateTable('apps').set(change).where('name', '=', name).execute();
}

async function deleteSecret(db: Database, app: string, number: number): Promise<void> {
  if (number === FIRST) await db.updateTable('apps').set({ client_secret: null }).where('name', '=', app).execute();
  else await db.deleteFrom('client_secrets').where('app', '=', app).where('number', '=', number).execute();
}

function secretPlace(app: string, number: number): Place {
  return number === FIRST ? firstSecretPlace(app) : { table: 'client_secrets', column: 'secret', row: [app, number] };
}
