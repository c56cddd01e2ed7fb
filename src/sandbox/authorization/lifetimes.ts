import type { Rules } from '../profile.ts';
import type { Settings } from '../settings.ts';
import type { Form } from '../wire/form.ts';

// RingCentral "Access token": 600 to 3600 s; more is cut to the longest, less is raised to the shortest.
const ACCESS_SHORTEST_SECONDS = 600;
const ACCESS_LONGEST_SECONDS = 3_600;
// The default of a refresh token is also its maximum ("larger than the app's default is cut to it").
const REFRESH_LONGEST_SECONDS = 604_800;

/** How long the tokens of one answer live. */
export interface Lifetimes {
  readonly accessMs: number;
  /** Absent where no refresh token is wanted. */
  readonly refreshMs?: number;
}

/**
 * The lifetimes that a token request asks for, within the platform's bounds or as the controls have set them.
 *
 * SDKs ask for odd ones, `access_token_ttl=-1` after a 401 for example: those get the shortest.
 *
 * @see RingCentral "Authentication", `access_token_ttl` and `refresh_token_ttl`; -1 or 0 of the latter: none (community)
 */
export function lifetimesOf(form: Form, settings: Settings, rules: Pick<Rules, 'noRefreshTtl'>): Lifetimes {
  const accessSeconds = settings.accessSeconds ?? accessTtl(form.get('access_token_ttl'));
  const asked = refreshTtl(form.get('refresh_token_ttl'), rules);
  const refreshMs = (settings.refreshSeconds ?? asked) * 1_000;
  return { accessMs: accessSeconds * 1_000, ...(asked > 0 && { refreshMs }) };
}

function accessTtl(text: string | undefined): number {
  if (text === undefined) return ACCESS_LONGEST_SECONDS;
  const seconds = Math.floor(Number(text));
  return seconds > ACCESS_SHORTEST_SECONDS ? Math.min(seconds, ACCESS_LONGEST_SECONDS) : ACCESS_SHORTEST_SECONDS;
}

function refreshTtl(text: string | undefined, { noRefreshTtl }: Pick<Rules, 'noRefreshTtl'>): number {
  const seconds = Math.floor(Number(text));
  return Number.isNaN(seconds) || (seconds <= 0 && noRefreshTtl === 'default') ? REFRESH_LONGEST_SECONDS : Math.min(seconds, REFRESH_LONGEST_SECONDS);
}
