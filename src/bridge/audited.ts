import type { AuditTrail } from '../domain/audit.ts';
import { GatewayError } from '../domain/errors.ts';
import { BridgeRefused } from './refusal.ts';
import { RingCxBridgeRefused } from './ring-cx-refusal.ts';

/** A request of a program, as the trail names it. */
export interface Audited {
  /** Where it comes from. */
  readonly address: string;
  readonly requestId: string;
  /** What it is for. */
  readonly action: string;
}

/** Does what a program asks for; a refusal leaves a line in the trail. @throws what `work` throws */
export async function audited<Result>(trail: Pick<AuditTrail, 'refused'>, asked: Audited, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    await trail.refused({ ...asked, who: 'unknown', object: 'bridge', result: resultOf(error) });
    throw error;
  }
}

// Our own code where there is one: it says more than the platform's.
function resultOf(error: unknown): string {
  if (error instanceof BridgeRefused || error instanceof RingCxBridgeRefused) return error.details.code ?? error.errorCode;
  return error instanceof GatewayError ? error.code : 'internal';
}
