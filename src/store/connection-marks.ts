import { type Selectable, sql } from 'kysely';
import type { ConnectionStore } from '../domain/connection.ts';
import type { Credential } from '../domain/credential.ts';
import { SealedValueUnreadable } from '../domain/errors.ts';
import type { Vault } from '../vault/vault.ts';
import { isSameCredential, toCredential } from './credential.ts';
import type { StoreDialect } from './dialect.ts';
import { holdConnection } from './hold-connection.ts';
import { updateKeeping } from './keeping.ts';
import { updatesOne } from './rows.ts';
import type { CredentialTable, Database } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** When and why a credential was refused, or a sign-in became needed. */
interface Mark {
  readonly at: number;
  readonly code: string;
}

/** What a run notes on a Connection that it could not sign in. Others may have given it new credentials meanwhile. */
export function connectionMarks(db: Database, dialect: StoreDialect, vault: Vault): Pick<ConnectionStore, 'refuseCredential' | 'needSignIn'> {
  return {
    refuseCredential: (connection, position, credential, refused) =>
      inTransaction(db, dialect, (transaction) => markCredential(transaction, dialect, vault, { connection, position, credential }, refused)),
    needSignIn: (connection, generation, needed) =>
      inTransaction(db, dialect, (transaction) => markConnection(transaction, dialect, vault, { connection, generation }, needed)),
  };
}

interface Presented {
  readonly connection: string;
  readonly position: number;
  readonly credential: Credential;
}

// The Connection is held first, as everywhere: a save takes the two in this order, and sees by it what was changed.
async function markCredential(
  db: Database,
  dialect: StoreDialect,
  vault: Vault,
  { connection, position, credential }: Presented,
  { at, code }: Mark,
): Promise<boolean> {
  await holdConnection(db, dialect, connection);
  const stands = (await selectUsable(db, connection)).find((row) => row.position === position);
  const present = stands && opened(stands, vault);
  if (!present || !isSameCredential(present, credential)) return false;
  await db
    .updateTable('credentials')
    .set({ refused_at: at, refused_code: code })
    .where('connection', '=', connection)
    .where('position', '=', position)
    .execute();
  await updateKeeping(db, connection);
  return true;
}

// Held first: a statement that had to wait for a save, or for new credentials, would still see what was there before.
async function markConnection(
  db: Database,
  dialect: StoreDialect,
  vault: Vault,
  { connection, generation }: { readonly connection: string; readonly generation: number },
  { at, code }: Mark,
): Promise<boolean> {
  await holdConnection(db, dialect, connection);
  // One that is damaged can never be presented.
  if ((await selectUsable(db, connection)).some((row) => opened(row, vault))) return false;
  return updatesOne(
    db
      .updateTable('connections')
      .set({ sign_in_needed_at: at, sign_in_needed_code: code, keep_by: null, fresh_at: null })
      .where('name', '=', connection)
      .where(sql<number>`coalesce((select generation from grants where connection = ${connection}), 0)`, '=', generation),
  );
}

/** Its credentials that nobody has refused. */
function selectUsable(db: Database, connection: string): Promise<Selectable<CredentialTable>[]> {
  return db.selectFrom('credentials').selectAll().where('connection', '=', connection).where('refused_at', 'is', null).execute();
}

function opened(row: Selectable<CredentialTable>, vault: Vault): Credential | undefined {
  try {
    return toCredential(row, vault);
  } catch (error) {
    if (error instanceof SealedValueUnreadable) return undefined;
    throw error;
  }
}
