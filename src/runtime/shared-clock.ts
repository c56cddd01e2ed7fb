import type { SteadyClock } from './clock.ts';
import { type Log, messageOf } from './log.ts';

/** A time that is this far from the shared one is felt: Leases end early or late, and so do tokens. */
export const OFFSET_TOLERANCE_MS = 30_000;

// docs/guarantees.md, G8.
const EVERY_MS = 60_000;
// The answer that took least time tells the time best; one that took longer than this tells too little.
const ASKED = 3;
const LONGEST_ANSWER_MS = 2_000;
// Where the time of day and the time that has passed differ by more, the clock was set, or the machine has slept.
const STEP_MS = 1_000;

/** Asks for the shared time, epoch milliseconds; nothing where this machine's own is the shared one. */
export type AskTime = () => Promise<number | undefined>;

/**
 * The time that nodes have in common.
 *
 * Where that is the database's, it goes on from the last measurement by what has really passed: setting this machine's
 * clock does not move it. Where it is this machine's own, it is what that clock says, since the other processes on the file see
 * the same.
 */
export class SharedClock implements SteadyClock {
  readonly #own: SteadyClock;
  /** The shared time when `monotonic()` was 0; nothing where it is this machine's own. */
  #origin: number | undefined;
  /** This machine's time of day when `monotonic()` was 0, as far as is known. */
  #ownOrigin: number;
  #stepped: ((byMs: number) => void) | undefined;

  constructor(own: SteadyClock) {
    this.#own = own;
    this.#ownOrigin = own.now() - own.monotonic();
  }

  /** How far the shared time is ahead of this machine's. */
  get offsetMs(): number {
    return this.now() - this.#own.now();
  }

  now(): number {
    const own = this.#own.now();
    const passed = this.#own.monotonic();
    const byMs = own - passed - this.#ownOrigin;
    if (Math.abs(byMs) > STEP_MS) {
      this.#ownOrigin += byMs;
      this.#stepped?.(Math.round(byMs));
    }
    return this.#origin === undefined ? own : Math.round(this.#origin + passed);
  }

  monotonic(): number {
    return this.#own.monotonic();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#own.sleep(ms, signal);
  }

  deadline(ms: number): AbortSignal {
    return this.#own.deadline(ms);
  }

  /** Is told, by whoever next asks for the time, that this machine's clock was set, and by how much. */
  onStep(stepped: (byMs: number) => void): void {
    this.#stepped = stepped;
  }

  /** Measures how far the shared time is; without effect where every answer took too long. */
  async measure(ask: AskTime): Promise<void> {
    let shortest = LONGEST_ANSWER_MS;
    for (let asked = 0; asked < ASKED; asked += 1) {
      const before = this.#own.monotonic();
      const told = await ask();
      const after = this.#own.monotonic();
      if (told === undefined) break;
      if (after - before > shortest) continue;
      shortest = after - before;
      this.#origin = told - (before + after) / 2;
    }
    // What has gathered little by little is no step.
    if (Math.abs(this.#own.now() - this.#own.monotonic() - this.#ownOrigin) <= STEP_MS) this.#ownOrigin = this.#own.now() - this.#own.monotonic();
  }
}

/**
 * Measures each minute until `signal` aborts, and at once after this machine's clock was set or the machine has slept; a
 * measurement that fails is made up for by the next.
 */
export async function keepMeasuring(parts: { readonly clock: SharedClock; readonly ask: AskTime; readonly log: Log }, signal: AbortSignal): Promise<void> {
  const { clock, ask, log } = parts;
  let wake = new AbortController();
  clock.onStep((byMs) => {
    log.warn('clock.stepped', { byMs, note: "this machine's clock was set, or the machine has slept" });
    wake.abort();
  });
  while (!signal.aborted) {
    // Rejects where there is a reason not to wait.
    await clock.sleep(EVERY_MS, AbortSignal.any([signal, wake.signal])).catch(() => undefined);
    if (signal.aborted) return;
    wake = new AbortController();
    try {
      await clock.measure(ask);
      const { offsetMs } = clock;
      if (Math.abs(offsetMs) > OFFSET_TOLERANCE_MS) log.warn('clock.offset', { offsetMs, note: 'let this machine set its clock by NTP' });
    } catch (error) {
      log.warn('clock.not_measured', { error: messageOf(error) });
    }
  }
}
