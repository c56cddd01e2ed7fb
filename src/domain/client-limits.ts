/** What one Client may take of a node; what is not given has its default (docs/limits.md). */
export interface ClientLimits {
  /** On average; 0 or absent: no limit. */
  readonly requestsPerSecond?: number;
  /** How many may come at once before the average counts; absent: those of two seconds, at least one. */
  readonly burst?: number;
  /** Requests under way at once. */
  readonly concurrency?: number;
  /** Of one request's body. */
  readonly bodyBytes?: number;
  /** Of one request's header lines together. */
  readonly headerBytes?: number;
  /** From a request's first byte to the last of its answer. */
  readonly durationSeconds?: number;
  /** Without a byte in either direction. */
  readonly idleSeconds?: number;
}

/** The limits in force for a Client; spans in milliseconds. */
export interface EffectiveLimits {
  /** 0: no limit. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly concurrency: number;
  readonly bodyBytes: number;
  readonly headerBytes: number;
  readonly durationMs: number;
  readonly idleMs: number;
}

const MIB = 1024 * 1024;

/** The limits of a Client for which none are given. The largest body that the platform takes is a fax of 50 MB. */
export const DEFAULT_CLIENT_LIMITS: EffectiveLimits = {
  requestsPerSecond: 0,
  burst: 0,
  concurrency: 1_000,
  bodyBytes: 100 * MIB,
  headerBytes: 64 * 1024,
  durationMs: 15 * 60_000,
  idleMs: 60_000,
};

/** What of the limits is not given has its default. */
export function effectiveLimits(given: ClientLimits | undefined): EffectiveLimits {
  if (!given) return DEFAULT_CLIENT_LIMITS;
  const { requestsPerSecond = 0, burst, concurrency, bodyBytes, headerBytes, durationSeconds, idleSeconds } = given;
  return {
    requestsPerSecond,
    burst: burst ?? Math.max(1, Math.ceil(2 * requestsPerSecond)),
    concurrency: concurrency ?? DEFAULT_CLIENT_LIMITS.concurrency,
    bodyBytes: bodyBytes ?? DEFAULT_CLIENT_LIMITS.bodyBytes,
    headerBytes: headerBytes ?? DEFAULT_CLIENT_LIMITS.headerBytes,
    durationMs: durationSeconds === undefined ? DEFAULT_CLIENT_LIMITS.durationMs : durationSeconds * 1_000,
    idleMs: idleSeconds === undefined ? DEFAULT_CLIENT_LIMITS.idleMs : idleSeconds * 1_000,
  };
}
