import type { SteadyClock } from '../runtime/clock.ts';
import { Roster } from '../runtime/roster.ts';

// One look at all of them is cheaper than a timer for each, and nothing here is finer than a second.
const LOOK_MS = 1_000;

/** How long a request may take, and how long it may stand still. Milliseconds. */
export interface TimeAllowed {
  readonly durationMs: number;
  readonly idleMs: number;
}

/** Whose time is kept. */
export interface Watched {
  /** How many have passed so far, in both directions together. */
  bytes(): number;
  /** Called once, where the time is over before the end. */
  late(): void;
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

  begin(allowed: TimeAllowed, watched: Watched): Timed {
    const entry = new Entry(this.#entries, allowed, watched, this.#clock.monotonic());
    this.#entries.add(entry);
    if (!this.#looking) void this.#look();
    return entry;
  }

  async #look(): Promise<void> {
    this.#looking = true;
    while (this.#entries.size > 0) {
      await this.#clock.sleep(LOOK_MS);
      const now = this.#clock.monotonic();
      for (const entry of this.#entries.list()) {
        if (!entry.isLate(now)) continue;
        entry.end();
        entry.watched.late();
      }
    }
    this.#looking = false;
  }
}

class Entry implements Timed {
  readonly watched: Watched;
  place = 0;
  readonly #roster: Roster<Entry>;
  readonly #endsAt: number;
  readonly #idleMs: number;
  #movedAt: number;
  // Most are over before anybody looks.
  #seen = -1;

  constructor(roster: Roster<Entry>, { durationMs, idleMs }: TimeAllowed, watched: Watched, now: number) {
    this.watched = watched;
    this.#roster = roster;
    this.#endsAt = now + durationMs;
    this.#idleMs = idleMs;
    this.#movedAt = now;
  }

  end(): void {
    this.#roster.delete(this);
  }

  isLate(now: number): boolean {
    const bytes = this.watched.bytes();
    if (bytes !== this.#seen) this.#movedAt = now;
    this.#seen = bytes;
    return now >= this.#endsAt || now - this.#movedAt >= this.#idleMs;
  }
}
