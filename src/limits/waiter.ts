import type { Permit } from '../domain/platform-limits.ts';

/** A request that is held back. */
export interface Waiter {
  /** By the monotonic clock. */
  readonly until: number;
  readonly grant: (permit: Permit) => void;
  readonly refuse: (reason: unknown) => void;
}
