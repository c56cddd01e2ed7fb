/** When the breaker opens, and for how long. Times in milliseconds. */
export interface BreakerOptions {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** How long it stays open the first time; each failed probe doubles it. */
  readonly coolMs: number;
  readonly maxCoolMs: number;
}

/**
 * Keeps requests from an upstream that does not answer, so that they fail at once instead of after a time-out each.
 *
 *     closed → open       after `failures` failures with no success between
 *     open → half-open    when its time is over: one request goes through, the probe
 *     half-open → closed  the probe was answered, whatever the status
 *     half-open → open    the probe failed; for twice as long
 *
 * A failure is: no connection, not in time, or no answer in time. An answer of any status is a success.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  #failures = 0;
  #coolMs: number;
  #openUntil: number | undefined;
  #probing = false;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#coolMs = options.coolMs;
  }

  get state(): 'closed' | 'open' | 'half-open' {
    if (this.#openUntil === undefined) return 'closed';
    return this.#probing ? 'half-open' : 'open';
  }

  /**
   * Asks for leave to send.
   *
   * @param now  monotonic milliseconds
   * @returns `go`; `probe`, whose end has to be told with `succeeded`, `failed` or `unproven`; or for how long to stay away, in milliseconds
   */
  admit(now: number): 'go' | 'probe' | number {
    if (this.#openUntil === undefined) return 'go';
    if (this.#probing) return this.#coolMs;
    if (now < this.#openUntil) return Math.ceil(this.#openUntil - now);
    this.#probing = true;
    return 'probe';
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntil = undefined;
    this.#probing = false;
    this.#coolMs = this.#options.coolMs;
  }

  /** @returns whether this opened it */
  failed(now: number): boolean {
    if (this.#openUntil !== undefined) {
      // Stragglers of the time before it opened say nothing new.
      if (!this.#probing) return false;
      this.#probing = false;
      this.#coolMs = Math.min(this.#coolMs * 2, this.#options.maxCoolMs);
      this.#openUntil = now + this.#coolMs;
      return true;
    }
    this.#failures += 1;
    if (this.#failures < this.#options.failures) return false;
    this.#openUntil = now + this.#coolMs;
    return true;
  }

  /** The probe ended without showing anything: whoever asks next is the probe. */
  unproven(): void {
    this.#probing = false;
  }
}
