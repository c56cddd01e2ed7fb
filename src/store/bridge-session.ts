import { type Insertable, type Selectable, sql } from 'kysely';
import { type BridgeSession, type BridgeSessionStore, bridgeSessionOverAt } from '../domain/bridge-session.ts';
import { ClientNotFound } from '../domain/errors.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';
import { missingConnection } from './connection.ts';
import type { StoreDialect } from './dialect.ts';
import { withReferences } from './reference.ts';
import { updatesOne } from './rows.ts';
import type { BridgeSessionTable, Database } from './schema.ts';

/** The sessions of the Bridge in the database. */
export function bridgeSessionStore(db: Database, dialect: StoreDialect, vault: Vault): BridgeSessionStore {
  return {
    createBridgeSession: (session) =>
      withReferences(
        dialect,
        () => insertSession(db, toRow(session, vault)),
        async () => (await missingConnection(db, [session.connection])) ?? new ClientNotFound(session.client),
      ),
    findBridgeSession: async (id) => {
      const row = await db.selectFrom('bridge_sessions').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toSession(row, vault);
    },
    rotateBridgeSession: (session) => updateSession(db, toRow(session, vault)),
    useBridgeSession: (id, generation, now) => markUsed(db, id, generation, now),
    // One after the other: an exchange that finds its session good when it was saved is among those that are ended then.
    revokeBridgeSession: async (id, now) => [...(await revokeWhere(db, 'id', id, now)), ...(await revokeWhere(db, 'of_session', id, now))],
    revokeBridgeSessionsOf: async (client, now) => {
      const revoked = db.updateTable('bridge_sessions').set({ revoked_at: now }).where('client', '=', client).where('revoked_at', 'is', null);
      return Number((await revoked.executeTakeFirstOrThrow()).numUpdatedRows);
    },
    removeBridgeSessionsOver: async (time, most) => {
      await db.deleteFrom('bridge_sessions').where('over_at', '<', time).execute();
      await deleteBeyond(db, most);
    },
  };
}

async function insertSession(db: Database, row: Insertable<BridgeSessionTable>): Promise<void> {
  await db.insertInto('bridge_sessions').values(row).execute();
}

// One statement, so that of two who exchange a refresh token at once one makes the pair and the other repeats it.
function updateSession(db: Database, row: Insertable<BridgeSessionTable>): Promise<boolean> {
  const { id, generation } = row;
  return updatesOne(
    db
      .updateTable('bridge_sessions')
      .set(row)
      .where('id', '=', id)
      .where('generation', '=', generation - 1)
      .where('revoked_at', 'is', null),
  );
}

async function markUsed(db: Database, id: string, generation: number, now: number): Promise<void> {
  await db
    .updateTable('bridge_sessions')
    .set({ used_at: now })
    .where('id', '=', id)
    .where('generation', '=', generation)
    .where('used_at', 'is', null)
    .execute();
}

async function revokeWhere(db: Database, column: 'id' | 'of_session', id: string, now: number): Promise<readonly string[]> {
  const rows = await db
    .updateTable('bridge_sessions')
    .set({ revoked_at: now })
    .where(column, '=', id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

async function deleteBeyond(db: Database, most: number): Promise<void> {
  const place = sql<number>`row_number() over (partition by client, connection order by issued_at desc, id)`.as('place');
  const placed = db.selectFrom('bridge_sessions').select(['id', place]).as('placed');
  await db
    .deleteFrom('bridge_sessions')
    .where('id', 'in', (of) => of.selectFrom(placed).select('placed.id').where('placed.place', '>', most))
    .execute();
}

function toRow(session: BridgeSession, vault: Vault): Insertable<BridgeSessionTable> {
  const { id, current, previous, seed, exchangedFor } = session;
  return {
    id,
    client: session.client,
    connection: session.connection,
    client_id: session.clientId,
    endpoint_id: session.endpointId,
    generation: session.generation,
    access_hash: current.accessHash,
    access_expires_at: current.accessExpiresAt,
    refresh_hash: current.refreshHash ?? null,
    refresh_expires_at: current.refreshExpiresAt ?? null,
    issued_at: current.issuedAt,
    used_at: current.usedAt ?? null,
    previous_access_hash: previous?.accessHash ?? null,
    previous_refresh_hash: previous?.refreshHash ?? null,
    previous_refresh_expires_at: previous?.refreshExpiresAt ?? null,
    seed: seed ? vault.seal(seedPlace(id), seed) : null,
    started_at: session.startedAt,
    revoked_at: session.revokedAt ?? null,
    over_at: bridgeSessionOverAt(session),
    of_session: exchangedFor && 'session' in exchangedFor ? exchangedFor.session : null,
    of_key: exchangedFor && 'key' in exchangedFor ? exchangedFor.key : null,
  };
}

function toSession(row: Selectable<BridgeSessionTable>, vault: Vault): BridgeSession {
  return {
    id: row.id,
    client: row.client,
    connection: row.connection,
    clientId: row.client_id,
    endpointId: row.endpoint_id,
    generation: row.generation,
    current: {
      accessHash: row.access_hash,
      accessExpiresAt: row.access_expires_at,
      refreshHash: row.refresh_hash ?? undefined,
      refreshExpiresAt: row.refresh_expires_at ?? undefined,
      issuedAt: row.issued_at,
      usedAt: row.used_at ?? undefined,
    },
    previous:
      row.previous_access_hash === null
        ? undefined
        : {
            accessHash: row.previous_access_hash,
            refreshHash: row.previous_refresh_hash ?? undefined,
            refreshExpiresAt: row.previous_refresh_expires_at ?? undefined,
          },
    seed: row.seed ? vault.open(seedPlace(row.id), row.seed) : undefined,
    startedAt: row.started_at,
    revokedAt: row.revoked_at ?? undefined,
    ...(row.of_session !== null && { exchangedFor: { session: row.of_session } }),
    ...(row.of_key !== null && { exchangedFor: { key: row.of_key } }),
  };
}

function seedPlace(id: string): Place {
  return { table: 'bridge_sessions', column: 'seed', row: [id] };
}
