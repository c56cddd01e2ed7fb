import { createHash } from 'node:crypto';

// A generation lives for an hour as a rule; of so many the last presentation is known.
const REMEMBERED = 20_000;

/**
 * How often each refresh token was presented by this process: once is right, twice is right only where the answer to the
 * first was unclear (docs/guarantees.md, G3).
 *
 * A refresh token is one generation of a Grant. What is remembered of it is a digest, in memory only.
 */
export class Presentations {
  readonly #times = new Map<string, number>();

  /** Notes that it was presented. @returns how often it was, this time included */
  add(refreshToken: string): number {
    const digest = createHash('sha256').update(refreshToken).digest('base64');
    const times = (this.#times.get(digest) ?? 0) + 1;
    // What was presented last stands last, and what was presented longest ago goes first.
    this.#times.delete(digest);
    this.#times.set(digest, times);
    const [oldest] = this.#times.keys();
    if (this.#times.size > REMEMBERED && oldest !== undefined) this.#times.delete(oldest);
    return times;
  }
}
