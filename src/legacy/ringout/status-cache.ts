import type { RingOut } from '../../ringcentral/calls/ring-out.ts';
import type { Clock } from '../../runtime/clock.ts';

// Some hundred bytes each. Over it the oldest goes first: its next poll asks the platform again, and that is all.
const MOST_ENTRIES = 10_000;

interface Entry {
  readonly answer: Promise<RingOut>;
  /** When the answer came; absent while it is awaited. */
  at: number | undefined;
}

/**
 * What the platform last said of a RingOut, for a moment.
 *
 * Old programs poll every 5 s, and one call is often polled from several windows: those that ask while an answer is
 * awaited, or shortly after it came, share it. A failure is shared by those who waited for it, and not kept.
 */
export class StatusCache {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #lifetimeMs: number;
  readonly #entries = new Map<string, Entry>();

  /** @param lifetimeMs  0: nothing is shared or kept */
  constructor(clock: Pick<Clock, 'now'>, lifetimeMs: number) {
    this.#clock = clock;
    this.#lifetimeMs = lifetimeMs;
  }

  /** What is known under the key, or else what `ask` brings. */
  find(key: string, ask: () => Promise<RingOut>): Promise<RingOut> {
    if (this.#lifetimeMs === 0) return ask();
    const known = this.#entries.get(key);
    return known && this.#isFresh(known) ? known.answer : this.#keep(key, ask());
  }

  /** Forgets it; also an answer that is still awaited, which may be older than what changed. */
  drop(key: string): void {
    this.#entries.delete(key);
  }

  #keep(key: string, answer: Promise<RingOut>): Promise<RingOut> {
    const entry: Entry = { answer, at: undefined };
    this.#entries.delete(key);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < MOST_ENTRIES) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, entry);
    answer.then(
      () => {
        entry.at = this.#clock.now();
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return answer;
  }

  // A clock that was set back must not keep an answer for hours.
  #isFresh({ at }: Entry): boolean {
    if (at === undefined) return true;
    const ageMs = this.#clock.now() - at;
    return ageMs >= 0 && ageMs < this.#lifetimeMs;
  }
}
