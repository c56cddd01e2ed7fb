import type { ConnectionStore } from '../domain/connection.ts';
import type { Vault } from '../vault/vault.ts';
import { hashAssertion, toCredential } from './credential.ts';
import type { Database } from './schema.ts';

// A JWT that was stored by a version which did not note its hash is opened once; so many at a time.
const BATCH = 200;

/** Which Connections have a JWT, in the database. */
export function assertionStore(db: Database, vault: Vault): Pick<ConnectionStore, 'listConnectionsByAssertion'> {
  return {
    listConnectionsByAssertion: async (assertion) => {
      while (await noteHashes(db, vault)) {
        // As many batches as there are.
      }
      return selectByHash(db, hashAssertion(assertion.reveal()));
    },
  };
}

async function selectByHash(db: Database, hash: string): Promise<readonly string[]> {
  const rows = await db.selectFrom('credentials').select('connection').distinct().where('assertion_hash', '=', hash).orderBy('connection').execute();
  return rows.map(({ connection }) => connection);
}

/** @returns whether there may be more */
async function noteHashes(db: Database, vault: Vault): Promise<boolean> {
  const rows = await db.selectFrom('credentials').selectAll().where('kind', '=', 'jwt').where('assertion_hash', 'is', null).limit(BATCH).execute();
  for (const row of rows) {
    const credential = toCredential(row, vault);
    if (credential.kind !== 'jwt') continue;
    await db
      .updateTable('credentials')
      .set({ assertion_hash: hashAssertion(credential.assertion.reveal()) })
      .where('connection', '=', row.connection)
      .where('position', '=', row.position)
      // Unless it was replaced meanwhile.
      .where('secret', '=', row.secret)
      .execute();
  }
  return rows.length === BATCH;
}
