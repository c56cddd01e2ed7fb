import type { SandboxData } from './directory.ts';
import type { Fault } from './faults.ts';
import type { Latency } from './latencies.ts';
import { type Profile, type Rules, rulesOf } from './profile.ts';
import { AS_THE_PLATFORM, type Settings } from './settings.ts';

/** A JWT credential that is there from the start. */
export interface FirstCredential {
  readonly name: string;
  readonly username: string;
  readonly extension?: string;
  readonly clientIds?: readonly string[];
  readonly expiresInSeconds?: number;
}

/** How a platform stands on its first day, and after every reset. */
export interface FirstDay {
  readonly data: SandboxData;
  readonly settings: Settings;
  readonly rules: Rules;
  readonly faults: readonly Fault[];
  readonly latencies: readonly Latency[];
  readonly jwtCredentials: readonly FirstCredential[];
}

/** The first day of a platform that knows `data`, and has nothing unusual. */
export function usualFirstDay(data: SandboxData, profile: Profile): FirstDay {
  return { data, settings: AS_THE_PLATFORM, rules: rulesOf(profile), faults: [], latencies: [], jwtCredentials: [] };
}
