import type { Insertable, Selectable } from 'kysely';
import type { Connection, ConnectionStore } from '../domain/connection.ts';
import type { Credential } from '../domain/credential.ts';
import { ConnectionNotFound, InUse, NameTaken } from '../domain/errors.ts';
import type { PageRequest } from '../domain/page.ts';
import type { Outgoing } from '../domain/revocation.ts';
import type { Vault } from '../vault/vault.ts';
import { missingApp } from './app.ts';
import { assertionStore } from './assertion.ts';
import { changeConnection } from './connection-change.ts';
import { connectionMarks } from './connection-marks.ts';
import { toCredential, toCredentialOutline, toCredentialRow } from './credential.ts';
import type { StoreDialect } from './dialect.ts';
import { holdConnection } from './hold-connection.ts';
import { keepByOf } from './keep-by.ts';
import { updateKeeping } from './keeping.ts';
import { pageOf, rowsFor, startOf } from './page.ts';
import { NAMES_WANTED, things, withReferences } from './reference.ts';
import { writeRevocationOf } from './revocation.ts';
import { deletesOne, insertsOne } from './rows.ts';
import type { ConnectionTable, CredentialTable, Database } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** Connections and their credentials in the database. */
export function connectionStore(db: Database, dialect: StoreDialect, vault: Vault): ConnectionStore {
  return {
    createConnection: (connection, credentials) =>
      withReferences(
        dialect,
        () => createConnection(db, dialect, vault, connection, credentials),
        () => missingApp(db, appsOf([connection, ...credentials])),
      ),
    findConnection: async (name) => {
      const row = await selectConnection(db, name);
      return row && toConnection(row);
    },
    listConnections: async (page) => pageOf((await selectConnections(db, page)).map(toConnection), page),
    ...assertionStore(db, vault),
    changeConnection: (name, change) =>
      inTransaction(db, dialect, (transaction) => changeConnection(transaction, dialect, name, (row) => change(toConnection(row)))),
    removeConnection: (name, outgoing) =>
      withReferences(
        dialect,
        () => removeConnection(db, dialect, vault, name, outgoing),
        async () => new InUse(`Connection "${name}"`, things('Client', await selectUsers(db, name))),
      ),
    replaceCredentials: (connection, credentials) =>
      withReferences(
        dialect,
        () => replaceCredentials(db, dialect, vault, connection, credentials),
        () => missingApp(db, appsOf(credentials)),
      ),
    listCredentials: async (connection) => {
      const rows = await selectCredentials(db, connection);
      return rows.map((row) => toCredential(row, vault));
    },
    findCredential: async (connection, position) => {
      const row = await selectCredential(db, connection, position);
      return row && toCredential(row, vault);
    },
    listCredentialOutlines: async (connections) => (await selectCredentialOutlines(db, connections)).map(toCredentialOutline),
    ...connectionMarks(db, dialect, vault),
  };
}

/** What to throw where one of these Connections is not there; nothing where all are. */
export async function missingConnection(db: Database, names: readonly string[]): Promise<ConnectionNotFound | undefined> {
  const rows = await db.selectFrom('connections').select('name').where('name', 'in', names).execute();
  const missing = names.find((name) => !rows.some((row) => row.name === name));
  return missing === undefined ? undefined : new ConnectionNotFound(missing);
}

async function createConnection(db: Database, dialect: StoreDialect, vault: Vault, connection: Connection, credentials: readonly Credential[]): Promise<void> {
  const rows = credentials.map((credential, position) => toCredentialRow(connection.name, position, credential, vault));
  await inTransaction(db, dialect, async (transaction) => {
    const row = { ...toConnectionRow(connection), ...keepByOf(connection, credentials) };
    if (!(await insertConnection(transaction, row))) throw new NameTaken('Connection', connection.name);
    if (rows.length > 0) await insertCredentials(transaction, rows);
  });
}

async function replaceCredentials(db: Database, dialect: StoreDialect, vault: Vault, connection: string, credentials: readonly Credential[]): Promise<boolean> {
  const rows = credentials.map((credential, position) => toCredentialRow(connection, position, credential, vault));
  return inTransaction(db, dialect, async (transaction) => {
    const known = await dialect
      .held(transaction.selectFrom('connections').select(['app', 'keep', 'sign_in_needed_at']).where('name', '=', connection))
      .executeTakeFirst();
    if (!known) return false;
    await clearSignInNeeded(transaction, connection);
    // What is kept of a living Grant is its own refresh token; the credentials' turn comes when that is dead.
    if (known.sign_in_needed_at !== null || !(await hasRefreshToken(transaction, connection))) {
      await transaction.updateTable('connections').set(keepByOf(known, credentials)).where('name', '=', connection).execute();
    }
    await transaction.deleteFrom('credentials').where('connection', '=', connection).execute();
    if (rows.length > 0) await insertCredentials(transaction, rows);
    await updateKeeping(transaction, connection);
    return true;
  });
}

async function clearSignInNeeded(db: Database, connection: string): Promise<void> {
  await db.updateTable('connections').set({ sign_in_needed_at: null, sign_in_needed_code: null }).where('name', '=', connection).execute();
}

/** Whether there is a Grant that can be refreshed, as far as is known. */
async function hasRefreshToken(db: Database, connection: string): Promise<boolean> {
  const grant = await db
    .selectFrom('grants')
    .select('generation')
    .where('connection', '=', connection)
    .where('refresh_token', 'is not', null)
    .where('refresh_refused_at', 'is', null)
    .executeTakeFirst();
  return grant !== undefined;
}

function appsOf(naming: readonly { readonly app?: string }[]): readonly string[] {
  return naming.flatMap(({ app }) => app ?? []);
}

function insertConnection(db: Database, row: Insertable<ConnectionTable>): Promise<boolean> {
  return insertsOne(
    db
      .insertInto('connections')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doNothing()),
  );
}

async function insertCredentials(db: Database, rows: readonly CredentialTable[]): Promise<void> {
  await db.insertInto('credentials').values(rows).execute();
}

function selectConnection(db: Database, name: string): Promise<Selectable<ConnectionTable> | undefined> {
  return db.selectFrom('connections').selectAll().where('name', '=', name).executeTakeFirst();
}

function selectConnections(db: Database, page: PageRequest): Promise<Selectable<ConnectionTable>[]> {
  return db.selectFrom('connections').selectAll().where('name', '>', startOf(page)).orderBy('name').limit(rowsFor(page)).execute();
}

async function removeConnection(db: Database, dialect: StoreDialect, vault: Vault, name: string, outgoing: Outgoing | undefined): Promise<boolean> {
  if (!outgoing) return deleteConnection(db, name);
  return inTransaction(db, dialect, async (transaction) => {
    if (!(await holdConnection(transaction, dialect, name))) return false;
    await writeRevocationOf(transaction, vault, name, outgoing);
    return deleteConnection(transaction, name);
  });
}

function deleteConnection(db: Database, name: string): Promise<boolean> {
  return deletesOne(db.deleteFrom('connections').where('name', '=', name));
}

/** The Clients that may use the Connection, or have a login that leads to it. */
async function selectUsers(db: Database, connection: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('client_connections')
    .select('client')
    .where('connection', '=', connection)
    .union(db.selectFrom('legacy_logins').select('client').where('connection', '=', connection))
    .orderBy('client')
    .limit(NAMES_WANTED)
    .execute();
  return rows.map(({ client }) => client);
}

function selectCredentials(db: Database, connection: string): Promise<Selectable<CredentialTable>[]> {
  return db.selectFrom('credentials').selectAll().where('connection', '=', connection).orderBy('position').execute();
}

function selectCredential(db: Database, connection: string, position: number): Promise<Selectable<CredentialTable> | undefined> {
  return db.selectFrom('credentials').selectAll().where('connection', '=', connection).where('position', '=', position).executeTakeFirst();
}

function selectCredentialOutlines(db: Database, connections: readonly string[]) {
  const columns = ['connection', 'kind', 'app', 'refused_at', 'refused_code'] as const;
  return db.selectFrom('credentials').select(columns).where('connection', 'in', connections).orderBy('connection').orderBy('position').execute();
}

/** A Connection as a row, but for what of it must be kept. */
export function toConnectionRow(connection: Connection): Insertable<ConnectionTable> {
  return {
    id: connection.id,
    name: connection.name,
    app: connection.app,
    labels: JSON.stringify(connection.labels),
    keep: connection.keep,
    owner_id: connection.ownerId ?? null,
    sign_in_needed_at: connection.signInNeeded?.at ?? null,
    sign_in_needed_code: connection.signInNeeded?.code ?? null,
    created_at: connection.createdAt,
  };
}

function toConnection(row: Selectable<ConnectionTable>): Connection {
  return {
    id: row.id,
    name: row.name,
    app: row.app,
    labels: JSON.parse(row.labels),
    keep: row.keep,
    ownerId: row.owner_id ?? undefined,
    signInNeeded: row.sign_in_needed_at === null ? undefined : { at: row.sign_in_needed_at, code: row.sign_in_needed_code ?? '' },
    createdAt: row.created_at,
  };
}
