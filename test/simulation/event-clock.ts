import type { SteadyClock } from '../../src/runtime/clock.ts';

interface Sleeper {
  readonly until: number;
  over: boolean;
  wake(): void;
}

/** A clock that jumps to whoever sleeps the shortest, so that weeks pass in the time that their work takes. */
export class EventClock implements SteadyClock {
  readonly #origin: number;
  #passed = 0;
  /** A heap: nobody wakes before the first. */
  readonly #sleepers: Sleeper[] = [];

  constructor(now = Date.parse('2026-11-21T12:00:00Z')) {
    this.#origin = now;
  }

  now(): number {
    return this.#origin + this.#passed;
  }

  monotonic(): number {
    return this.#passed;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const leave = () => {
        sleeper.over = true;
        reject(signal?.reason as Error);
      };
      const sleeper = this.#add(ms, () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      });
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  deadline(ms: number): AbortSignal {
    const controller = new AbortController();
    this.#add(ms, () => controller.abort(new DOMException('the time is over', 'TimeoutError')));
    return controller.signal;
  }

  /** Goes on to the next who sleeps, and wakes all whose time that is; `latest` at most. */
  goOn(latest: number): void {
    const next = Math.min(this.#first()?.until ?? Number.POSITIVE_INFINITY, latest - this.#origin);
    this.#passed = Math.max(this.#passed, next);
    for (let first = this.#first(); first && first.until <= this.#passed; first = this.#first()) {
      this.#removeFirst();
      first.wake();
    }
  }

  #add(ms: number, wake: () => void): Sleeper {
    // Whole milliseconds, as the system's timers have them.
    const sleeper = { until: this.#passed + Math.max(1, Math.ceil(ms)), over: false, wake };
    const heap = this.#sleepers;
    let place = heap.push(sleeper) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (!above || above.until <= sleeper.until) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = sleeper;
    return sleeper;
  }

  #first(): Sleeper | undefined {
    while (this.#sleepers[0]?.over) this.#removeFirst();
    return this.#sleepers[0];
  }

  #removeFirst(): void {
    const heap = this.#sleepers;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const child = (heap[left + 1]?.until ?? Number.POSITIVE_INFINITY) < (heap[left]?.until ?? Number.POSITIVE_INFINITY) ? left + 1 : left;
      const below = heap[child];
      if (!below || below.until >= last.until) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
  }
}
