import type { Log } from '../runtime/log.ts';

/** Something that is to happen at a time of the sandbox's clock. */
interface Appointment {
  readonly at: number;
  readonly run: () => void;
}

/**
 * What is to happen later, by the sandbox's clock: a fax is delivered, a subscription ends.
 *
 * Whatever is due has happened before a request is answered, so nobody sees the world behind its own clock. Nothing of it
 * outlives the process: whoever made an appointment makes it again from its restored documents.
 */
export class Agenda {
  readonly #now: () => number;
  readonly #log: Log;
  /** Soonest first; those of one instant in the order in which they were made. */
  #appointments: Appointment[] = [];
  #changed: () => void = () => {};

  constructor(now: () => number, log: Log) {
    this.#now = now;
    this.#log = log;
  }

  now(): number {
    return this.#now();
  }

  /** @param at  epoch milliseconds of the sandbox's clock */
  add(at: number, run: () => void): void {
    // From the end: most are later than all that wait.
    const before = this.#appointments.findLastIndex((other) => other.at <= at);
    this.#appointments.splice(before + 1, 0, { at, run });
    this.#changed();
  }

  /** Does what is due; what that adds is done too, if it is due itself. One that fails keeps no other from happening. */
  runDue(): void {
    for (let next = this.#appointments[0]; next && next.at <= this.#now(); next = this.#appointments[0]) {
      this.#appointments.shift();
      try {
        next.run();
      } catch (error) {
        this.#log.error('sandbox.appointment_failed', { cause: String(error) });
      }
    }
  }

  /** The clock has been moved: does what is due by it. */
  clockMoved(): void {
    this.runDue();
    this.#changed();
  }

  /** When the next thing is due; nothing where nothing is. */
  nextAt(): number | undefined {
    return this.#appointments[0]?.at;
  }

  /** @param changed  is called when the next thing may be due earlier than `nextAt` said */
  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  reset(): void {
    this.#appointments = [];
  }
}
