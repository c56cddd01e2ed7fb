import { AppRefused, type GatewayError, PlatformBusy } from '../domain/errors.ts';
import type { Clock } from '../runtime/clock.ts';

// RingCentral restarts the penalty when a request arrives during it ("Rate limits"), so we add a little.
const PENALTY_MARGIN_MS = 1_000;
// A refused App does not heal by itself; asking again for every caller would only spend its budget of 5 a minute.
const REFUSED_PAUSE_MS = 30_000;

/**
 * Apps whose token endpoint must be left alone for a while: inside a penalty, or because it refuses the App itself.
 *
 * A Grant is never blamed for either.
 */
export class AppPauses {
  readonly #clock: Clock;
  readonly #pauses = new Map<string, { readonly until: number; readonly why: GatewayError }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes what a failed token request says about the App; other errors say nothing about it. */
  note(app: string, why: unknown): void {
    const now = this.#clock.now();
    if (why instanceof PlatformBusy) this.#pauses.set(app, { until: now + (why.retryAfterMs ?? 0) + PENALTY_MARGIN_MS, why });
    if (why instanceof AppRefused) this.#pauses.set(app, { until: now + REFUSED_PAUSE_MS, why });
  }

  /** Until when the App is paused, epoch milliseconds; 0 where it is not. */
  until(app: string): number {
    const pause = this.#pauses.get(app);
    if (!pause) return 0;
    if (pause.until > this.#clock.now()) return pause.until;
    this.#pauses.delete(app);
    return 0;
  }

  /**
   * @throws PlatformBusy  inside a penalty, with the time that is left
   * @throws AppRefused    shortly after the platform refused the App
   */
  check(app: string): void {
    const until = this.until(app);
    const why = this.#pauses.get(app)?.why;
    if (until === 0 || !why) return;
    throw why instanceof PlatformBusy ? new PlatformBusy(`App "${app}"`, until - this.#clock.now()) : why;
  }

  /** Ends a pause, because the App has changed. */
  end(app: string): void {
    this.#pauses.delete(app);
  }
}
