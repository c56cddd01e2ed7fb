import type { Selectable } from 'kysely';
import type { BridgeCode, BridgeCodeStore } from '../domain/bridge-code.ts';
import { ClientNotFound } from '../domain/errors.ts';
import { missingConnection } from './connection.ts';
import type { StoreDialect } from './dialect.ts';
import { withReferences } from './reference.ts';
import { updatesOne } from './rows.ts';
import type { BridgeCodeTable, Database } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** The authorization codes of the Bridge in the database. */
export function bridgeCodeStore(db: Database, dialect: StoreDialect): BridgeCodeStore {
  return {
    createBridgeCode: (code) =>
      withReferences(
        dialect,
        async () => {
          await db.insertInto('bridge_codes').values(toRow(code)).execute();
        },
        async () => (await missingConnection(db, [code.connection])) ?? new ClientNotFound(code.client),
      ),
    takeBridgeCode: (hash, now) => inTransaction(db, dialect, (transaction) => takeCode(transaction, dialect, hash, now)),
    settleBridgeCode: (hash, session) => updatesOne(db.updateTable('bridge_codes').set({ session }).where('hash', '=', hash).where('session', 'is', null)),
    removeBridgeCodesOver: async (time) => {
      await db.deleteFrom('bridge_codes').where('expires_at', '<', time).execute();
    },
    listProgramsOfApp: (app, most) => selectProgramsOfApp(db, app, most),
    findConnectionOfOwner: (client, ownerId, app) => selectConnectionOfOwner(db, client, ownerId, app),
    bindConnection: (client, connection) =>
      withReferences(
        dialect,
        () => inTransaction(db, dialect, (transaction) => bind(transaction, dialect, client, connection)),
        async () => (await missingConnection(db, [connection])) ?? new ClientNotFound(client),
      ),
  };
}

async function selectProgramsOfApp(db: Database, app: string, most: number) {
  const rows = await db
    .selectFrom('clients')
    .innerJoin('client_connections as of_client', 'of_client.client', 'clients.name')
    .innerJoin('connections', 'connections.name', 'of_client.connection')
    .select(['clients.name', 'clients.bridge_redirect_uris'])
    .distinct()
    .where('connections.app', '=', app)
    .where('clients.bridge_client_id', 'is', null)
    .orderBy('clients.name')
    .limit(most)
    .execute();
  return rows.map(({ name, bridge_redirect_uris: uris }) => ({ client: name, redirectUris: uris === null ? [] : (JSON.parse(uris) as string[]) }));
}

async function selectConnectionOfOwner(db: Database, client: string, ownerId: string, app: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('client_connections as of_client')
    .innerJoin('connections', 'connections.name', 'of_client.connection')
    .select('of_client.connection')
    .where('of_client.client', '=', client)
    .where('connections.owner_id', '=', ownerId)
    .where('connections.app', '=', app)
    .orderBy('of_client.position')
    .limit(1)
    .executeTakeFirst();
  return row?.connection;
}

async function bind(db: Database, dialect: StoreDialect, client: string, connection: string): Promise<void> {
  const held = await dialect.held(db.selectFrom('clients').select(['name', 'created_at']).where('name', '=', client)).executeTakeFirst();
  if (!held) throw new ClientNotFound(client);
  const bound = await db.selectFrom('client_connections').select(['connection', 'position']).where('client', '=', client).orderBy('position').execute();
  if (bound.some((each) => each.connection === connection)) return;
  const position = (bound.at(-1)?.position ?? -1) + 1;
  await db.insertInto('client_connections').values({ client, position, connection }).execute();
  // The row of the Client changes with its Connections, and that is what every node is told of.
  await db.updateTable('clients').set({ created_at: held.created_at }).where('name', '=', client).execute();
}

// Held first, so that of two who come at once one finds it unused.
async function takeCode(db: Database, dialect: StoreDialect, hash: string, now: number): Promise<BridgeCode | undefined> {
  const row = await dialect.held(db.selectFrom('bridge_codes').selectAll().where('hash', '=', hash)).executeTakeFirst();
  if (row?.presented_at === null) await db.updateTable('bridge_codes').set({ presented_at: now }).where('hash', '=', hash).execute();
  // Whoever came first has no session yet, and is to have none.
  else if (row?.session === null) await db.updateTable('bridge_codes').set({ session: '' }).where('hash', '=', hash).execute();
  return row && toCode(row);
}

function toRow(code: BridgeCode): BridgeCodeTable {
  return {
    hash: code.hash,
    client: code.client,
    connection: code.connection,
    client_id: code.clientId,
    redirect_uri: code.redirectUri,
    redirect_uri_named: code.isRedirectUriNamed ? 1 : 0,
    challenge: code.challenge ?? null,
    expires_at: code.expiresAt,
    presented_at: code.presentedAt ?? null,
    session: code.session ?? null,
  };
}

function toCode(row: Selectable<BridgeCodeTable>): BridgeCode {
  return {
    hash: row.hash,
    client: row.client,
    connection: row.connection,
    clientId: row.client_id,
    redirectUri: row.redirect_uri,
    isRedirectUriNamed: row.redirect_uri_named === 1,
    ...(row.challenge !== null && { challenge: row.challenge }),
    expiresAt: row.expires_at,
    presentedAt: row.presented_at ?? undefined,
    session: row.session ?? undefined,
  };
}
