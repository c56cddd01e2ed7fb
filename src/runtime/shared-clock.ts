import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** A time that is this far from the shared one is felt: Leases end early or late, and so do tokens. */
export const OFFSET_TOLERANCE_MS = 30_000;

// docs/guarantees.md, G8.
const EVERY_MS = 60_000;
// The answer that took least time tells the time best; one that took longer than this tells too little.
const ASKED = 3;
const LONGEST_ANSWER_MS = 2_000;

/** Asks for the shared time, epoch milliseconds; nothing where this machine's own is the shared one. */
export type AskTime = () => Promise<number | undefined>;

/** The time that nodes have in common, told by this machine's clock and how far that is from it. */
export class SharedClock implements Clock {
  readonly #own: Clock;
  #offsetMs = 0;

  constructor(own: Clock) {
    this.#own = own;
  }

  /** How far the shared time is ahead of this machine's, when it was last measured. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  now(): number {
    return this.#own.now() + this.#offsetMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#own.sleep(ms, signal);
  }

  deadline(ms: number): AbortSignal {
    return this.#own.deadline(ms);
  }

  /** Measures how far the shared time is; without effect where every answer took too long. */
  async measure(ask: AskTime): Promise<void> {
    let shortest = LONGEST_ANSWER_MS;
    for (let asked = 0; asked < ASKED; asked += 1) {
      const before = this.#own.now();
      const told = await ask();
      const after = this.#own.now();
      if (told === undefined) return;
      // A clock that was set meanwhile would make it negative.
      if (after < before || after - before > shortest) continue;
      shortest = after - before;
      this.#offsetMs = Math.round(told - (before + after) / 2);
    }
  }
}

/** Measures each minute until `signal` aborts; one that fails is made up for by the next. */
export async function keepMeasuring(parts: { readonly clock: SharedClock; readonly ask: AskTime; readonly log: Log }, signal: AbortSignal): Promise<void> {
  const { clock, ask, log } = parts;
  for (;;) {
    try {
      await clock.sleep(EVERY_MS, signal);
    } catch {
      return;
    }
    try {
      await clock.measure(ask);
      if (Math.abs(clock.offsetMs) > OFFSET_TOLERANCE_MS) log.warn('clock.offset', { offsetMs: clock.offsetMs, note: 'let this machine set its clock by NTP' });
    } catch (error) {
      log.warn('clock.not_measured', { error: error instanceof Error ? error.message : String(error) });
    }
  }
}
