import type { Selectable } from 'kysely';
import { ConnectionNotFound, SealedValueUnreadable } from '../domain/errors.ts';
import { type Outgoing, REVOKED_HERE, type Revocation, type RevocationStore, revocationOf } from '../domain/revocation.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';
import { findApp } from './app.ts';
import type { StoreDialect } from './dialect.ts';
import { endGrant, toGrant } from './grant.ts';
import { holdConnection } from './hold-connection.ts';
import { updateKeeping } from './keeping.ts';
import { endRingCxGrant } from './ring-cx-grant.ts';
import type { Database, RevocationTable } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** Revocations in the database. */
export function revocationStore(db: Database, dialect: StoreDialect, vault: Vault): RevocationStore {
  return {
    addRevocation: (revocation) => insertRevocation(db, revocation, vault),
    claimRevocation: (now, until) => claim(db, vault, now, until),
    putOffRevocation: async (id, attempts, notBefore) => {
      await db.updateTable('revocations').set({ attempts, not_before: notBefore }).where('id', '=', id).execute();
    },
    putOffRevocationsOf: async (app, now, notBefore) => {
      await db.updateTable('revocations').set({ not_before: notBefore }).where('app', '=', app).where('not_before', '<=', now).execute();
    },
    removeRevocation: async (id) => {
      await db.deleteFrom('revocations').where('id', '=', id).execute();
    },
    countRevocations: async () => {
      const { count } = await db
        .selectFrom('revocations')
        .select((row) => row.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    revokeGrant: (connection, outgoing) => inTransaction(db, dialect, (transaction) => revokeGrant(transaction, dialect, vault, connection, outgoing)),
  };
}

async function revokeGrant(db: Database, dialect: StoreDialect, vault: Vault, connection: string, outgoing: Outgoing): Promise<boolean> {
  if (!(await holdConnection(db, dialect, connection))) throw new ConnectionNotFound(connection);
  const generation = await writeRevocationOf(db, vault, connection, outgoing);
  if (generation === undefined) return false;
  await endGrant(db, vault, { connection, generation }, outgoing.at);
  await endRingCxGrant(db, vault, connection);
  await updateKeeping(db, connection);
  const usable = await db.selectFrom('credentials').select('position').where('connection', '=', connection).where('refused_at', 'is', null).executeTakeFirst();
  if (!usable) {
    await db.updateTable('connections').set({ sign_in_needed_at: outgoing.at, sign_in_needed_code: REVOKED_HERE }).where('name', '=', connection).execute();
  }
  return true;
}

/**
 * In a transaction that ends the Grant of a Connection: writes its revocation. What cannot be opened, or is over by itself,
 * cannot be revoked either.
 *
 * @returns the generation of the Grant; nothing where there is none
 */
export async function writeRevocationOf(db: Database, vault: Vault, connection: string, { id, at }: Outgoing): Promise<number | undefined> {
  const row = await db.selectFrom('grants').selectAll().where('connection', '=', connection).executeTakeFirst();
  if (!row) return undefined;
  if (row.refresh_refused_code === REVOKED_HERE) return row.generation;
  const grant = await openable(() => toGrant(row, vault));
  const app = grant && (await openable(() => findApp(db, vault, grant.app)));
  if (!grant || !app) return row.generation;
  const revocation = revocationOf(grant, app, { id, at });
  if (revocation.diesAt > at) await insertRevocation(db, revocation, vault);
  return row.generation;
}

// One statement that finds and one that takes: while nothing is due, nothing is written.
async function claim(db: Database, vault: Vault, now: number, until: number): Promise<Revocation | undefined> {
  const due = await db.selectFrom('revocations').select('id').where('not_before', '<=', now).orderBy('not_before').limit(1).executeTakeFirst();
  if (!due) return undefined;
  const row = await db
    .updateTable('revocations')
    .set({ not_before: until })
    .where('id', '=', due.id)
    .where('not_before', '<=', now)
    .returningAll()
    .executeTakeFirst();
  return row && toRevocation(row, vault);
}

async function insertRevocation(db: Database, revocation: Revocation, vault: Vault): Promise<void> {
  await db.insertInto('revocations').values(toRow(revocation, vault)).execute();
}

// What is damaged cannot be revoked, and must not keep what it belongs to from being removed.
async function openable<Value>(open: () => Value | Promise<Value>): Promise<Value | undefined> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof SealedValueUnreadable) return undefined;
    throw error;
  }
}

function toRow(revocation: Revocation, vault: Vault): RevocationTable {
  const { id, app, platformOrigin, clientId, clientSecret, connection, token, hint, diesAt, attempts, notBefore } = revocation;
  return {
    id,
    app,
    platform_origin: platformOrigin,
    client_id: clientId,
    client_secret: clientSecret ? vault.seal(placeOf('client_secret', id), clientSecret) : null,
    connection,
    token: vault.seal(placeOf('token', id), token),
    hint,
    dies_at: diesAt,
    attempts,
    not_before: notBefore,
  };
}

function toRevocation(row: Selectable<RevocationTable>, vault: Vault): Revocation {
  return {
    id: row.id,
    app: row.app,
    platformOrigin: row.platform_origin,
    clientId: row.client_id,
    clientSecret: row.client_secret ? vault.open(placeOf('client_secret', row.id), row.client_secret) : undefined,
    connection: row.connection,
    token: vault.open(placeOf('token', row.id), row.token),
    hint: row.hint,
    diesAt: row.dies_at,
    attempts: row.attempts,
    notBefore: row.not_before,
  };
}

function placeOf(column: 'client_secret' | 'token', id: string): Place {
  return { table: 'revocations', column, row: [id] };
}
