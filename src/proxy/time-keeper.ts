import type { SteadyClock } from '../runtime/clock.ts';
import { Roster } from '../runtime/roster.ts';

// One look at all of them is cheaper than a timer for each, and nothing here is finer than a second.
const LOOK_MS = 1_000;

/** How long a request may take, and how long it may stand still. Milliseconds. */
export interface TimeAllowed {
  readonly durationMs: number;
  readonly idleMs: number;
}

/** A request whose time is kept. */
export interface Timed {
  /** It is over. */
  end(): void;
}

/** Ends requests that take too long, or stand still for too long. */
export class TimeKeeper {
  readonly #clock: SteadyClock;
  readonly #entries = new Roster<Entry>();
  #looking = false;

  constructor(clock: SteadyClock) {
    this.#clock = clock;
  }

  /**
   * @param bytes  how many have passed so far, in both directions together
   * @param stop   called once, where the time is over before `end` was
   */
  begin({ durationMs, idleMs }: TimeAllowed, bytes: () => number, stop: () => void): Timed {
    const now = this.#clock.monotonic();
    const entry: Entry = { endsAt: now + durationMs, idleMs, bytes, movedAt: now, seen: bytes(), stop, place: 0 };
    this.#entries.add(entry);
    void this.#look();
    return {
      end: () => {
        this.#entries.delete(entry);
      },
    };
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    while (this.#entries.size > 0) {
      await this.#clock.sleep(LOOK_MS);
      const now = this.#clock.monotonic();
      for (const entry of this.#entries.list()) {
        const bytes = entry.bytes();
        if (bytes !== entry.seen) Object.assign(entry, { seen: bytes, movedAt: now });
        if (now < entry.endsAt && now - entry.movedAt < entry.idleMs) continue;
        this.#entries.delete(entry);
        entry.stop();
      }
    }
    this.#looking = false;
  }
}

interface Entry {
  readonly endsAt: number;
  readonly idleMs: number;
  readonly bytes: () => number;
  movedAt: number;
  seen: number;
  readonly stop: () => void;
  place: number;
}
