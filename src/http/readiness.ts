import { GatewayError, StoreUnavailable } from '../domain/errors.ts';
import type { Store } from '../domain/store.ts';
import type { SteadyClock } from '../runtime/clock.ts';

// Whoever asks often, or in numbers, must not become a load: a failure is looked at again after a second, success less
// often, because each look is a write that the disk has to confirm.
const FAILED_KEEPS_MS = 1_000;
const GOOD_KEEPS_MS = 5_000;
// A load balancer gives up after some seconds, and a database that takes longer is of no use to callers either.
const LONGEST_MS = 2_000;

/** Why the gateway cannot do its work. */
export interface Unready {
  /** `draining`, or the code of an error. */
  readonly reason: string;
  /** A sentence for the operator; it may name the database's place. */
  readonly detail: string;
}

/** What readiness is handed. */
export interface ReadinessParts {
  readonly store: Pick<Store, 'probeWrite'>;
  readonly clock: SteadyClock;
}

/** Whether the gateway can do its work: its database takes writes, and it is not about to end. */
export class Readiness {
  readonly #parts: ReadinessParts;
  #draining = false;
  #known: { readonly unready: Unready | undefined; readonly until: number } | undefined;
  #look: Promise<Unready | undefined> | undefined;

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
  }

  /** Not ready from now on: this process is about to end. */
  drain(): void {
    this.#draining = true;
  }

  /** @returns nothing where it is ready; answers within some two seconds, whatever the database does */
  async check(): Promise<Unready | undefined> {
    if (this.#draining) return { reason: 'draining', detail: 'This gateway is about to end; ask another one.' };
    const { clock } = this.#parts;
    if (this.#known && clock.monotonic() < this.#known.until) return this.#known.unready;
    // One look at a time: a database that is slow is not asked by everybody.
    this.#look ??= this.#probe().finally(() => {
      this.#look = undefined;
    });
    return this.#inTime(this.#look);
  }

  async #probe(): Promise<Unready | undefined> {
    const { store, clock } = this.#parts;
    const unready = await store.probeWrite(clock.now()).then(() => undefined, described);
    this.#known = { unready, until: clock.monotonic() + (unready ? FAILED_KEEPS_MS : GOOD_KEEPS_MS) };
    return unready;
  }

  async #inTime(look: Promise<Unready | undefined>): Promise<Unready | undefined> {
    const enough = new AbortController();
    const late = this.#parts.clock.sleep(LONGEST_MS, enough.signal).then(
      () => described(new StoreUnavailable(`it has not taken a write within ${LONGEST_MS / 1_000} s; look for what holds it locked, or makes it slow`)),
      () => undefined,
    );
    try {
      return await Promise.race([look, late]);
    } finally {
      enough.abort();
    }
  }
}

function described(error: unknown): Unready {
  if (error instanceof GatewayError) return { reason: error.code, detail: error.message };
  return { reason: 'internal', detail: 'The database could not be asked; the log has the cause.' };
}
