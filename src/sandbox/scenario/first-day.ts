import type { FirstDay } from '../first-day.ts';
import { type Profile, rulesOf } from '../profile.ts';
import { AS_THE_PLATFORM } from '../settings.ts';
import { sandboxDataOf } from './data.ts';
import type { Scenario } from './schema.ts';

/** What a scenario is on its first day. @param profile  where it names none itself */
export function firstDayOf(scenario: Scenario, profile: Profile): FirstDay {
  const { clock, lifetimes, limits, faults = [], latencies = [], jwtCredentials = [] } = scenario;
  return {
    data: sandboxDataOf(scenario),
    settings: {
      ...AS_THE_PLATFORM,
      ...lifetimes,
      ...(clock && { clockOffsetMs: Math.round(clock.offsetSeconds * 1_000) }),
      ...(limits && { limitScale: limits.scale }),
    },
    rules: rulesOf(scenario.profile ?? profile, scenario.rules),
    faults,
    latencies,
    jwtCredentials,
  };
}
