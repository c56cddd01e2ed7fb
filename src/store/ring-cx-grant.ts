import type { Selectable } from 'kysely';
import { ConnectionNotFound } from '../domain/errors.ts';
import { REVOKED_HERE } from '../domain/revocation.ts';
import type { RingCxAgent, RingCxGrant, RingCxGrantStore, RingCxOutline, RingCxPenalty } from '../domain/ring-cx-grant.ts';
import { Secret } from '../domain/secret.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';
import type { StoreDialect } from './dialect.ts';
import { holdConnection } from './hold-connection.ts';
import { FURTHEST_MS } from './lease.ts';
import { withReferences } from './reference.ts';
import { insertsOne, updatesOne } from './rows.ts';
import type { Database, RingCxGrantTable } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** Tokens of RingCX in the database. */
export function ringCxGrantStore(db: Database, dialect: StoreDialect, vault: Vault): RingCxGrantStore {
  return {
    findRingCxGrant: async (connection) => {
      const row = await db.selectFrom('ring_cx_grants').selectAll().where('connection', '=', connection).executeTakeFirst();
      return row && toRingCxGrant(row, vault);
    },
    listRingCxOutlines: async (connections) => (await selectOutlines(db, connections)).map(toOutline),
    saveRingCxGrant: (grant, expectedGeneration, connectionId) =>
      withReferences(
        dialect,
        () => saveRingCxGrant(db, dialect, vault, { grant, expectedGeneration, connectionId }),
        async () => new ConnectionNotFound(grant.connection),
      ),
    forgetRingCxRefreshToken: (connection, generation) => forgetRefreshToken(db, connection, generation),
    takeRingCxLease: (connection, holder, expiresAt, now) =>
      withReferences(
        dialect,
        () => takeLease(db, { connection, holder, expires_at: expiresAt }, now),
        async () => new ConnectionNotFound(connection),
      ),
    giveBackRingCxLease: (connection, holder) => giveBackLease(db, connection, holder),
    findRingCxPenalty: (penalty) => selectPenalty(db, penalty),
    noteRingCxPenalty: (penalty) => notePenalty(db, dialect, penalty),
  };
}

interface Save {
  readonly grant: RingCxGrant;
  readonly expectedGeneration: number;
  readonly connectionId: string;
}

async function saveRingCxGrant(db: Database, dialect: StoreDialect, vault: Vault, { grant, expectedGeneration, connectionId }: Save): Promise<boolean> {
  if (grant.generation <= expectedGeneration) throw new TypeError(`generation ${grant.generation} does not follow ${expectedGeneration}`);
  const row = toRow(grant, vault);
  return inTransaction(db, dialect, async (transaction) => {
    if (!(await holdConnection(transaction, dialect, grant.connection, connectionId))) throw new ConnectionNotFound(grant.connection);
    if (await wasRevoked(transaction, grant)) return false;
    return expectedGeneration === 0 ? insertGrant(transaction, row) : updateGrant(transaction, row, expectedGeneration);
  });
}

// Its own generation rises when it is revoked: a pair that was exchanged for an earlier one belongs to the session that ended.
async function wasRevoked(db: Database, { connection, grantGeneration }: RingCxGrant): Promise<boolean> {
  const row = await db
    .selectFrom('grants')
    .select('generation')
    .where('connection', '=', connection)
    .where('refresh_refused_code', '=', REVOKED_HERE)
    .where('generation', '>', grantGeneration)
    .executeTakeFirst();
  return row !== undefined;
}

// No token of RingCX's ends then.
const ENDED = 0;

/**
 * In a transaction that ends the Grant of a Connection: takes the tokens out of what RingCX gave for it. RingCX has no way
 * to revoke them. The row stays and its generation rises, so that a pair that is being won at this moment is not saved.
 */
export async function endRingCxGrant(db: Database, vault: Vault, connection: string): Promise<void> {
  const row = await db.selectFrom('ring_cx_grants').select('generation').where('connection', '=', connection).executeTakeFirst();
  if (!row) return;
  const ended = { connection, generation: row.generation + 1 };
  await db
    .updateTable('ring_cx_grants')
    .set({
      generation: ended.generation,
      access_token: vault.seal(tokenPlace('access_token', ended), new Secret('')),
      refresh_token: null,
      issued_at: ENDED,
      expires_at: ENDED,
    })
    .where('connection', '=', connection)
    .where('generation', '=', row.generation)
    .execute();
}

type OutlineRow = Pick<Selectable<RingCxGrantTable>, 'connection' | 'generation' | 'expires_at' | 'main_account_id' | 'admin_id' | 'agent_details'>;

function selectOutlines(db: Database, connections: readonly string[]): Promise<OutlineRow[]> {
  const columns = ['connection', 'generation', 'expires_at', 'main_account_id', 'admin_id', 'agent_details'] as const;
  return db.selectFrom('ring_cx_grants').select(columns).where('connection', 'in', connections).where('expires_at', '>', ENDED).execute();
}

function insertGrant(db: Database, row: RingCxGrantTable): Promise<boolean> {
  return insertsOne(
    db
      .insertInto('ring_cx_grants')
      .values(row)
      .onConflict((conflict) => conflict.column('connection').doNothing()),
  );
}

function updateGrant(db: Database, row: RingCxGrantTable, expectedGeneration: number): Promise<boolean> {
  return updatesOne(db.updateTable('ring_cx_grants').set(row).where('connection', '=', row.connection).where('generation', '=', expectedGeneration));
}

async function forgetRefreshToken(db: Database, connection: string, generation: number): Promise<void> {
  await db.updateTable('ring_cx_grants').set({ refresh_token: null }).where('connection', '=', connection).where('generation', '=', generation).execute();
}

// One statement, so that of two nodes one gets it.
function takeLease(db: Database, row: { connection: string; holder: string; expires_at: number }, now: number): Promise<boolean> {
  return insertsOne(
    db
      .insertInto('ring_cx_leases')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .column('connection')
          .doUpdateSet(row)
          .where((stored) =>
            stored.or([
              stored('ring_cx_leases.expires_at', '<=', now),
              stored('ring_cx_leases.expires_at', '>', row.expires_at + FURTHEST_MS),
              stored('ring_cx_leases.holder', '=', row.holder),
            ]),
          ),
      ),
  );
}

async function giveBackLease(db: Database, connection: string, holder: string): Promise<void> {
  await db.deleteFrom('ring_cx_leases').where('connection', '=', connection).where('holder', '=', holder).execute();
}

async function selectPenalty(db: Database, { app, origin, request }: Omit<RingCxPenalty, 'until'>): Promise<number> {
  const row = await db
    .selectFrom('ring_cx_penalties')
    .select('until')
    .where('app', '=', app)
    .where('origin', '=', origin)
    .where('request', '=', request)
    .executeTakeFirst();
  return row?.until ?? 0;
}

async function notePenalty(db: Database, dialect: StoreDialect, penalty: RingCxPenalty): Promise<void> {
  try {
    await db
      .insertInto('ring_cx_penalties')
      .values(penalty)
      .onConflict((conflict) =>
        conflict.columns(['app', 'origin', 'request']).doUpdateSet({ until: penalty.until }).where('ring_cx_penalties.until', '<', penalty.until),
      )
      .execute();
  } catch (error) {
    // The App was removed while RingCX was asked.
    if (!dialect.isBrokenReference(error)) throw error;
  }
}

function toRow(grant: RingCxGrant, vault: Vault): RingCxGrantTable {
  return {
    connection: grant.connection,
    generation: grant.generation,
    app: grant.app,
    origin: grant.origin,
    grant_generation: grant.grantGeneration,
    access_token: vault.seal(tokenPlace('access_token', grant), grant.accessToken),
    refresh_token: grant.refreshToken ? vault.seal(tokenPlace('refresh_token', grant), grant.refreshToken) : null,
    issued_at: grant.issuedAt,
    expires_at: grant.expiresAt,
    main_account_id: grant.mainAccountId ?? null,
    admin_id: grant.adminId ?? null,
    agent_details: JSON.stringify(grant.agentDetails),
  };
}

function toOutline(row: OutlineRow): RingCxOutline {
  return {
    connection: row.connection,
    generation: row.generation,
    expiresAt: row.expires_at,
    mainAccountId: row.main_account_id ?? undefined,
    adminId: row.admin_id ?? undefined,
    agentDetails: JSON.parse(row.agent_details) as RingCxAgent[],
  };
}

function toRingCxGrant(row: Selectable<RingCxGrantTable>, vault: Vault): RingCxGrant {
  return {
    ...toOutline(row),
    app: row.app,
    origin: row.origin,
    grantGeneration: row.grant_generation,
    accessToken: vault.open(tokenPlace('access_token', row), row.access_token),
    refreshToken: row.refresh_token ? vault.open(tokenPlace('refresh_token', row), row.refresh_token) : undefined,
    issuedAt: row.issued_at,
  };
}

// With the generation in it, an old pair cannot be copied over a newer one.
function tokenPlace(column: 'access_token' | 'refresh_token', { connection, generation }: Pick<RingCxGrant, 'connection' | 'generation'>): Place {
  return { table: 'ring_cx_grants', column, row: [connection, generation] };
}
