import type { Selectable } from 'kysely';
import type { BridgeAccess } from '../domain/client.ts';
import { LoginTaken } from '../domain/errors.ts';
import type { StoreDialect } from './dialect.ts';
import type { ClientTable, Database } from './schema.ts';
import { inTransaction } from './transaction.ts';

type BridgeColumns = Pick<Selectable<ClientTable>, 'bridge_client_id' | 'bridge_secret_hash' | 'bridge_redirect_uris' | 'bridge_origins'>;

/** What of a Client's row is about the Bridge. */
export function toBridgeColumns(bridge: BridgeAccess | undefined): BridgeColumns {
  return {
    bridge_client_id: bridge?.clientId ?? null,
    bridge_secret_hash: bridge?.secretHash ?? null,
    bridge_redirect_uris: bridge ? JSON.stringify(bridge.redirectUris) : null,
    bridge_origins: bridge && bridge.origins.length > 0 ? JSON.stringify(bridge.origins) : null,
  };
}

/** Nothing where nothing was said of the Bridge. */
export function toBridge(row: BridgeColumns): BridgeAccess | undefined {
  if (row.bridge_redirect_uris === null) return undefined;
  return {
    clientId: row.bridge_client_id ?? undefined,
    secretHash: row.bridge_secret_hash ?? undefined,
    redirectUris: JSON.parse(row.bridge_redirect_uris),
    origins: row.bridge_origins === null ? [] : JSON.parse(row.bridge_origins),
  };
}

/** Gives a Client's row what `change` makes of it, and its logins what they are reached by; nothing is done where there is none. */
export function updateBridge(
  db: Database,
  dialect: StoreDialect,
  client: string,
  change: (known: BridgeAccess | undefined) => BridgeAccess | undefined,
): Promise<void> {
  const columns = ['bridge_client_id', 'bridge_secret_hash', 'bridge_redirect_uris', 'bridge_origins'] as const;
  return inTransaction(db, dialect, async (transaction) => {
    const held = await dialect.held(transaction.selectFrom('clients').select(columns).where('name', '=', client)).executeTakeFirst();
    if (!held) return;
    const row = toBridgeColumns(change(toBridge(held)));
    await transaction.updateTable('clients').set(row).where('name', '=', client).execute();
    if (row.bridge_client_id !== held.bridge_client_id) await moveLogins(transaction, client, row.bridge_client_id ?? '');
  });
}

async function moveLogins(db: Database, client: string, program: string): Promise<void> {
  const taken = await db
    .selectFrom('legacy_logins as own')
    .innerJoin('legacy_logins as other', (join) => join.onRef('other.username', '=', 'own.username').onRef('other.extension', '=', 'own.extension'))
    .select(['own.position', 'other.client'])
    .where('own.client', '=', client)
    .where('other.client', '!=', client)
    .where('other.program', '=', program)
    .orderBy('own.position')
    .executeTakeFirst();
  if (taken) throw new LoginTaken(taken.position, taken.client);
  await db.updateTable('legacy_logins').set({ program }).where('client', '=', client).execute();
}

/** Every origin that a Client lists, once. */
export async function selectBridgeOrigins(db: Database): Promise<readonly string[]> {
  const rows = await db.selectFrom('clients').select('bridge_origins').where('bridge_origins', 'is not', null).execute();
  return [...new Set(rows.flatMap(({ bridge_origins: origins }) => JSON.parse(origins ?? '[]') as string[]))];
}
