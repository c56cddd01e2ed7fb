import type { AuditTrail } from '../domain/audit.ts';
import type { FreezeGuard } from '../domain/freeze.ts';
import type { RescueJournal } from '../domain/rescue.ts';
import type { Store } from '../domain/store.ts';
import type { SteadyClock } from '../runtime/clock.ts';
import type { Fetch } from '../runtime/fetch.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import type { Budgets } from './budgets.ts';
import type { GrantCache } from './grant-cache.ts';

/** What the broker is handed: where things rest, the time, the way out, and where to say what happened. */
export interface BrokerParts {
  readonly store: Store;
  readonly rescue: RescueJournal;
  readonly freezes: FreezeGuard;
  readonly grants: Pick<GrantCache, 'peek' | 'find' | 'findApp'>;
  readonly trail: Pick<AuditTrail, 'note'>;
  readonly clock: SteadyClock;
  readonly random: Random;
  readonly fetch: Fetch;
  readonly log: Log;
  /** The name of this process among those that share the database; never used again. */
  readonly node: string;
}

/** What a run that wins a token pair needs. */
export interface WinningParts extends BrokerParts {
  readonly budgets: Budgets;
}
