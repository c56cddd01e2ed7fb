import type { Clock } from '../../runtime/clock.ts';
import type { LimitGroup } from '../rate-limits.ts';

// RingCentral "Rate limits": the defaults of an app in any 60 s. A second more, because clocks and networks differ.
const PER_WINDOW: Readonly<Record<LimitGroup, number>> = { Light: 50, Medium: 40, Heavy: 10, Auth: 5 };
const WINDOW_MS = 61_000;

/** Keeps requests within the platform's limits: a 429 would say nothing, and its penalty would spoil what follows. */
export class Pacer {
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  readonly #sentAt = new Map<LimitGroup, number[]>();

  constructor(clock: Pick<Clock, 'now' | 'sleep'>) {
    this.#clock = clock;
  }

  /** Waits until so many requests of the group may follow one another without a pause. */
  async makeRoom(group: LimitGroup, requests: number): Promise<void> {
    const sent = this.#sentAt.get(group) ?? [];
    const oldest = sent.at(-(PER_WINDOW[group] - Math.min(requests, PER_WINDOW[group]) + 1));
    const waitMs = oldest === undefined ? 0 : oldest + WINDOW_MS - this.#clock.now();
    if (waitMs > 0) await this.#clock.sleep(waitMs);
  }

  /** Counts a request that is about to be sent, as soon as it may be. */
  async take(group: LimitGroup): Promise<void> {
    await this.makeRoom(group, 1);
    const sent = this.#sentAt.get(group) ?? [];
    this.#sentAt.set(group, [...sent.slice(1 - PER_WINDOW[group]), this.#clock.now()]);
  }
}

/** How long so many token requests take, those of one entry without a pause between them. */
export function pacedMs(tokenRequests: readonly number[]): number {
  let now = 0;
  const sentAt: number[] = [];
  for (const requests of tokenRequests) {
    const oldest = sentAt.at(-(PER_WINDOW.Auth - requests + 1));
    if (requests > 0 && oldest !== undefined) now = Math.max(now, oldest + WINDOW_MS);
    for (let sent = 0; sent < requests; sent += 1) sentAt.push(now);
  }
  return now;
}
