import type { SteadyClock } from '../src/runtime/clock.ts';

/** A clock that stands still until a test moves it. Deadlines never come by themselves. */
export class ManualClock implements SteadyClock {
  #now: number;
  #monotonic = 0;
  readonly #sleepers = new Set<{ readonly ms: number; readonly until: number; readonly wake: () => void }>();

  constructor(now = Date.parse('2026-11-21T12:00:00Z')) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** Sets the time of day on, or back, as an operator or NTP may; no time passes by it, and nobody wakes. */
  step(ms: number): void {
    this.#now += ms;
  }

  /** Whether anybody sleeps, or has set a deadline, for this long. */
  isAsleepFor(ms: number): boolean {
    return [...this.#sleepers].some((sleeper) => sleeper.ms === ms);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason as Error);
      };
      const wake = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const sleeper = { ms, until: this.#monotonic + ms, wake };
      this.#sleepers.add(sleeper);
      if (signal?.aborted) leave();
      signal?.addEventListener('abort', leave);
    });
  }

  deadline(ms: number): AbortSignal {
    const controller = new AbortController();
    this.#sleepers.add({ ms, until: this.#monotonic + ms, wake: () => controller.abort(new DOMException('the time is over', 'TimeoutError')) });
    return controller.signal;
  }

  /** Moves the time on, and wakes those whose time has come. */
  advance(ms: number): void {
    this.#now += ms;
    this.#monotonic += ms;
    for (const sleeper of [...this.#sleepers]) {
      if (sleeper.until > this.#monotonic) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}
