/** What an answer says about the limit that it counts against. */
export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  readonly windowMs: number;
}

/**
 * Reads the limit of token requests out of an answer of the token endpoint.
 *
 * @returns nothing where it states none, or one of another group
 * @see RingCentral "Rate limits": X-Rate-Limit-Group, -Limit, -Remaining, -Window (seconds)
 */
export function rateLimitIn(headers: Headers): RateLimit | undefined {
  const group = headers.get('x-rate-limit-group');
  if (group?.toLowerCase() !== 'auth') return undefined;
  const [limit, remaining, seconds] = ['limit', 'remaining', 'window'].map((name) => whole(headers.get(`x-rate-limit-${name}`)));
  if (limit === undefined || limit === 0 || seconds === undefined || seconds === 0) return undefined;
  return { limit, remaining: Math.min(remaining ?? limit, limit), windowMs: seconds * 1_000 };
}

function whole(text: string | null): number | undefined {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
