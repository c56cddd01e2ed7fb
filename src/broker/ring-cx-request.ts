import { GatewayError, PlatformBusy, PlatformUnreachable } from '../domain/errors.ts';
import type { RingCxPair, RingCxRequestKind } from '../domain/ring-cx-grant.ts';
import { processRingCxAnswer, type RingCxAnswer, RingCxTokenRefused } from '../oauth/ringcx-answer.ts';
import type { Wire } from '../oauth/token-request.ts';
import type { RingCxParts } from './ring-cx-parts.ts';

// Callers wait ten seconds at most, and an unclear answer is asked for once more.
const TIMEOUT_MS = 8_000;
const ATTEMPTS = 2;
// The penalty is counted by RingCX's clock, from its answer on.
const PENALTY_MARGIN_MS = 1_000;
// Five exchanges a minute are answered, one in twelve seconds: whoever waits is spread over that time, so that a penalty
// is not followed by all at once.
const SPREAD_MS = 12_000;

/** What is asked of RingCX, for whom and where. */
interface Asked {
  readonly connection: string;
  readonly app: string;
  readonly origin: string;
  readonly request: RingCxRequestKind;
}

/**
 * Asks RingCX, once more after an unclear answer; never inside a penalty, whichever node earned it.
 *
 * @throws RingCxTokenRefused, PlatformBusy, PlatformUnreachable, PlatformAnswerUnusable
 */
export async function askRingCx(parts: RingCxParts, asked: Asked, send: (wire: Wire) => Promise<RingCxAnswer>): Promise<RingCxPair> {
  const { store, clock, fetch } = parts;
  const { connection, app, origin, request } = asked;
  const penaltyUntil = await store.findRingCxPenalty({ app, origin, request });
  if (penaltyUntil > clock.now()) throw spread(parts, penaltyUntil);
  const issuedAt = clock.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await send({ fetch, signal: clock.deadline(TIMEOUT_MS) });
      return processRingCxAnswer(answer, origin, issuedAt, clock.now());
    } catch (cause) {
      if (cause instanceof PlatformUnreachable && attempt < ATTEMPTS) continue;
      parts.log.warn('ringcx_request.failed', { connection, app, request, ...describeFailure(cause) });
      if (!(cause instanceof PlatformBusy)) throw cause;
      const until = clock.now() + (cause.retryAfterMs ?? 0) + PENALTY_MARGIN_MS;
      await store.noteRingCxPenalty({ app, origin, request, until });
      throw spread(parts, until);
    }
  }
}

function spread({ clock, random }: RingCxParts, until: number): PlatformBusy {
  return new PlatformBusy('RingCX', until - clock.now() + random.integer(0, SPREAD_MS));
}

// The cause of a failed request may hold what was sent; its code is enough, or the status.
function describeFailure(fault: unknown): Readonly<Record<string, unknown>> {
  if (fault instanceof RingCxTokenRefused) return { code: fault.code, status: fault.platformStatus, platformCode: fault.platformCode };
  return fault instanceof GatewayError ? { code: fault.code, message: fault.message } : { code: 'internal' };
}
