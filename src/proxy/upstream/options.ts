import type { SteadyClock } from '../../runtime/clock.ts';
import type { BreakerOptions } from './breaker.ts';

/** How an upstream is reached. Spans in milliseconds. */
export interface UpstreamOptions {
  readonly clock: SteadyClock;
  /** Certificates, as PEM, that are trusted besides Node's own. */
  readonly trusted?: string;
  readonly limits?: Partial<UpstreamLimits>;
}

/** What an upstream may take up, and how long anything may take. */
export interface UpstreamLimits {
  /** Sockets open or being opened at once, those that were upgraded not counted. */
  readonly maxSockets: number;
  /** Requests that wait for a socket at once. */
  readonly maxWaiting: number;
  readonly waitMs: number;
  /** Name, TCP and TLS together. */
  readonly connectMs: number;
  /** From the last byte of the request that left to the first head. */
  readonly headMs: number;
  /** Between two packets of an answer's body, while somebody takes them. */
  readonly bodyIdleMs: number;
  /** How long the upstream may take nothing of a request's body. */
  readonly sendIdleMs: number;
  /** How long a 100 is waited for. */
  readonly continueMs: number;
  /** How long a socket is kept without a request. */
  readonly idleMs: number;
  /** How old a socket becomes at most, so that a changed address of the name is followed. */
  readonly maxAgeMs: number;
  readonly breaker: BreakerOptions;
}

export const DEFAULT_LIMITS: UpstreamLimits = {
  maxSockets: 512,
  maxWaiting: 1_024,
  waitMs: 10_000,
  connectMs: 5_000,
  // Reports and recordings take their time; the platform's own gateway gives up after a minute.
  headMs: 75_000,
  bodyIdleMs: 60_000,
  sendIdleMs: 60_000,
  // RFC 9110 §10.1.1: no client waits for it for ever, as old servers do not know it.
  continueMs: 1_000,
  // RingCentral closes idle connections after about a minute.
  idleMs: 20_000,
  maxAgeMs: 5 * 60_000,
  breaker: { failures: 10, coolMs: 1_000, maxCoolMs: 30_000 },
};
