import type { AnswerHeaders, LimitGroup, PlatformLimit } from '../domain/platform-limits.ts';
import { headerOf as rawHeaderOf } from '../runtime/raw-headers.ts';

/** What an answer says about the limit that its request counted against. */
export interface StatedLimit extends PlatformLimit {
  /** Nothing: the group is none of those that have a limit per Grant. */
  readonly group: LimitGroup | undefined;
  readonly remaining: number;
}

const GROUPS: Readonly<Record<string, LimitGroup>> = { light: 'light', medium: 'medium', heavy: 'heavy' };

/**
 * Reads the limit out of an answer.
 *
 * @returns nothing where it states none
 * @see RingCentral "Rate limits": X-Rate-Limit-Group, -Limit, -Remaining, -Window (seconds)
 */
export function statedLimit(headers: AnswerHeaders): StatedLimit | undefined {
  const group = headerOf(headers, 'x-rate-limit-group');
  if (group === undefined) return undefined;
  const limit = whole(headerOf(headers, 'x-rate-limit-limit'));
  const seconds = whole(headerOf(headers, 'x-rate-limit-window'));
  if (!limit || !seconds) return undefined;
  const remaining = whole(headerOf(headers, 'x-rate-limit-remaining')) ?? limit;
  return { group: GROUPS[group.toLowerCase()], limit, remaining: Math.min(remaining, limit), windowMs: seconds * 1_000 };
}

/** A header of an answer. */
export function headerOf(headers: AnswerHeaders, name: string): string | undefined {
  if (isRaw(headers)) return rawHeaderOf(headers, name);
  const value = isReader(headers) ? headers.get(name) : headers[name];
  return typeof value === 'string' ? value : (value?.[0] ?? undefined);
}

function isRaw(headers: AnswerHeaders): headers is readonly string[] {
  return Array.isArray(headers);
}

// A header may be called `get` too; then it is text.
function isReader(headers: Exclude<AnswerHeaders, readonly string[]>): headers is { get(name: string): string | null | undefined } {
  return typeof headers.get === 'function';
}

function whole(text: string | undefined): number | undefined {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isInteger(value) && value >= 0 && value < 1_000_000 ? value : undefined;
}
