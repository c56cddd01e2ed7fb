import { systemClock } from '../../runtime/clock.ts';
import { asUnavailable, isBusy } from './unavailable.ts';

// Another process that writes is waited for with pauses in which other work goes on: about ten seconds in all.
const BUSY_PAUSE_MS = 50;
const BUSY_ATTEMPTS = 100;

/**
 * Runs a statement; while another connection is in the way it is asked again.
 *
 * The pause is the machine's own, not the gateway's clock: it waits for another process, whatever a test's clock says.
 *
 * @throws StoreUnavailable
 */
export async function withPatience<Result>(file: string, statement: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await statement();
    } catch (error) {
      if (!isBusy(error) || attempt === BUSY_ATTEMPTS) throw asUnavailable(error, file);
      await systemClock.sleep(BUSY_PAUSE_MS);
    }
  }
}
