import { AppNotFound } from '../domain/errors.ts';
import type { Grant } from '../domain/grant.ts';
import { OPEN_GATE, type PlatformGate } from '../domain/platform-limits.ts';
import { errorCodeOf, type PlatformAnswer, type PlatformRequest, sendPlatformRequest } from '../ringcentral/calls/request.ts';
import { ACCESS_TOKEN_DEAD } from '../ringcentral/facts/error-codes.ts';
import type { BrokerParts } from './parts.ts';
import type { Tokens } from './tokens.ts';

// Old clients wait 30 s for an answer at most, and a call may need a token first and one repeat.
const CALL_TIMEOUT_MS = 8_000;
// On whose behalf, to the limits: what old programs ask for is Trunkline's own.
const GATEWAY = '';

/** Sends a request of Trunkline's own on a Connection, with its token. */
export type Call = (connection: string, request: PlatformRequest) => Promise<PlatformAnswer>;

/**
 * How every job calls the platform: the token put in, and one repeat where the platform refused that token.
 *
 * After such a 401 the platform has done nothing, so even a request that places a call may be repeated (docs/guarantees.md,
 * G6). Any other failure is the caller's to judge, and nothing is sent twice because of it. A 401 that meets the
 * newest token has another cause and is returned as it came.
 *
 * It waits for room in the platform's limits, and sends nothing during a penalty.
 *
 * @throws GatewayError  see `Tokens.usableGrant`; PlatformBusy before anything left; PlatformUnreachable where no answer came
 */
export function createCall(parts: BrokerParts, tokens: Tokens, gate: PlatformGate = OPEN_GATE): Call {
  return async (connection, request) => {
    const grant = await tokens.usableGrant(connection);
    const answer = await send(parts, gate, grant, request);
    if (answer.status !== 401 || !ACCESS_TOKEN_DEAD.has(errorCodeOf(answer))) return answer;

    const newer = await tokens.newerGrant(grant);
    return newer ? send(parts, gate, newer, request) : answer;
  };
}

async function send(parts: BrokerParts, gate: PlatformGate, grant: Grant, request: PlatformRequest): Promise<PlatformAnswer> {
  const app = await parts.grants.findApp(grant.app);
  if (!app) throw new AppNotFound(grant.app);
  const permit = await gate.admit({ app: grant.app, connection: grant.connection, group: request.group, client: GATEWAY });
  try {
    // It may have waited for seconds: what was frozen meanwhile does not leave.
    await parts.freezes.requireConnection(grant.connection, grant.app);
  } catch (error) {
    permit.unused();
    throw error;
  }
  try {
    const answer = await sendPlatformRequest(
      parts.fetch,
      app.platformOrigin,
      grant.accessToken,
      request,
      parts.clock.deadline(request.timeoutMs ?? CALL_TIMEOUT_MS),
    );
    permit.answered(answer.headers, answer.status);
    return answer;
  } finally {
    permit.lost();
  }
}
