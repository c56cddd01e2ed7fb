import type { AppStore } from './app.ts';
import type { AuditStore } from './audit.ts';
import type { Changes } from './changes.ts';
import type { ClientStore } from './client.ts';
import type { ConnectionStore } from './connection.ts';
import type { GrantStore } from './grant.ts';
import type { InvitationStore } from './invitation.ts';
import type { LeaseStore } from './lease.ts';
import type { RingOutSessionStore } from './ring-out.ts';
import type { RingOutClaimStore } from './ring-out-claim.ts';

/** Everything that rests, whichever database holds it. */
export interface Store
  extends AppStore,
    ConnectionStore,
    GrantStore,
    LeaseStore,
    InvitationStore,
    ClientStore,
    RingOutSessionStore,
    RingOutClaimStore,
    AuditStore {
  readonly changes: Changes;
  /**
   * The time by the database's clock, epoch milliseconds; nodes that share a database work in it.
   *
   * @returns nothing where the database has no clock of its own: then all who share it share this machine's
   */
  databaseTime(): Promise<number | undefined>;
  /** Rejects where the database cannot be read. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
