import type { Selectable } from 'kysely';
import type { ConnectionStore } from '../domain/connection.ts';
import { SealedValueUnreadable } from '../domain/errors.ts';
import type { Vault } from '../vault/vault.ts';
import { hashAssertion, toCredential } from './credential.ts';
import type { CredentialTable, Database } from './schema.ts';

// A JWT that was stored by a version which did not note its hash is opened once; so many at a time.
const BATCH = 200;
// No JWT has it.
const UNREADABLE = '';

/** Which Connections have a JWT, in the database. */
export function assertionStore(db: Database, vault: Vault): Pick<ConnectionStore, 'listConnectionsByAssertion'> {
  let noted = false;
  return {
    listConnectionsByAssertion: async (assertion) => {
      while (!noted) noted = (await noteHashes(db, vault)) < BATCH;
      return selectByHash(db, hashAssertion(assertion.reveal()));
    },
  };
}

async function selectByHash(db: Database, hash: string): Promise<readonly string[]> {
  const rows = await db.selectFrom('credentials').select('connection').distinct().where('assertion_hash', '=', hash).orderBy('connection').execute();
  return rows.map(({ connection }) => connection);
}

/** @returns how many there were to note */
async function noteHashes(db: Database, vault: Vault): Promise<number> {
  const rows = await db.selectFrom('credentials').selectAll().where('kind', '=', 'jwt').where('assertion_hash', 'is', null).limit(BATCH).execute();
  for (const row of rows) {
    await db
      .updateTable('credentials')
      .set({ assertion_hash: hashOf(row, vault) })
      .where('connection', '=', row.connection)
      .where('position', '=', row.position)
      // Unless it was replaced meanwhile.
      .where('secret', '=', row.secret)
      .execute();
  }
  return rows.length;
}

function hashOf(row: Selectable<CredentialTable>, vault: Vault): string {
  try {
    const credential = toCredential(row, vault);
    return credential.kind === 'jwt' ? hashAssertion(credential.assertion.reveal()) : UNREADABLE;
  } catch (error) {
    if (!(error instanceof SealedValueUnreadable)) throw error;
    return UNREADABLE;
  }
}
