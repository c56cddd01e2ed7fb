import type { ImportOutcome, ImportStore, NewConnection } from '../domain/connection-import.ts';
import type { Credential } from '../domain/credential.ts';
import type { Vault } from '../vault/vault.ts';
import { missingApp } from './app.ts';
import { toConnectionRow } from './connection.ts';
import { isSameCredential, toCredential, toCredentialRow } from './credential.ts';
import type { StoreDialect } from './dialect.ts';
import { keepByOf } from './keep-by.ts';
import { withReferences } from './reference.ts';
import type { Database } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** Many Connections at once, in the database. */
export function importStore(db: Database, dialect: StoreDialect, vault: Vault): ImportStore {
  return {
    importConnections: (added, dryRun) =>
      withReferences(
        dialect,
        () => inTransaction(db, dialect, (transaction) => importConnections(transaction, vault, added, dryRun)),
        () => missingApp(db, [...new Set(added.map(({ connection }) => connection.app))]),
      ),
  };
}

async function importConnections(db: Database, vault: Vault, added: readonly NewConnection[], dryRun: boolean): Promise<readonly ImportOutcome[]> {
  if (added.length === 0) return [];
  const free = dryRun ? await freeNames(db, added) : await insertConnections(db, added);
  const fresh = added.filter(({ connection }) => free.has(connection.name));
  if (!dryRun) await insertCredentials(db, vault, fresh);
  const present = await presentNames(
    db,
    vault,
    added.filter(({ connection }) => !free.has(connection.name)),
  );
  return added.map(({ connection: { name } }) => (free.has(name) ? 'imported' : present.has(name) ? 'present' : 'taken'));
}

/** Stores those whose names are free. @returns their names */
async function insertConnections(db: Database, added: readonly NewConnection[]): Promise<ReadonlySet<string>> {
  const rows = added.map(({ connection, credentials }) => ({ ...toConnectionRow(connection), ...keepByOf(connection, credentials) }));
  const inserted = await db
    .insertInto('connections')
    .values(rows)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('name')
    .execute();
  return new Set(inserted.map(({ name }) => name));
}

async function insertCredentials(db: Database, vault: Vault, added: readonly NewConnection[]): Promise<void> {
  const rows = added.flatMap(({ connection, credentials }) =>
    credentials.map((credential, position) => toCredentialRow(connection.name, position, credential, vault)),
  );
  if (rows.length > 0) await db.insertInto('credentials').values(rows).execute();
}

async function freeNames(db: Database, added: readonly NewConnection[]): Promise<ReadonlySet<string>> {
  const names = added.map(({ connection }) => connection.name);
  const taken = new Set((await db.selectFrom('connections').select('name').where('name', 'in', names).execute()).map(({ name }) => name));
  return new Set(names.filter((name) => !taken.has(name)));
}

/** Those of these that are there as they are given, with the same App and the same credentials. */
async function presentNames(db: Database, vault: Vault, given: readonly NewConnection[]): Promise<ReadonlySet<string>> {
  if (given.length === 0) return new Set();
  const names = given.map(({ connection }) => connection.name);
  const apps = new Map((await db.selectFrom('connections').select(['name', 'app']).where('name', 'in', names).execute()).map(({ name, app }) => [name, app]));
  const rows = await db.selectFrom('credentials').selectAll().where('connection', 'in', names).orderBy('connection').orderBy('position').execute();
  const stored = new Map<string, Credential[]>(names.map((name) => [name, []]));
  for (const row of rows) stored.get(row.connection)?.push(toCredential(row, vault));
  const isPresent = ({ connection: { name, app }, credentials }: NewConnection) => {
    const known = stored.get(name) ?? [];
    return apps.get(name) === app && known.length === credentials.length && known.every((each, position) => isSameCredential(each, credentials[position]));
  };
  return new Set(given.filter(isPresent).map(({ connection }) => connection.name));
}
