import type { Store } from '../domain/store.ts';
import type { SteadyClock } from '../runtime/clock.ts';
import { type Log, messageOf } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import { within } from '../runtime/within.ts';
import { saveRescued } from './save.ts';
import type { Tokens } from './tokens.ts';
import type { Unsaved } from './unsaved.ts';

// A pair that is in memory only would be lost with the process, and its old refresh token may be spent.
const UNSAVED_MS = 60_000;
const AGAIN_MS = 500;
const GIVE_BACK_MS = 1_000;

/** What ending the runs takes. */
export interface EndingParts {
  readonly tokens: Pick<Tokens, 'settled'>;
  readonly rescue: Unsaved;
  readonly store: Store;
  readonly clock: SteadyClock;
  readonly random: Random;
  readonly log: Log;
  /** The holder of this process's Leases. */
  readonly node: string;
}

/**
 * Ends what the broker has under way: runs that win tokens finish and are saved, and the Leases of this node are free for
 * the next one at once.
 *
 * @param patienceMs  how long runs are waited for; longer, up to a minute, only where a pair that was won could not be
 *                    saved yet
 */
export async function endRuns(parts: EndingParts, patienceMs: number): Promise<void> {
  const { tokens, rescue, store, clock, log, node } = parts;
  const begun = clock.monotonic();
  const leftOf = (ms: number) => begun + ms - clock.monotonic();
  if (!(await within(clock, patienceMs, tokens.settled())) && rescue.connections.length === 0) log.warn('close.run_left', { afterMs: patienceMs });

  if (rescue.connections.length > 0) {
    log.warn('close.waits_for_database', { connections: rescue.connections, atMostMs: leftOf(UNSAVED_MS), note: 'tokens just won are not saved yet' });
    await within(
      clock,
      leftOf(UNSAVED_MS),
      saveUnsaved(parts, () => leftOf(UNSAVED_MS) > 0),
    );
    if (rescue.connections.length > 0) {
      log.error('close.unsaved', { connections: rescue.connections, note: 'what the rescue journal holds is saved when a gateway starts here again' });
    }
  }

  const given = store.giveBackLeases(node).catch((error: unknown) => {
    log.warn('close.leases_not_given_back', { error: messageOf(error) });
  });
  await within(clock, GIVE_BACK_MS, given);
}

// The run that won a pair offers it as long as it lasts; afterwards nobody else would. What the journal could not take
// either ends with its run.
async function saveUnsaved({ tokens, ...parts }: EndingParts, goOn: () => boolean): Promise<void> {
  await tokens.settled();
  while (parts.rescue.list().length > 0 && goOn()) {
    try {
      await saveRescued(parts);
    } catch {
      await parts.clock.sleep(AGAIN_MS);
    }
  }
}
