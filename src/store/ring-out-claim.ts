import type { Selectable } from 'kysely';
import type { RingOutClaim, RingOutClaimStore } from '../domain/ring-out-claim.ts';
import { insertsOne, updatesOne } from './rows.ts';
import type { Database, RingOutClaimTable } from './schema.ts';

/** Claims on calls in the database. */
export function ringOutClaimStore(db: Database): RingOutClaimStore {
  return {
    takeClaim: (claim, overBy) => insertClaim(db, toRow(claim), overBy),
    findClaim: async (repeatKey) => {
      const row = await selectClaim(db, repeatKey);
      return row && toClaim(row);
    },
    keepClaim: (claim) => updateClaim(db, toRow(claim)),
    releaseClaim: (repeatKey, holder) => deleteClaim(db, repeatKey, holder),
    removeExpiredClaims: (now) => deleteExpired(db, now),
  };
}

// One statement, so that of two nodes one gets it.
function insertClaim(db: Database, row: RingOutClaimTable, overBy: number): Promise<boolean> {
  return insertsOne(
    db
      .insertInto('ring_out_claims')
      .values(row)
      .onConflict((conflict) => conflict.column('repeat_key').doUpdateSet(row).where('ring_out_claims.expires_at', '<=', overBy)),
  );
}

function selectClaim(db: Database, repeatKey: string): Promise<Selectable<RingOutClaimTable> | undefined> {
  return db.selectFrom('ring_out_claims').selectAll().where('repeat_key', '=', repeatKey).executeTakeFirst();
}

function updateClaim(db: Database, { repeat_key, holder, expires_at, unclear }: RingOutClaimTable): Promise<boolean> {
  return updatesOne(db.updateTable('ring_out_claims').set({ expires_at, unclear }).where('repeat_key', '=', repeat_key).where('holder', '=', holder));
}

async function deleteClaim(db: Database, repeatKey: string, holder: string): Promise<void> {
  await db.deleteFrom('ring_out_claims').where('repeat_key', '=', repeatKey).where('holder', '=', holder).execute();
}

async function deleteExpired(db: Database, now: number): Promise<number> {
  const deleted = await db.deleteFrom('ring_out_claims').where('expires_at', '<=', now).executeTakeFirstOrThrow();
  return Number(deleted.numDeletedRows);
}

function toRow({ repeatKey, holder, expiresAt, unclear }: RingOutClaim): RingOutClaimTable {
  return { repeat_key: repeatKey, holder, expires_at: expiresAt, unclear: unclear ? 1 : 0 };
}

function toClaim(row: Selectable<RingOutClaimTable>): RingOutClaim {
  return { repeatKey: row.repeat_key, holder: row.holder, expiresAt: row.expires_at, unclear: row.unclear === 1 };
}
