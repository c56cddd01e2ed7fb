import type { Waiter } from './waiter.ts';

// A Client that has not called for so many windows is no longer kept a place.
const REMEMBERED_WINDOWS = 10;

/** What one Client has of one limit. */
export class ClientUse {
  readonly client: string;
  /** Its requests that count now, those under way included. */
  used = 0;
  /** Its requests that wait, the longest waiting first. */
  readonly waiting: Waiter[] = [];
  #asked = 0;
  #askedBefore = 0;
  #windowAt: number;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Since when it has called without a long pause. */
  #cameAt: number;

  constructor(client: string, now: number) {
    this.client = client;
    this.#windowAt = now;
    this.#cameAt = now;
  }

  /** It has asked once more, whatever becomes of it. */
  ask(now: number, windowMs: number): void {
    if (now - this.#askedAt >= 2 * windowMs) this.#cameAt = now;
    this.#turn(now, windowMs);
    this.#asked += 1;
    this.#askedAt = now;
  }

  /** Whether it has called in this window or the one before. */
  isActive(now: number, windowMs: number): boolean {
    return this.used > 0 || now - this.#askedAt < 2 * windowMs;
  }

  /** Whether there is nothing to remember of it. */
  isForgotten(now: number, windowMs: number): boolean {
    return this.used === 0 && this.waiting.length === 0 && now - this.#askedAt >= REMEMBERED_WINDOWS * windowMs;
  }

  /**
   * How many more it is likely to want, up to its share, less what it has: of one that has just come all of it, then one
   * more than it wanted in this window or the one before. So a Client that calls rarely keeps little from the others, and finds room
   * all the same.
   */
  reserved(share: number, now: number, windowMs: number): number {
    this.#turn(now, windowMs);
    if (now - this.#cameAt < windowMs && this.#askedAt >= this.#cameAt) return Math.max(0, share - this.used);
    return Math.max(0, Math.min(share, Math.max(this.#asked, this.#askedBefore) + 1) - this.used);
  }

  #turn(now: number, windowMs: number): void {
    const passed = now - this.#windowAt;
    if (passed < windowMs) return;
    this.#askedBefore = passed < 2 * windowMs ? this.#asked : 0;
    this.#asked = 0;
    this.#windowAt = now;
  }
}
