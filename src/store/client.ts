import type { Insertable, Selectable, Transaction } from 'kysely';
import type { Client, ClientStore, LegacyLogin } from '../domain/client.ts';
import type { ClientLimits } from '../domain/client-limits.ts';
import { LoginTaken, NameTaken } from '../domain/errors.ts';
import type { PageRequest } from '../domain/page.ts';
import { selectBridgeOrigins, toBridge, toBridgeColumns, updateBridge } from './client-bridge.ts';
import { clientKeyStore, keysOf, selectKeyOwner, selectKeys } from './client-key.ts';
import { missingConnection } from './connection.ts';
import type { StoreDialect } from './dialect.ts';
import { pageOf, rowsFor, startOf } from './page.ts';
import { withReferences } from './reference.ts';
import { deletesOne, insertsOne } from './rows.ts';
import type { ClientConnectionTable, ClientKeyTable, ClientTable, Database, LegacyLoginTable, Schema } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** Clients and their legacy logins in the database. */
export function clientStore(db: Database, dialect: StoreDialect): ClientStore {
  return {
    createClient: (client) =>
      withReferences(
        dialect,
        () => createClient(db, dialect, client),
        () => missingConnection(db, [...client.connections, ...client.legacyLogins.map(({ connection }) => connection)]),
      ),
    findClient: (name) => findClient(db, name),
    findClientByKey: (keyHash) =>
      snapshot(db, async (transaction) => {
        // A key that was removed has an empty hash.
        const rows = keyHash === '' ? [] : await selectClientByKey(transaction, keyHash);
        const owner = rows.length === 0 ? await selectKeyOwner(transaction, keyHash) : undefined;
        const [client] = await withParts(transaction, owner === undefined ? rows : await selectClient(transaction, owner));
        return client;
      }),
    listClients: (page) => snapshot(db, async (transaction) => pageOf(await withParts(transaction, await selectClients(transaction, page)), page)),
    listBridgeClients: (clientId) => snapshot(db, async (transaction) => withParts(transaction, await selectBridgeClients(transaction, clientId))),
    updateBridge: async (client, change) => {
      await updateBridge(db, dialect, client, change);
      return findClient(db, client);
    },
    listBridgeOrigins: () => selectBridgeOrigins(db),
    listClientsOf: (connection, most) => snapshot(db, async (transaction) => withParts(transaction, await selectClientsOf(transaction, connection, most))),
    ...clientKeyStore(db, dialect),
    removeClient: (name) => deleteClient(db, name),
    listLogins: async (username) => (await selectLogins(db, username)).map((row) => ({ client: row.client, program: row.program, ...toLogin(row) })),
  };
}

function findClient(db: Database, name: string): Promise<Client | undefined> {
  return snapshot(db, async (transaction) => {
    const [client] = await withParts(transaction, await selectClient(transaction, name));
    return client;
  });
}

async function createClient(db: Database, dialect: StoreDialect, client: Client): Promise<void> {
  await inTransaction(db, dialect, async (transaction) => {
    if (!(await insertClient(transaction, toRow(client)))) throw new NameTaken('Client', client.name);
    if (client.connections.length > 0) await insertConnections(transaction, toConnectionRows(client));
    for (const row of toLoginRows(client)) await createLogin(transaction, row);
  });
}

async function createLogin(db: Database, row: LegacyLoginTable): Promise<void> {
  while (!(await insertLogin(db, row))) {
    const owner = await selectLoginOwner(db, row);
    if (owner !== undefined) throw new LoginTaken(row.position, owner);
    // Whoever had it was removed between the two statements.
  }
}

/** Several reads of one instant: a Client is never seen without its parts. */
function snapshot<Result>(db: Database, read: (transaction: Transaction<Schema>) => Promise<Result>): Promise<Result> {
  return db.transaction().setAccessMode('read only').setIsolationLevel('repeatable read').execute(read);
}

/** The Clients with their Connections, logins and keys, in three statements however many there are. */
async function withParts(db: Database, rows: readonly Selectable<ClientTable>[]): Promise<Client[]> {
  if (rows.length === 0) return [];
  const names = rows.map(({ name }) => name);
  const connections = await selectConnectionsOf(db, names);
  const logins = await selectLoginsOf(db, names);
  const keys = await selectKeys(db, names);
  return rows.map((row) => {
    const ofRow = ({ client }: { readonly client: string }) => client === row.name;
    return toClient(row, connections.filter(ofRow), logins.filter(ofRow), keys.filter(ofRow));
  });
}

function insertClient(db: Database, row: Insertable<ClientTable>): Promise<boolean> {
  return insertsOne(
    db
      .insertInto('clients')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doNothing()),
  );
}

async function insertConnections(db: Database, rows: readonly ClientConnectionTable[]): Promise<void> {
  await db.insertInto('client_connections').values(rows).execute();
}

function insertLogin(db: Database, row: LegacyLoginTable): Promise<boolean> {
  return insertsOne(
    db
      .insertInto('legacy_logins')
      .values(row)
      .onConflict((conflict) => conflict.columns(['username', 'extension', 'program']).doNothing()),
  );
}

function selectClient(db: Database, name: string): Promise<Selectable<ClientTable>[]> {
  return db.selectFrom('clients').selectAll().where('name', '=', name).execute();
}

function selectClientByKey(db: Database, keyHash: string): Promise<Selectable<ClientTable>[]> {
  return db.selectFrom('clients').selectAll().where('key_hash', '=', keyHash).execute();
}

function selectClients(db: Database, page: PageRequest): Promise<Selectable<ClientTable>[]> {
  return db.selectFrom('clients').selectAll().where('name', '>', startOf(page)).orderBy('name').limit(rowsFor(page)).execute();
}

function selectBridgeClients(db: Database, clientId: string): Promise<Selectable<ClientTable>[]> {
  return db.selectFrom('clients').selectAll().where('bridge_client_id', '=', clientId).orderBy('name').execute();
}

function selectClientsOf(db: Database, connection: string, most: number): Promise<Selectable<ClientTable>[]> {
  const named = db.selectFrom('client_connections').select('client').where('connection', '=', connection);
  return db.selectFrom('clients').selectAll().where('name', 'in', named).orderBy('name').limit(most).execute();
}

function selectConnectionsOf(db: Database, clients: readonly string[]): Promise<Selectable<ClientConnectionTable>[]> {
  return db.selectFrom('client_connections').selectAll().where('client', 'in', clients).orderBy('client').orderBy('position').execute();
}

function selectLoginsOf(db: Database, clients: readonly string[]): Promise<Selectable<LegacyLoginTable>[]> {
  return db.selectFrom('legacy_logins').selectAll().where('client', 'in', clients).orderBy('client').orderBy('position').execute();
}

async function selectLoginOwner(db: Database, { username, extension, program }: LegacyLoginTable): Promise<string | undefined> {
  const alike = db.selectFrom('legacy_logins').select('client').where('username', '=', username).where('extension', '=', extension);
  return (await alike.where('program', '=', program).executeTakeFirst())?.client;
}

function selectLogins(db: Database, username: string): Promise<Selectable<LegacyLoginTable>[]> {
  return db.selectFrom('legacy_logins').selectAll().where('username', '=', username).orderBy('extension').execute();
}

function deleteClient(db: Database, name: string): Promise<boolean> {
  return deletesOne(db.deleteFrom('clients').where('name', '=', name));
}

function toRow(client: Client): Insertable<ClientTable> {
  return {
    name: client.name,
    policy: client.policy ? JSON.stringify(client.policy) : null,
    key_hash: client.keys[0]?.hash ?? '',
    created_at: client.createdAt,
    limits: client.limits ? JSON.stringify(client.limits) : null,
    key_expires_at: client.keys[0]?.expiresAt ?? null,
    rewrite_links: client.rewriteLinks ? 1 : 0,
    ...toBridgeColumns(client.bridge),
  };
}

function toConnectionRows({ name, connections }: Client): ClientConnectionTable[] {
  return connections.map((connection, position) => ({ client: name, position, connection }));
}

function toLoginRows({ name, legacyLogins, bridge }: Client): LegacyLoginTable[] {
  return legacyLogins.map(({ username, extension, passwordHash, connection }, position) => ({
    client: name,
    position,
    username,
    extension,
    password_hash: passwordHash ?? null,
    connection,
    program: bridge?.clientId ?? '',
  }));
}

function toClient(
  row: Selectable<ClientTable>,
  connections: readonly Selectable<ClientConnectionTable>[],
  logins: readonly Selectable<LegacyLoginTable>[],
  keys: readonly Selectable<ClientKeyTable>[],
): Client {
  const bridge = toBridge(row);
  return {
    name: row.name,
    connections: connections.map(({ connection }) => connection),
    policy: row.policy === null ? undefined : JSON.parse(row.policy),
    keys: keysOf(row, keys),
    legacyLogins: logins.map(toLogin),
    ...(row.limits !== null && { limits: JSON.parse(row.limits) as ClientLimits }),
    rewriteLinks: row.rewrite_links === 1,
    ...(bridge && { bridge }),
    createdAt: row.created_at,
  };
}

function toLogin({ username, extension, password_hash, connection }: Selectable<LegacyLoginTable>): LegacyLogin {
  return { username, extension, passwordHash: password_hash ?? undefined, connection };
}
