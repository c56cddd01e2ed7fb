import { type Answer, type Answering, answerOf, mapAnswer, withHeaders } from './wire/answer.ts';
import { restRefusal } from './wire/rest-refusal.ts';

/** The platform's usage-plan groups. */
export type LimitGroup = 'Light' | 'Medium' | 'Heavy' | 'Auth';

// RingCentral "Rate limits": the defaults of an app, in any 60 s, with 60 s of penalty.
const LIMITS: Readonly<Record<LimitGroup, number>> = { Light: 50, Medium: 40, Heavy: 10, Auth: 5 };
const WINDOW_MS = 60_000;
const PENALTY_MS = 60_000;

interface Bucket {
  /** When each request of the last window came. */
  readonly takenAt: number[];
  penaltyEndsAt: number;
}

/** What the limits are reckoned with. */
export interface RateLimitsParts {
  readonly now: () => number;
  /** What the platform's figures are multiplied with; 0 is no limit. */
  readonly scale: () => number;
}

/** How often each caller has called of late. */
export class RateLimits {
  readonly #parts: RateLimitsParts;
  readonly #buckets = new Map<string, Bucket>();

  constructor(parts: RateLimitsParts) {
    this.#parts = parts;
  }

  /**
   * Answers with what `work` answers, unless the limit is reached. A request that meets the limit, or comes during the
   * penalty, starts the penalty anew.
   *
   * @param caller  who shares the limit: a user with an app, or for `Auth` the whole app (community notice 11639)
   */
  throttle(group: LimitGroup, caller: string, work: () => Answering): Answering {
    const { now, scale } = this.#parts;
    if (scale() === 0) return answerOf(work);
    const limit = Math.max(1, Math.floor(LIMITS[group] * scale()));
    const remaining = this.#take(this.#bucket(`${group} ${caller}`), limit, now());
    const headers = {
      'x-rate-limit-group': group.toLowerCase(),
      'x-rate-limit-limit': String(limit),
      'x-rate-limit-remaining': String(remaining ?? 0),
      'x-rate-limit-window': String(WINDOW_MS / 1_000),
    };
    return mapAnswer(remaining === undefined ? rateExceeded() : answerOf(work), (answer) => withHeaders(answer, headers));
  }

  /** Forgets who has called and who is in penalty. */
  reset(): void {
    this.#buckets.clear();
  }

  #bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name) ?? { takenAt: [], penaltyEndsAt: 0 };
    this.#buckets.set(name, bucket);
    return bucket;
  }

  /** @returns how many are left, or nothing where the request is refused */
  #take(bucket: Bucket, limit: number, now: number): number | undefined {
    const { takenAt } = bucket;
    while (takenAt[0] !== undefined && takenAt[0] <= now - WINDOW_MS) takenAt.shift();
    if (now < bucket.penaltyEndsAt || takenAt.length >= limit) {
      bucket.penaltyEndsAt = now + PENALTY_MS;
      return undefined;
    }
    takenAt.push(now);
    return limit - takenAt.length;
  }
}

/** 429: too much of something. */
export function rateExceeded(): Answer {
  return restRefusal(429, 'CMN-301', 'Request rate exceeded', { headers: { 'retry-after': String(PENALTY_MS / 1_000) } }).answer;
}
