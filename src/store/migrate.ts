import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { GatewayError, StoreUnavailable } from '../domain/errors.ts';
import type { StoreDialect } from './dialect.ts';
import { createFirstTables } from './migrations/0001-first-tables.ts';
import { createLeases } from './migrations/0002-leases.ts';
import { addRingOutRepeats } from './migrations/0003-ring-out-repeats.ts';
import { createAudit } from './migrations/0004-audit.ts';
import { addAuditTimes } from './migrations/0005-audit-times.ts';
import { createAuditAnchor } from './migrations/0006-audit-anchor.ts';
import { createRingOutClaims } from './migrations/0007-ring-out-claims.ts';
import { announceChanges } from './migrations/0008-announced-changes.ts';
import { createBudgets } from './migrations/0009-budgets.ts';
import { createRingCxGrants } from './migrations/0010-ringcx.ts';
import { createInvitations } from './migrations/0011-invitations.ts';
import { createFreezes } from './migrations/0012-freezes.ts';
import { createRevocations } from './migrations/0013-revocations.ts';
import { addWaysToAToken } from './migrations/0014-ways-to-a-token.ts';
import { addClientKeys } from './migrations/0016-client-keys.ts';
import { createLimits } from './migrations/0017-limits.ts';
import { createIdempotencyKeys } from './migrations/0018-idempotency-keys.ts';
import { createBridge } from './migrations/0019-bridge.ts';
import { createBridgeCodes } from './migrations/0020-bridge-codes.ts';
import { addBridgeExchanges } from './migrations/0021-bridge-exchanges.ts';
import { addBridgeOrigins } from './migrations/0022-bridge-origins.ts';
import { createFaxes } from './migrations/0023-faxes.ts';
import { addLoginPrograms } from './migrations/0024-login-programs.ts';
import type { Database } from './schema.ts';

/**
 * Brings the tables up to date: all of it or nothing, and once, however many processes start together.
 *
 * @throws StoreUnavailable  where the database was made by a newer Trunkline, or a migration fails
 */
export async function migrate(db: Database, dialect: StoreDialect): Promise<void> {
  const { error } = await migrator(db, dialect).migrateToLatest();
  if (error === undefined) return;
  if (error instanceof GatewayError) throw error;
  const newer = (await executedMigrations(db)).find((name) => !Object.hasOwn(migrationsFor(dialect), name));
  if (newer !== undefined) throw new StoreUnavailable(`a newer Trunkline has changed it (migration ${newer}); start that version or a later one`, error);
  throw new StoreUnavailable('its tables could not be brought up to date', error);
}

/** What brings the tables to any version. */
export function migrator(db: Database, dialect: StoreDialect): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => migrationsFor(dialect) } });
}

/** Whether the tables are those of this version; then there is nothing to migrate, and nothing to lock. */
export async function isUpToDate(db: Database, dialect: StoreDialect): Promise<boolean> {
  try {
    const executed = await executedMigrations(db);
    return executed.toSorted().join() === Object.keys(migrationsFor(dialect)).join();
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    return false;
  }
}

/** In the order of their names; a name never changes once it is released. */
function migrationsFor(dialect: StoreDialect): Record<string, Migration> {
  return {
    '0001-first-tables': { up: (db: Kysely<unknown>) => createFirstTables(db, dialect) },
    '0002-leases': { up: createLeases },
    '0003-ring-out-repeats': { up: addRingOutRepeats },
    '0004-audit': { up: (db: Kysely<unknown>) => createAudit(db, dialect) },
    '0005-audit-times': { up: addAuditTimes },
    '0006-audit-anchor': { up: (db: Kysely<unknown>) => createAuditAnchor(db, dialect) },
    '0007-ring-out-claims': { up: createRingOutClaims },
    '0008-announced-changes': { up: (db: Kysely<unknown>) => announceChanges(db, dialect) },
    '0009-budgets': { up: createBudgets },
    '0010-ringcx': { up: (db: Kysely<unknown>) => createRingCxGrants(db, dialect) },
    '0011-invitations': { up: (db: Kysely<unknown>) => createInvitations(db, dialect) },
    '0012-freezes': { up: (db: Kysely<unknown>) => createFreezes(db, dialect) },
    '0013-revocations': { up: (db: Kysely<unknown>) => createRevocations(db, dialect) },
    '0014-ways-to-a-token': { up: (db: Kysely<unknown>) => addWaysToAToken(db, dialect) },
    '0016-client-keys': { up: addClientKeys },
    '0017-limits': { up: (db: Kysely<unknown>) => createLimits(db, dialect) },
    '0018-idempotency-keys': { up: (db: Kysely<unknown>) => createIdempotencyKeys(db, dialect) },
    '0019-bridge': { up: (db: Kysely<unknown>) => createBridge(db, dialect) },
    '0020-bridge-codes': { up: (db: Kysely<unknown>) => createBridgeCodes(db, dialect) },
    '0021-bridge-exchanges': { up: addBridgeExchanges },
    '0022-bridge-origins': { up: addBridgeOrigins },
    '0023-faxes': { up: (db: Kysely<unknown>) => createFaxes(db, dialect) },
    '0024-login-programs': { up: addLoginPrograms },
  };
}

async function executedMigrations(db: Database): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return rows.map(({ name }) => name);
}
