// RingCentral: without a Retry-After header, wait 30 s ("Rate limits").
const DEFAULT_MS = 30_000;
// RingCentral's penalties last a minute. Whoever asks for years, by a wrong clock for example, is asked again earlier.
const LONGEST_MS = 10 * 60_000;

/**
 * How long an answer asks us to wait, in milliseconds: 30 000 where it does not say, and ten minutes at most.
 *
 * Nobody else reads this header, so that seconds never meet a timer.
 *
 * @param now  epoch milliseconds, for the form that gives a date
 * @see RFC 9110 §10.2.3
 */
export function retryAfterMs(headers: Pick<Headers, 'get'>, now: number): number {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, LONGEST_MS);
  const date = Date.parse(text);
  return Number.isNaN(date) ? DEFAULT_MS : Math.min(Math.max(0, date - now), LONGEST_MS);
}
