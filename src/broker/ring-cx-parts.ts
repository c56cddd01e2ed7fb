import type { BrokerParts } from './parts.ts';
import type { Tokens } from './tokens.ts';

/** What keeps tokens of RingCX alive is handed: what the broker is, and the RingCentral tokens that are exchanged. */
export interface RingCxParts extends Pick<BrokerParts, 'store' | 'freezes' | 'clock' | 'random' | 'fetch' | 'log' | 'node'> {
  readonly tokens: Pick<Tokens, 'usableGrant' | 'newerGrant'>;
}
