import type { Selectable } from 'kysely';
import { ClientNotFound } from '../domain/errors.ts';
import type { IdempotencyClaim, IdempotencyKey, IdempotencyStore, UsedKey } from '../domain/idempotency.ts';
import type { Secret } from '../domain/secret.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';
import type { StoreDialect } from './dialect.ts';
import { withReferences } from './reference.ts';
import { insertsOne, updatesOne } from './rows.ts';
import type { Database, IdempotencyKeyTable } from './schema.ts';

/** Idempotency keys in the database. */
export function idempotencyStore(db: Database, dialect: StoreDialect, vault: Vault): IdempotencyStore {
  return {
    claimIdempotencyKey: (claim, now) =>
      withReferences(
        dialect,
        () => claimKey(db, vault, claim, now),
        async () => new ClientNotFound(claim.client),
      ),
    keepIdempotencyKey: (key, holder, runningUntil) => updateKey(db, key, holder, { running_until: runningUntil }),
    finishIdempotencyKey: (key, holder, result) => updateKey(db, key, holder, finishing(vault, key, result)),
    releaseIdempotencyKey: (key, holder) => deleteKey(db, key, holder),
    removeExpiredIdempotencyKeys: (now) => deleteExpired(db, now),
  };
}

async function claimKey(db: Database, vault: Vault, claim: IdempotencyClaim, now: number): Promise<UsedKey | undefined> {
  for (;;) {
    if (await insertKey(db, claim, now)) return undefined;
    const row = await selectKey(db, claim);
    if (row) return toUsedKey(row, vault);
    // Whoever had it has released it between the two statements.
  }
}

// One statement, so that of two nodes one gets it.
function insertKey(db: Database, claim: IdempotencyClaim, now: number): Promise<boolean> {
  const row: IdempotencyKeyTable = {
    client: claim.client,
    key_hash: claim.keyHash,
    fingerprint: claim.fingerprint,
    holder: claim.holder,
    state: 'running',
    running_until: claim.runningUntil,
    result: null,
    expires_at: claim.expiresAt,
  };
  return insertsOne(
    db
      .insertInto('idempotency_keys')
      .values(row)
      .onConflict((conflict) => conflict.columns(['client', 'key_hash']).doUpdateSet(row).where('idempotency_keys.expires_at', '<=', now)),
  );
}

function selectKey(db: Database, { client, keyHash }: IdempotencyKey): Promise<Selectable<IdempotencyKeyTable> | undefined> {
  return db.selectFrom('idempotency_keys').selectAll().where('client', '=', client).where('key_hash', '=', keyHash).executeTakeFirst();
}

function updateKey(db: Database, { client, keyHash }: IdempotencyKey, holder: string, columns: Partial<IdempotencyKeyTable>): Promise<boolean> {
  return updatesOne(db.updateTable('idempotency_keys').set(columns).where('client', '=', client).where('key_hash', '=', keyHash).where('holder', '=', holder));
}

async function deleteKey(db: Database, { client, keyHash }: IdempotencyKey, holder: string): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('client', '=', client).where('key_hash', '=', keyHash).where('holder', '=', holder).execute();
}

async function deleteExpired(db: Database, now: number): Promise<number> {
  const deleted = await db.deleteFrom('idempotency_keys').where('expires_at', '<=', now).executeTakeFirstOrThrow();
  return Number(deleted.numDeletedRows);
}

function finishing(vault: Vault, key: IdempotencyKey, result: Secret | 'unclear'): Partial<IdempotencyKeyTable> {
  return result === 'unclear' ? { state: 'unclear' } : { state: 'done', result: vault.seal(resultPlace(key), result) };
}

function toUsedKey(row: Selectable<IdempotencyKeyTable>, vault: Vault): UsedKey {
  return {
    fingerprint: row.fingerprint,
    state: row.state as UsedKey['state'],
    runningUntil: row.running_until,
    result: row.result ? vault.open(resultPlace({ client: row.client, keyHash: row.key_hash }), row.result) : undefined,
  };
}

function resultPlace({ client, keyHash }: IdempotencyKey): Place {
  return { table: 'idempotency_keys', column: 'result', row: [client, keyHash] };
}
