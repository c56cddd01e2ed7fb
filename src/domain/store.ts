import type { AppStore } from './app.ts';
import type { AuditStore } from './audit.ts';
import type { BridgeCodeStore } from './bridge-code.ts';
import type { BridgeSessionStore } from './bridge-session.ts';
import type { BudgetStore } from './budget.ts';
import type { Changes } from './changes.ts';
import type { ClientStore } from './client.ts';
import type { ConnectionStore } from './connection.ts';
import type { ImportStore } from './connection-import.ts';
import type { ForecastStore } from './forecast.ts';
import type { FreezeStore } from './freeze.ts';
import type { GrantStore } from './grant.ts';
import type { IdempotencyStore } from './idempotency.ts';
import type { InvitationStore } from './invitation.ts';
import type { KeepingStore } from './keeping.ts';
import type { LeaseStore } from './lease.ts';
import type { OutboxStore } from './outbox.ts';
import type { LimitsStore } from './platform-limits.ts';
import type { RevocationStore } from './revocation.ts';
import type { RingCxGrantStore } from './ring-cx-grant.ts';
import type { RingOutSessionStore } from './ring-out.ts';
import type { RingOutClaimStore } from './ring-out-claim.ts';
import type { WeatherStore } from './weather.ts';

/** Everything that rests, whichever database holds it. */
export interface Store
  extends AppStore,
    ConnectionStore,
    ImportStore,
    GrantStore,
    RingCxGrantStore,
    LeaseStore,
    InvitationStore,
    BudgetStore,
    KeepingStore,
    ForecastStore,
    WeatherStore,
    ClientStore,
    BridgeSessionStore,
    BridgeCodeStore,
    RingOutSessionStore,
    RingOutClaimStore,
    LimitsStore,
    IdempotencyStore,
    AuditStore,
    FreezeStore,
    RevocationStore,
    OutboxStore {
  readonly changes: Changes;
  /**
   * The time by the database's clock, epoch milliseconds; nodes that share a database work in it.
   *
   * @returns nothing where the database has no clock of its own: then all who share it share this machine's
   */
  databaseTime(): Promise<number | undefined>;
  /** Rejects where the database cannot be read. */
  ping(): Promise<void>;
  /**
   * Writes, durably, and leaves nothing behind.
   *
   * @throws StoreUnavailable  the database takes no writes: it is away, full, read-only, or locked
   */
  probeWrite(now: number): Promise<void>;
  close(): Promise<void>;
}
