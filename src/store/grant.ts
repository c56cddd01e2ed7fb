import { type Selectable, sql } from 'kysely';
import { ConnectionNotFound } from '../domain/errors.ts';
import type { Grant, GrantOutline, GrantStore } from '../domain/grant.ts';
import { REVOKED_HERE } from '../domain/revocation.ts';
import { Secret } from '../domain/secret.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';
import type { StoreDialect } from './dialect.ts';
import { withReferences } from './reference.ts';
import type { Database, GrantTable } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** Grants in the database. */
export function grantStore(db: Database, dialect: StoreDialect, vault: Vault): GrantStore {
  return {
    findGrant: async (connection) => {
      const row = await selectGrant(db, connection);
      return row && toGrant(row, vault);
    },
    listGrantOutlines: async (connections) => (await selectOutlines(db, connections)).map(toOutline),
    saveGrant: (grant, expectedGeneration, connectionId) =>
      withReferences(
        dialect,
        () => saveGrant(db, dialect, vault, { grant, expectedGeneration, connectionId }),
        async () => new ConnectionNotFound(grant.connection),
      ),
    refuseRefreshToken: async (connection, generation, { at, code }) => {
      await db
        .updateTable('grants')
        .set({ refresh_refused_at: at, refresh_refused_code: code })
        .where('connection', '=', connection)
        .where('generation', '=', generation)
        .execute();
    },
  };
}

interface Save {
  readonly grant: Grant;
  readonly expectedGeneration: number;
  readonly connectionId: string;
}

async function saveGrant(db: Database, dialect: StoreDialect, vault: Vault, { grant, expectedGeneration, connectionId }: Save): Promise<boolean> {
  if (grant.generation <= expectedGeneration) throw new TypeError(`generation ${grant.generation} does not follow ${expectedGeneration}`);
  const row = toRow(grant, vault);
  return inTransaction(db, dialect, async (transaction) => {
    if (!(await isConnection(transaction, dialect, grant.connection, connectionId))) throw new ConnectionNotFound(grant.connection);
    const saved = expectedGeneration === 0 ? await insertGrant(transaction, row) : await updateGrant(transaction, row, expectedGeneration);
    if (saved) await welcomeOwner(transaction, grant);
    return saved;
  });
}

function selectGrant(db: Database, connection: string): Promise<Selectable<GrantTable> | undefined> {
  return db.selectFrom('grants').selectAll().where('connection', '=', connection).executeTakeFirst();
}

function selectOutlines(db: Database, connections: readonly string[]) {
  const columns = ['connection', 'app', 'generation', 'expires_at', 'refresh_expires_at', 'owner_id', 'scope', 'refresh_refused_code'] as const;
  return db.selectFrom('grants').select(columns).where('connection', 'in', connections).execute();
}

async function insertGrant(db: Database, row: GrantTable): Promise<boolean> {
  const inserted = await db
    .insertInto('grants')
    .values(row)
    .onConflict((conflict) => conflict.column('connection').doNothing())
    .executeTakeFirstOrThrow();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

async function updateGrant(db: Database, row: GrantTable, expectedGeneration: number): Promise<boolean> {
  const updated = await db
    .updateTable('grants')
    .set(row)
    .where('connection', '=', row.connection)
    .where('generation', '=', expectedGeneration)
    .executeTakeFirstOrThrow();
  return updated.numUpdatedRows === 1n;
}

/** The first Grant says whose Connection it is; any new one ends the need for a sign-in. */
async function welcomeOwner(db: Database, grant: Grant): Promise<void> {
  await db
    .updateTable('connections')
    .set({
      owner_id: sql<string | null>`coalesce(owner_id, ${grant.ownerId ?? null})`,
      sign_in_needed_at: null,
      sign_in_needed_code: null,
    })
    .where('name', '=', grant.connection)
    .execute();
}

// Held, so that another Connection cannot take the name before the Grant is saved.
async function isConnection(db: Database, dialect: StoreDialect, name: string, id: string): Promise<boolean> {
  const row = await dialect.held(db.selectFrom('connections').select('name').where('name', '=', name).where('id', '=', id)).executeTakeFirst();
  return row !== undefined;
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

type OutlineColumn = 'connection' | 'app' | 'generation' | 'expires_at' | 'refresh_expires_at' | 'owner_id' | 'scope' | 'refresh_refused_code';

function toOutline(row: Pick<Selectable<GrantTable>, OutlineColumn>): GrantOutline {
  return {
    connection: row.connection,
    app: row.app,
    generation: row.generation,
    expiresAt: row.expires_at,
    refreshExpiresAt: row.refresh_expires_at ?? undefined,
    ownerId: row.owner_id ?? undefined,
    scope: row.scope,
    revoked: row.refresh_refused_code === REVOKED_HERE,
  };
}

/** The Grant that a row holds, opened. @throws SealedValueUnreadable */
export function toGrant(row: Selectable<GrantTable>, vault: Vault): Grant {
  return {
    connection: row.connection,
    app: row.app,
    generation: row.generation,
    accessToken: vault.open(tokenPlace('access_token', row), row.access_token),
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    refreshToken: row.refresh_token ? vault.open(tokenPlace('refresh_token', row), row.refresh_token) : undefined,
    refreshExpiresAt: row.refresh_expires_at ?? undefined,
    ownerId: row.owner_id ?? undefined,
    scope: row.scope,
    endpointId: row.endpoint_id ?? undefined,
    sessionId: row.session_id ?? undefined,
    refreshRefused: row.refresh_refused_at === null ? undefined : { at: row.refresh_refused_at, code: row.refresh_refused_code ?? '' },
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
