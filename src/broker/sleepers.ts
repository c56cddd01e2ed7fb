import type { Clock } from '../runtime/clock.ts';

/** What somebody hears of one Connection. */
export interface Attention {
  /** Resolves when something has become of it since the last wait, or after `ms`. */
  wait(ms: number): Promise<void>;
  end(): void;
}

/** Those in this process who wait for something to become of a Connection. */
export class Sleepers {
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #hearers = new Map<string, Set<() => void>>();

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
  }

  /** Attends to a Connection until `end`: what is heard from now on ends a wait, also where it comes before that. */
  attend(connection: string): Attention {
    let heard = false;
    let wake = (): void => undefined;
    const hear = () => {
      heard = true;
      wake();
    };
    const others = this.#hearers.get(connection) ?? new Set();
    this.#hearers.set(connection, others.add(hear));
    return {
      wait: async (ms) => {
        const enough = new AbortController();
        const word = new Promise<void>((resolve) => {
          wake = resolve;
          if (heard) resolve();
        });
        await Promise.race([word, this.#clock.sleep(ms, enough.signal).catch(() => undefined)]);
        enough.abort();
        heard = false;
      },
      end: () => {
        others.delete(hear);
        if (others.size === 0 && this.#hearers.get(connection) === others) this.#hearers.delete(connection);
      },
    };
  }

  /** Something has become of a Connection. */
  wake(connection: string): void {
    for (const hear of this.#hearers.get(connection) ?? []) hear();
  }

  /** Something may have become of any. */
  wakeAll(): void {
    for (const hearers of this.#hearers.values()) for (const hear of hearers) hear();
  }
}
