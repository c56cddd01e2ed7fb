import type { Store } from '../domain/store.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Fetch } from '../runtime/fetch.ts';
import type { Log } from '../runtime/log.ts';

/** What the broker is handed: where things rest, the time, the way out, and where to say what happened. */
export interface BrokerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly log: Log;
}
