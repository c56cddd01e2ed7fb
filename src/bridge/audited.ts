import type { AuditTrail } from '../domain/audit.ts';
import { GatewayError } from '../domain/errors.ts';
import type { PerMinute } from './per-minute.ts';
import { BridgeRefused, rateExceeded } from './refusal.ts';
import { RingCxBridgeRefused, tooManyRequests } from './ring-cx-refusal.ts';

/** Who hears of refusals. */
export interface AuditedParts {
  readonly trail: Pick<AuditTrail, 'refused'>;
  /** Those that are told as they are. */
  readonly refusals: Pick<PerMinute, 'take'>;
}

/** A request of a program, as the trail names it. */
export interface Audited {
  /** Where it comes from. */
  readonly address: string;
  readonly requestId: string;
  /** What it is for. */
  readonly action: string;
}

/**
 * Does what a program asks for. A refusal leaves a line in the trail; of very many from one address the program is told to wait.
 * Whoever shows something good there is let in all the same: an SDK that is told to wait forgets its session.
 *
 * @throws BridgeRefused, RingCxBridgeRefused  429
 * @throws what `work` throws
 */
export async function audited<Result>({ trail, refusals }: AuditedParts, asked: Audited, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    await trail.refused({ ...asked, who: 'unknown', object: 'bridge', result: resultOf(error) });
    if (!(error instanceof BridgeRefused || error instanceof RingCxBridgeRefused)) throw error;
    const retryAfterMs = refusals.take(asked.address);
    if (retryAfterMs === undefined) throw error;
    throw error instanceof BridgeRefused ? rateExceeded(retryAfterMs) : tooManyRequests(retryAfterMs);
  }
}

// Our own code where there is one: it says more than the platform's.
function resultOf(error: unknown): string {
  if (error instanceof BridgeRefused || error instanceof RingCxBridgeRefused) return error.details.code ?? error.errorCode;
  return error instanceof GatewayError ? error.code : 'internal';
}
