import type { Client } from '../domain/client.ts';
import { type EffectiveLimits, effectiveLimits } from '../domain/client-limits.ts';
import { ClientBusy } from '../domain/errors.ts';
import type { ClientOutlook } from '../domain/limit-outlook.ts';
import type { SteadyClock } from '../runtime/clock.ts';

// One that is forgotten begins anew with its burst; those with requests under way are all kept.
const CLIENTS = 10_000;
// So many of those that are known longest are looked at for one to forget.
const LOOKED_AT = 100;
// How long requests under way take is not known.
const PLACE_MS = 1_000;

/** A request that a Client may make; it takes up one of its places until it ends. */
export interface Pass {
  readonly limits: EffectiveLimits;
  /** The request is over, well or not. What is called again has no effect. */
  leave(): void;
}

class Place implements Pass {
  readonly limits: EffectiveLimits;
  #tally: Tally | undefined;

  constructor(limits: EffectiveLimits, tally: Tally) {
    this.limits = limits;
    this.#tally = tally;
    tally.underWay += 1;
  }

  leave(): void {
    if (this.#tally) this.#tally.underWay -= 1;
    this.#tally = undefined;
  }
}

interface Tally {
  underWay: number;
  tokens: number;
  at: number;
}

/** Holds Clients to their rates and to their number of requests at once; each node counts for itself. */
export class ClientGate {
  readonly #clock: SteadyClock;
  readonly #tallies = new Map<string, Tally>();
  /** By what is given, so that nothing is reckoned twice: a Client stays the same object until it changes. */
  readonly #limits = new WeakMap<object, EffectiveLimits>();

  constructor(parts: { readonly clock: SteadyClock }) {
    this.#clock = parts.clock;
  }

  /** @throws ClientBusy */
  enter({ name, limits: given }: Pick<Client, 'name' | 'limits'>): Pass {
    const limits = this.#limitsOf(given);
    const now = this.#clock.monotonic();
    const tally = this.#tallies.get(name) ?? this.#begin(name, limits, now);
    const refusal = refusalOf(tally, name, limits, now);
    if (refusal) throw refusal;
    return new Place(limits, tally);
  }

  /** What a request would meet, were it made now; nothing is counted. */
  outlook({ name, limits: given }: Pick<Client, 'name' | 'limits'>): ClientOutlook {
    const limits = this.#limitsOf(given);
    const tally = this.#tallies.get(name) ?? { underWay: 0, tokens: limits.burst, at: 0 };
    const refusal = refusalOf({ ...tally }, name, limits, this.#clock.monotonic());
    return { limits, underWay: tally.underWay, outcome: refusal ? 'refuses' : 'passes', ...(refusal && { says: refusal.message }) };
  }

  #begin(name: string, { burst }: EffectiveLimits, now: number): Tally {
    if (this.#tallies.size >= CLIENTS) this.#forget();
    const made = { underWay: 0, tokens: burst, at: now };
    this.#tallies.set(name, made);
    return made;
  }

  #forget(): void {
    let looked = 0;
    for (const [name, { underWay }] of this.#tallies) {
      looked += 1;
      if (underWay > 0 && looked < LOOKED_AT) continue;
      if (underWay === 0) this.#tallies.delete(name);
      return;
    }
  }

  #limitsOf(given: Client['limits']): EffectiveLimits {
    if (!given) return effectiveLimits(undefined);
    const known = this.#limits.get(given);
    if (known) return known;
    const made = effectiveLimits(given);
    this.#limits.set(given, made);
    return made;
  }
}

/** Takes one of the requests that the Client may make; nothing is taken where it may make none. */
function refusalOf(tally: Tally, name: string, limits: EffectiveLimits, now: number): ClientBusy | undefined {
  const { requestsPerSecond, burst, concurrency } = limits;
  if (tally.underWay >= concurrency) return new ClientBusy(name, `${concurrency} requests at once`, PLACE_MS);
  if (requestsPerSecond === 0) return undefined;
  tally.tokens = Math.min(burst, tally.tokens + ((now - tally.at) / 1_000) * requestsPerSecond);
  tally.at = now;
  // What adds up from parts is never quite whole.
  if (tally.tokens < 1 - 1e-9) return new ClientBusy(name, `${requestsPerSecond} requests per second`, ((1 - tally.tokens) / requestsPerSecond) * 1_000);
  tally.tokens -= 1;
  return undefined;
}
