import { LoginsBusy } from '../domain/errors.ts';
import type { Clock } from '../runtime/clock.ts';

// A thousand programs that start at once are all let in, some 20 ms of one core each: an SDK that is refused forgets its login.
const MOST_TRIES = 150;
const AGAIN_MS = 200;

/** Tries again while too many passwords are being checked, for half a minute. @throws what `attempt` throws */
export async function patiently<Result>(clock: Pick<Clock, 'sleep'>, attempt: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof LoginsBusy) || tries >= MOST_TRIES) throw error;
      await clock.sleep(AGAIN_MS);
    }
  }
}
