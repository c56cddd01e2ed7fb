import { describeAppStore } from './app-store.ts';
import { describeAuditStore } from './audit-store.ts';
import { describeBridgeCodeStore } from './bridge-code-store.ts';
import { describeBridgeSessionStore } from './bridge-session-store.ts';
import { describeBudgetStore } from './budget-store.ts';
import { describeChanges } from './changes.ts';
import { describeClientStore } from './client-store.ts';
import { describeConnectionStore } from './connection-store.ts';
import { describeFreezeStore } from './freeze-store.ts';
import { describeGrantSaves } from './grant-saves.ts';
import { describeGrantStore } from './grant-store.ts';
import { describeIdempotencyStore } from './idempotency-store.ts';
import { describeInvitationStore } from './invitation-store.ts';
import { describeKeepingStore } from './keeping-store.ts';
import { describeLeaseStore } from './lease-store.ts';
import { describeLimitsStore } from './limits-store.ts';
import { describeRevocationStore } from './revocation-store.ts';
import { describeRingCxGrantStore } from './ring-cx-grant-store.ts';
import { describeRingOutClaimStore } from './ring-out-claim-store.ts';
import { describeRingOutSessionStore } from './ring-out-session-store.ts';
import { describeWeatherStore } from './weather-store.ts';
import { describeStore } from './whole-store.ts';
import type { OpenStore } from './world.ts';

/** What every store does, whichever database it is on. */
export function describeEverything(name: string, open: OpenStore): void {
  describeStore(name, open);
  describeAppStore(name, open);
  describeConnectionStore(name, open);
  describeGrantStore(name, open);
  describeGrantSaves(name, open);
  describeLeaseStore(name, open);
  describeBudgetStore(name, open);
  describeKeepingStore(name, open);
  describeRingCxGrantStore(name, open);
  describeInvitationStore(name, open);
  describeClientStore(name, open);
  describeBridgeSessionStore(name, open);
  describeBridgeCodeStore(name, open);
  describeRingOutSessionStore(name, open);
  describeRingOutClaimStore(name, open);
  describeLimitsStore(name, open);
  describeIdempotencyStore(name, open);
  describeAuditStore(name, open);
  describeFreezeStore(name, open);
  describeRevocationStore(name, open);
  describeWeatherStore(name, open);
  describeChanges(name, open);
}
