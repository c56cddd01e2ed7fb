import type { Selectable } from 'kysely';
import { ConnectionNotFound } from '../domain/errors.ts';
import { REVOKED_HERE } from '../domain/revocation.ts';
import type { RingCxAgent, RingCxGrant, RingCxGrantStore, RingCxOutline } from '../domain/ring-cx-grant.ts';
import { Secret } from '../domain/secret.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';
import type { StoreDialect } from './dialect.ts';
import { holdConnection } from './hold-connection.ts';
import { withReferences } from './reference.ts';
import { ringCxLeaseStore } from './ring-cx-lease.ts';
import { ringCxPenaltyStore } from './ring-cx-penalty.ts';
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
    ...ringCxLeaseStore(db, dialect),
    ...ringCxPenaltyStore(db, dialect),
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
