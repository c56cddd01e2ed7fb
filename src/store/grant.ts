import type { Selectable } from 'kysely';
import { type Grant, type GrantOutline, type GrantStore, usableUntil } from '../domain/grant.ts';
import { REVOKED_HERE } from '../domain/revocation.ts';
import { Secret } from '../domain/secret.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';
import type { StoreDialect } from './dialect.ts';
import { rowSaver } from './grant-save.ts';
import { holdConnection } from './hold-connection.ts';
import { updateKeeping } from './keeping.ts';
import { prepared } from './prepared.ts';
import type { Database, GrantTable } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** Grants in the database. */
export function grantStore(db: Database, dialect: StoreDialect, vault: Vault): GrantStore {
  const saveRow = rowSaver(db, dialect);
  const selectGrant = prepared<{ readonly connection: string }, Selectable<GrantTable>>((value) =>
    db.selectFrom('grants').selectAll().where('connection', '=', value('connection')),
  );
  return {
    findGrant: async (connection) => {
      const { rows } = await db.executeQuery(selectGrant({ connection }));
      return rows[0] && toGrant(rows[0], vault);
    },
    listGrantOutlines: async (connections) => (await selectOutlines(db, connections)).map(toOutline),
    saveGrant: async (grant, expectedGeneration, connectionId, { usedAt = 0 } = {}) => {
      if (grant.generation <= expectedGeneration) throw new TypeError(`generation ${grant.generation} does not follow ${expectedGeneration}`);
      return saveRow({ ...toRow(grant, vault), expectedGeneration, connectionId, usableUntil: Math.floor(usableUntil(grant)), usedAt });
    },
    refuseRefreshToken: (connection, generation, refused) =>
      inTransaction(db, dialect, (transaction) => refuseRefreshToken(transaction, dialect, connection, generation, refused)),
  };
}

// The Connection is held first, as everywhere: a save takes the two in this order.
async function refuseRefreshToken(
  db: Database,
  dialect: StoreDialect,
  connection: string,
  generation: number,
  { at, code }: { readonly at: number; readonly code: string },
): Promise<void> {
  await holdConnection(db, dialect, connection);
  await db
    .updateTable('grants')
    .set({ refresh_refused_at: at, refresh_refused_code: code })
    .where('connection', '=', connection)
    .where('generation', '=', generation)
    .execute();
  await updateKeeping(db, connection);
}

function selectOutlines(db: Database, connections: readonly string[]) {
  const columns = ['connection', 'app', 'generation', 'issued_at', 'expires_at', 'refresh_expires_at', 'owner_id', 'scope', 'refresh_refused_code'] as const;
  return db.selectFrom('grants').select(columns).where('connection', 'in', connections).execute();
}

function toRow(grant: Grant, vault: Vault): GrantTable {
  return {
    connection: grant.connection,
    app: grant.app,
    generation: grant.generation,
    access_token: vault.seal(tokenPlace('access_token', grant), grant.accessToken),
    issued_at: grant.issuedAt,
    expires_at: grant.expiresAt,
    refresh_token: grant.refreshToken ? vault.seal(tokenPlace('refresh_token', grant), grant.refreshToken) : null,
    refresh_expires_at: grant.refreshExpiresAt ?? null,
    owner_id: grant.ownerId ?? null,
    scope: grant.scope,
    endpoint_id: grant.endpointId ?? null,
    session_id: grant.sessionId ?? null,
    refresh_refused_at: grant.refreshRefused?.at ?? null,
    refresh_refused_code: grant.refreshRefused?.code ?? null,
  };
}

type OutlineColumn = 'connection' | 'app' | 'generation' | 'issued_at' | 'expires_at' | 'refresh_expires_at' | 'owner_id' | 'scope' | 'refresh_refused_code';

function toOutline(row: Pick<Selectable<GrantTable>, OutlineColumn>): GrantOutline {
  return { ...openPartOf(row), revoked: row.refresh_refused_code === REVOKED_HERE };
}

/** The Grant that a row holds, opened. @throws SealedValueUnreadable */
export function toGrant(row: Selectable<GrantTable>, vault: Vault): Grant {
  return {
    ...openPartOf(row),
    accessToken: vault.open(tokenPlace('access_token', row), row.access_token),
    refreshToken: row.refresh_token ? vault.open(tokenPlace('refresh_token', row), row.refresh_token) : undefined,
    endpointId: row.endpoint_id ?? undefined,
    sessionId: row.session_id ?? undefined,
    refreshRefused: row.refresh_refused_at === null ? undefined : { at: row.refresh_refused_at, code: row.refresh_refused_code ?? '' },
  };
}

/** What of a Grant is not sealed, and people may see. */
function openPartOf(row: Pick<Selectable<GrantTable>, OutlineColumn>): Omit<GrantOutline, 'revoked'> {
  return {
    connection: row.connection,
    app: row.app,
    generation: row.generation,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    refreshExpiresAt: row.refresh_expires_at ?? undefined,
    ownerId: row.owner_id ?? undefined,
    scope: row.scope,
  };
}

/**
 * Takes the tokens out of a Grant. Its row stays and its generation rises, so that a pair that is being won at this moment
 * is not saved, and belongs to no session of the row.
 */
export async function endGrant(db: Database, vault: Vault, { connection, generation }: Pick<Grant, 'connection' | 'generation'>, now: number): Promise<void> {
  const ended = { connection, generation: generation + 1 };
  await db
    .updateTable('grants')
    .set({
      generation: ended.generation,
      access_token: vault.seal(tokenPlace('access_token', ended), new Secret('')),
      // Long over: nobody was handed it a moment ago.
      issued_at: 0,
      expires_at: 0,
      refresh_token: null,
      refresh_expires_at: null,
      session_id: null,
      refresh_refused_at: now,
      refresh_refused_code: REVOKED_HERE,
    })
    .where('connection', '=', connection)
    .where('generation', '=', generation)
    .execute();
}

// With the generation in it, an old pair cannot be copied over a newer one.
function tokenPlace(column: 'access_token' | 'refresh_token', { connection, generation }: Pick<Grant, 'connection' | 'generation'>): Place {
  return { table: 'grants', column, row: [connection, generation] };
}
