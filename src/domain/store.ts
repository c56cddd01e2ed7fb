import type { AppStore } from './app.ts';
import type { AuditStore } from './audit.ts';
import type { ClientStore } from './client.ts';
import type { ConnectionStore } from './connection.ts';
import type { GrantStore } from './grant.ts';
import type { LeaseStore } from './lease.ts';
import type { RingOutSessionStore } from './ring-out.ts';
import type { RingOutClaimStore } from './ring-out-claim.ts';

/** Everything that rests, whichever database holds it. */
export interface Store extends AppStore, ConnectionStore, GrantStore, LeaseStore, ClientStore, RingOutSessionStore, RingOutClaimStore, AuditStore {
  /** Rejects where the database cannot be read. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
