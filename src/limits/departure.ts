import type { AnswerHeaders, Permit } from '../domain/platform-limits.ts';
import type { Bucket, Counted } from './bucket.ts';
import type { ClientUse } from './client-use.ts';

/** What becomes of a request that left. */
export interface Arrivals {
  answered(departure: Departure, headers: AnswerHeaders, status: number): void;
  lost(departure: Departure): void;
  unused(departure: Departure): void;
}

/** A request with its permit; one object, because every request makes one. */
export class Departure implements Permit, Counted {
  readonly bucket: Bucket;
  readonly use: ClientUse;
  readonly shared: boolean;
  readonly answeredBefore: number;
  readonly sentAt: number;
  readonly #arrivals: Arrivals;
  #over = false;

  constructor(arrivals: Arrivals, bucket: Bucket, use: ClientUse, shared: boolean, now: number) {
    this.#arrivals = arrivals;
    this.bucket = bucket;
    this.use = use;
    this.shared = shared;
    this.answeredBefore = bucket.answeredTotal;
    this.sentAt = now;
  }

  answered(headers: AnswerHeaders, status: number): void {
    if (this.#end()) this.#arrivals.answered(this, headers, status);
  }

  lost(): void {
    if (this.#end()) this.#arrivals.lost(this);
  }

  unused(): void {
    if (this.#end()) this.#arrivals.unused(this);
  }

  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    return true;
  }
}
