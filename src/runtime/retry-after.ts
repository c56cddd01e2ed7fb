// RingCentral: without a Retry-After header, wait 30 s ("Rate limits").
const DEFAULT_MS = 30_000;

/**
 * How long an answer asks us to wait, in milliseconds; 30 000 where it does not say.
 *
 * Nobody else reads this header, so that seconds never meet a timer.
 *
 * @param now  epoch milliseconds, for the form that gives a date
 * @see RFC 9110 §10.2.3
 */
export function retryAfterMs(headers: Headers, now: number): number {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? DEFAULT_MS : Math.max(0, date - now);
}
