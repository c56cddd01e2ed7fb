import { allowInsecureRequests, customFetch, revocationRequest } from 'oauth4webapi';
import { PlatformUnreachable } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { clientAuthentication, type TokenApp, type Wire } from './token-request.ts';

/**
 * Ends the whole session that a token belongs to, on the platform.
 *
 * 200 is success, for an unknown token too; any other answer means that the session may still live.
 *
 * @returns whether the platform said 200
 * @throws PlatformUnreachable
 * @see RFC 7009 §2.1, §2.2; RingCentral "Revoke access token"
 */
export async function revokeRequest(app: TokenApp, token: Secret, wire: Wire): Promise<boolean> {
  const server = { issuer: app.platformOrigin, revocation_endpoint: `${app.platformOrigin}/restapi/oauth/revoke` };
  try {
    const response = await revocationRequest(server, { client_id: app.clientId }, clientAuthentication(app), token.reveal(), {
      [customFetch]: (url, init) => wire.fetch(url, init as RequestInit),
      [allowInsecureRequests]: true,
      signal: wire.signal,
    });
    await response.body?.cancel();
    return response.status === 200;
  } catch (cause) {
    throw new PlatformUnreachable(app.platformOrigin, cause);
  }
}
