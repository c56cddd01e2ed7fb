import type { LimitGroup } from './platform-limits.ts';

const GROUPS: Readonly<Record<string, LimitGroup>> = { Light: 'light', Medium: 'medium', Heavy: 'heavy' };

/**
 * The limit that an operation counts against.
 *
 * @param group  as RingCentral's OpenAPI file has it; Auth has a budget of its own, and NoThrottling no limit
 */
export function limitGroupOf(group: string | undefined): LimitGroup | undefined {
  return group === undefined ? undefined : GROUPS[group];
}
