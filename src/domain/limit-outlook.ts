import type { Client } from './client.ts';
import type { EffectiveLimits } from './client-limits.ts';
import type { Admission, PlatformLimit } from './platform-limits.ts';

/** What a request would meet of a limit of the platform, were it made now. */
export interface PlatformOutlook {
  /** Absent: none is in force. */
  readonly limit?: PlatformLimit;
  /** How many more this Client may send before one waits; absent: as many as it likes. */
  readonly room?: number;
  /** How long it would be held back, as far as can be told. */
  readonly waitMs: number;
  readonly outcome: 'passes' | 'waits' | 'refuses';
}

/** What a request would meet of its Client's limits on this node, were it made now. */
export interface ClientOutlook {
  readonly limits: EffectiveLimits;
  readonly underWay: number;
  readonly outcome: 'passes' | 'refuses';
  /** Of a refusal. */
  readonly says?: string;
}

/** Tells what limits would do, and changes nothing by it. */
export interface LimitOutlooks {
  ofPlatform(admission: Omit<Admission, 'signal'>): PlatformOutlook;
  ofClient(client: Client): ClientOutlook;
}
