import { sourceOf } from '../domain/source.ts';
import type { Clock } from '../runtime/clock.ts';
import { BridgeRefused } from './refusal.ts';

// A whole office behind one address signs in within some minutes; more than that is no people.
const MOST = 60;
const WINDOW_MS = 60_000;
// Some hundred bytes each; over it the one that began longest ago goes.
const MOST_SOURCES = 10_000;

/** How many sign-ins are begun from one address: each costs a row, and a question to the platform, and nobody has shown anything yet. */
export class Starts {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #windows = new Map<string, { readonly since: number; count: number }>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** @throws BridgeRefused  429: too many in a minute */
  take(address: string): void {
    const now = this.#clock.now();
    const source = sourceOf(address);
    const window = this.#windows.get(source);
    if (!window || now - window.since >= WINDOW_MS || now < window.since) this.#begin(source, now);
    else if (window.count >= MOST)
      throw new BridgeRefused('temporarily_unavailable', 'CMN-301', 'Request rate exceeded', { status: 429, retryAfterMs: window.since + WINDOW_MS - now });
    else window.count += 1;
  }

  #begin(source: string, now: number): void {
    this.#windows.delete(source);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size >= MOST_SOURCES && oldest !== undefined) this.#windows.delete(oldest);
    this.#windows.set(source, { since: now, count: 1 });
  }
}
