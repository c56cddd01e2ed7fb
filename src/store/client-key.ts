import type { Selectable } from 'kysely';
import type { ClientKey, ClientStore } from '../domain/client.ts';
import type { StoreDialect } from './dialect.ts';
import type { ClientKeyTable, ClientTable, Database } from './schema.ts';
import { inTransaction } from './transaction.ts';

// The first key of a Client stands in the row of the Client itself, as it did before there could be two.
const FIRST = 1;

/** The gateway keys of Clients in the database. */
export function clientKeyStore(db: Database, dialect: StoreDialect): Pick<ClientStore, 'addClientKey' | 'removeClientKey'> {
  return {
    addClientKey: (client, hash, { now, most, othersEndAt }) =>
      inTransaction(db, dialect, async (transaction) => {
        const held = await holdClient(transaction, dialect, client);
        if (!held) return 'absent';
        const keys = keysOf(held, await selectKeys(transaction, [client]));
        const over = keys.filter(({ expiresAt }) => expiresAt !== undefined && expiresAt <= now);
        if (keys.length - over.length >= most) return 'full';
        for (const { id } of over) await deleteKey(transaction, client, Number(id));
        if (othersEndAt !== undefined) await shortenKeys(transaction, client, othersEndAt);
        const number = held.keys_made + 1;
        // The row of the Client changes with its keys, and that is what every node is told of.
        await transaction.updateTable('clients').set({ keys_made: number }).where('name', '=', client).execute();
        await transaction.insertInto('client_keys').values({ client, number, key_hash: hash, created_at: now, expires_at: null }).execute();
        return { id: String(number), hash, createdAt: now, expiresAt: undefined };
      }),
    removeClientKey: (client, id, now) =>
      inTransaction(db, dialect, async (transaction) => {
        const held = await holdClient(transaction, dialect, client);
        const keys = held ? keysOf(held, await selectKeys(transaction, [client])) : [];
        const key = keys.find((each) => each.id === id);
        if (!held || !key) return 'absent';
        if (!keys.some((other) => other !== key && (other.expiresAt === undefined || other.expiresAt > now))) return 'only';
        await transaction.updateTable('clients').set({ keys_made: held.keys_made }).where('name', '=', client).execute();
        await deleteKey(transaction, client, Number(id));
        return 'removed';
      }),
  };
}

/** The keys of a Client, oldest first, as its row and those of its further keys have them. */
export function keysOf(
  row: Pick<Selectable<ClientTable>, 'name' | 'key_hash' | 'key_expires_at' | 'created_at'>,
  further: readonly Selectable<ClientKeyTable>[],
): ClientKey[] {
  const first = { client: row.name, number: FIRST, key_hash: row.key_hash, created_at: row.created_at, expires_at: row.key_expires_at };
  return [...(row.key_hash === '' ? [] : [first]), ...further].map(({ number, key_hash, created_at, expires_at }) => ({
    id: String(number),
    hash: key_hash,
    createdAt: created_at,
    expiresAt: expires_at ?? undefined,
  }));
}

/** The further keys of these Clients, in their order. */
export function selectKeys(db: Database, clients: readonly string[]): Promise<Selectable<ClientKeyTable>[]> {
  return db.selectFrom('client_keys').selectAll().where('client', 'in', clients).orderBy('client').orderBy('number').execute();
}

/** The name of the Client that has this key besides its first one. */
export async function selectKeyOwner(db: Database, keyHash: string): Promise<string | undefined> {
  const row = await db.selectFrom('client_keys').select('client').where('key_hash', '=', keyHash).executeTakeFirst();
  return row?.client;
}

function holdClient(db: Database, dialect: StoreDialect, client: string) {
  const columns = ['name', 'key_hash', 'key_expires_at', 'keys_made', 'created_at'] as const;
  return dialect.held(db.selectFrom('clients').select(columns).where('name', '=', client)).executeTakeFirst();
}

async function deleteKey(db: Database, client: string, number: number): Promise<void> {
  // No key has an empty hash.
  if (number === FIRST) await db.updateTable('clients').set({ key_hash: '', key_expires_at: null }).where('name', '=', client).execute();
  else await db.deleteFrom('client_keys').where('client', '=', client).where('number', '=', number).execute();
}

/** No key lives longer for it. */
async function shortenKeys(db: Database, client: string, at: number): Promise<void> {
  await db
    .updateTable('clients')
    .set({ key_expires_at: at })
    .where('name', '=', client)
    .where((where) => where.or([where('key_expires_at', 'is', null), where('key_expires_at', '>', at)]))
    .execute();
  await db
    .updateTable('client_keys')
    .set({ expires_at: at })
    .where('client', '=', client)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', at)]))
    .execute();
}
