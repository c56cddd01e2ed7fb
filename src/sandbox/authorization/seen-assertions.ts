/**
 * Client assertions that have been used, as long as they could be used again.
 *
 * They end with the process, as the faults do: what is asserted lives for minutes.
 *
 * @see RFC 7523 §3, point 7
 */
export class SeenAssertions {
  readonly #now: () => number;
  readonly #expiries = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns whether it is the first time */
  take(clientId: string, jti: string, expiresAt: number): boolean {
    for (const [seen, expiry] of this.#expiries) if (expiry <= this.#now()) this.#expiries.delete(seen);
    const name = JSON.stringify([clientId, jti]);
    if (this.#expiries.has(name)) return false;
    this.#expiries.set(name, expiresAt);
    return true;
  }

  reset(): void {
    this.#expiries.clear();
  }
}
