import { AppRefused, type GatewayError, PlatformAnswerUnusable, PlatformBusy, PlatformUnreachable } from '../domain/errors.ts';
import type { Clock } from '../runtime/clock.ts';

// RingCentral restarts the penalty when a request arrives during it ("Rate limits"), so we add a little.
const PENALTY_MARGIN_MS = 1_000;
// A refused App does not heal by itself; asking again for every caller would only spend its budget of 5 a minute.
const REFUSED_PAUSE_MS = 30_000;
// An endpoint that gives no clear answer is not asked again by each caller that comes.
const UNCLEAR_PAUSE_MS = 5_000;

/** What is paused, as people read it. */
export function appPause(app: string): string {
  return `App "${app}"`;
}

/** What is paused, as people read it. */
export function connectionPause(connection: string): string {
  return `Connection "${connection}"`;
}

/**
 * Apps whose token endpoint must be left alone for a while: inside a penalty, because it refuses the App itself, or
 * because it gives no clear answer.
 *
 * A Grant is never blamed for it. A Connection is paused by itself where its user's account is locked for a while.
 */
export class Pauses {
  readonly #clock: Clock;
  readonly #pauses = new Map<string, { readonly until: number; readonly why: GatewayError }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes what a failed token request says; errors that are about this one request say nothing. */
  note(what: string, why: unknown): void {
    const now = this.#clock.now();
    if (why instanceof PlatformBusy) this.#pauses.set(what, { until: now + (why.retryAfterMs ?? 0) + PENALTY_MARGIN_MS, why });
    if (why instanceof AppRefused) this.#pauses.set(what, { until: now + REFUSED_PAUSE_MS, why });
    if (why instanceof PlatformUnreachable || why instanceof PlatformAnswerUnusable) this.#pauses.set(what, { until: now + UNCLEAR_PAUSE_MS, why });
  }

  /** Until when it is paused, epoch milliseconds; 0 where it is not. */
  until(what: string): number {
    const pause = this.#pauses.get(what);
    if (!pause) return 0;
    if (pause.until > this.#clock.now()) return pause.until;
    this.#pauses.delete(what);
    return 0;
  }

  /**
   * @throws PlatformBusy  inside a penalty, with the time that is left
   * @throws AppRefused    shortly after the platform refused the App
   * @throws PlatformUnreachable, PlatformAnswerUnusable  shortly after no clear answer came
   */
  check(what: string): void {
    const until = this.until(what);
    const why = this.#pauses.get(what)?.why;
    if (until === 0 || !why) return;
    throw why instanceof PlatformBusy ? new PlatformBusy(what, until - this.#clock.now()) : why;
  }

  /** Ends a pause, because what was paused has changed. */
  end(what: string): void {
    this.#pauses.delete(what);
  }
}
