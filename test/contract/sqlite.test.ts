import { describeAppStore } from './app-store.ts';
import { describeAuditStore } from './audit-store.ts';
import { describeClientStore } from './client-store.ts';
import { describeConnectionStore } from './connection-store.ts';
import { describeGrantStore } from './grant-store.ts';
import { describeLeaseStore } from './lease-store.ts';
import { describeRingOutClaimStore } from './ring-out-claim-store.ts';
import { describeRingOutSessionStore } from './ring-out-session-store.ts';
import { openInFile, openInMemory } from './sqlite-world.ts';
import { describeStore } from './whole-store.ts';

for (const [name, open] of [
  ['SQLite in memory', openInMemory],
  ['a SQLite file', openInFile],
] as const) {
  describeStore(name, open);
  describeAppStore(name, open);
  describeConnectionStore(name, open);
  describeGrantStore(name, open);
  describeLeaseStore(name, open);
  describeClientStore(name, open);
  describeRingOutSessionStore(name, open);
  describeRingOutClaimStore(name, open);
  describeAuditStore(name, open);
}
