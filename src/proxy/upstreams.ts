import type { UpstreamOptions } from './upstream/options.ts';
import { createUpstream, type Upstream, type UpstreamState } from './upstream/upstream.ts';

/** What all upstreams are busy with, together. */
export interface UpstreamTotals {
  readonly sockets: { readonly idle: number; readonly busy: number; readonly connecting: number };
  /** Requests without a socket. */
  readonly waiting: number;
  /** How many upstreams have their circuit breaker in which state. */
  readonly breakers: Readonly<Record<UpstreamState['breaker'], number>>;
}

// Three for each App, and few Apps have origins of their own.
const MOST_ORIGINS = 1_000;

/** The ways to all origins: each has sockets, a queue and a circuit breaker of its own. */
export class Upstreams {
  readonly #options: UpstreamOptions;
  readonly #upstreams = new Map<string, Upstream>();

  constructor(options: UpstreamOptions) {
    this.#options = options;
  }

  /** @param origin  of an App: no request decides about it */
  to(origin: string): Upstream {
    const known = this.#upstreams.get(origin);
    if (known) return known;
    this.#makeRoom();
    const made = createUpstream(origin, this.#options);
    this.#upstreams.set(origin, made);
    return made;
  }

  totals(): UpstreamTotals {
    const sockets = { idle: 0, busy: 0, connecting: 0 };
    const breakers = { closed: 0, open: 0, 'half-open': 0 };
    let waiting = 0;
    for (const upstream of this.#upstreams.values()) {
      const state = upstream.state();
      sockets.idle += state.idle;
      sockets.busy += state.open - state.idle;
      sockets.connecting += state.connecting;
      waiting += state.waiting;
      breakers[state.breaker] += 1;
    }
    return { sockets, waiting, breakers };
  }

  /** Resolves when no request is under way any more. */
  async close(): Promise<void> {
    await Promise.all([...this.#upstreams.values()].map((upstream) => upstream.close()));
  }

  // An App that was changed may have left one behind.
  #makeRoom(): void {
    if (this.#upstreams.size < MOST_ORIGINS) return;
    for (const [origin, upstream] of this.#upstreams) {
      const { open, idle, connecting, waiting } = upstream.state();
      if (open > idle || connecting + waiting > 0) continue;
      this.#upstreams.delete(origin);
      void upstream.close();
      return;
    }
  }
}
