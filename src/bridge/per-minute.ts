import { sourceOf } from '../domain/source.ts';
import type { Clock } from '../runtime/clock.ts';

const WINDOW_MS = 60_000;
// Some hundred bytes each; over it the one that began longest ago goes.
const MOST_SOURCES = 10_000;

/** How often something is done from one address within a minute, where nobody need have shown who he is. */
export class PerMinute {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #most: number;
  readonly #windows = new Map<string, { readonly since: number; count: number }>();

  constructor(clock: Pick<Clock, 'now'>, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** @returns nothing where it may be done, which counts; else in how many milliseconds it may be */
  take(address: string): number | undefined {
    const now = this.#clock.now();
    const source = sourceOf(address);
    const window = this.#windows.get(source);
    if (!window || now - window.since >= WINDOW_MS || now < window.since) this.#begin(source, now);
    else if (window.count >= this.#most) return window.since + WINDOW_MS - now;
    else window.count += 1;
    return undefined;
  }

  #begin(source: string, now: number): void {
    this.#windows.delete(source);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size >= MOST_SOURCES && oldest !== undefined) this.#windows.delete(oldest);
    this.#windows.set(source, { since: now, count: 1 });
  }
}
