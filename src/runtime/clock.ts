import { setTimeout as delay } from 'node:timers/promises';

/** The only source of time; a test moves one by hand. */
export interface Clock {
  /** Epoch milliseconds, UTC. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A signal that aborts after `ms`. */
  deadline(ms: number): AbortSignal;
}

/** A clock that also measures spans, whatever is done to the time of day. */
export interface SteadyClock extends Clock {
  /** Milliseconds since some instant in the past. It never goes back and never jumps; it stands still while the machine sleeps. */
  monotonic(): number;
}

/** The machine's clock. */
export const systemClock: SteadyClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal && { signal });
  },
  deadline: (ms) => AbortSignal.timeout(ms),
};
