import { AppNotFound } from '../domain/errors.ts';
import type { Grant } from '../domain/grant.ts';
import { errorCodeOf, type PlatformAnswer, type PlatformRequest, sendPlatformRequest } from '../ringcentral/calls/request.ts';
import { ACCESS_TOKEN_DEAD } from '../ringcentral/facts/error-codes.ts';
import type { BrokerParts } from './parts.ts';
import type { Tokens } from './tokens.ts';

// Old clients wait 30 s for an answer at most, and a call may need a token first and one repeat.
const CALL_TIMEOUT_MS = 8_000;

/** Sends a request of Trunkline's own on a Connection, with its token. */
export type Call = (connection: string, request: PlatformRequest) => Promise<PlatformAnswer>;

/**
 * How every job calls the platform: the token put in, and one repeat where the platform refused that token.
 *
 * After such a 401 the platform has done nothing, so even a request that places a call may be repeated (docs/guarantees.md,
 * G6). Any other failure is the caller's to judge, and nothing is sent twice because of it. A 401 that meets the
 * newest token has another cause and is returned as it came.
 *
 * @throws GatewayError  see `Tokens.usableGrant`; PlatformUnreachable where no answer came
 */
export function createCall(parts: BrokerParts, tokens: Tokens): Call {
  return async (connection, request) => {
    const grant = await tokens.usableGrant(connection);
    const answer = await send(parts, grant, request);
    if (answer.status !== 401 || !ACCESS_TOKEN_DEAD.has(errorCodeOf(answer))) return answer;

    const newer = await tokens.newerGrant(grant);
    return newer ? send(parts, newer, request) : answer;
  };
}

async function send(parts: BrokerParts, grant: Grant, request: PlatformRequest): Promise<PlatformAnswer> {
  const app = await parts.grants.findApp(grant.app);
  if (!app) throw new AppNotFound(grant.app);
  return sendPlatformRequest(parts.fetch, app.platformOrigin, grant.accessToken, request, parts.clock.deadline(CALL_TIMEOUT_MS));
}
