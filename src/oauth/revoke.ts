import { allowInsecureRequests, customFetch, revocationRequest } from 'oauth4webapi';
import { PlatformUnreachable } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { retryAfterMs } from '../runtime/retry-after.ts';
import { clientAuthentication, type TokenApp, type Wire } from './token-request.ts';

/** What the revocation endpoint answered. */
export interface RevokeAnswer {
  readonly status: number;
  readonly headers: Headers;
}

/**
 * Asks the platform to end the whole session that a token belongs to. The answer is not yet judged.
 *
 * @throws PlatformUnreachable
 * @see RFC 7009 §2.1; RingCentral "Revoke access token"
 */
export async function revokeRequest(
  app: Pick<TokenApp, 'platformOrigin' | 'clientId' | 'clientSecret'>,
  { token, hint }: { readonly token: Secret; readonly hint: 'refresh_token' | 'access_token' },
  wire: Wire,
): Promise<RevokeAnswer> {
  const server = { issuer: app.platformOrigin, revocation_endpoint: `${app.platformOrigin}/restapi/oauth/revoke` };
  try {
    const response = await revocationRequest(server, { client_id: app.clientId }, clientAuthentication(app), token.reveal(), {
      [customFetch]: (url, init) => wire.fetch(url, init as RequestInit),
      [allowInsecureRequests]: true,
      additionalParameters: { token_type_hint: hint },
      signal: wire.signal,
    });
    await response.body?.cancel();
    return { status: response.status, headers: response.headers };
  } catch (cause) {
    throw new PlatformUnreachable(app.platformOrigin, cause);
  }
}

/**
 * Judges the answer: 200 is success, for an unknown token too; after any other the session may still live.
 *
 * @returns `ended`; else how long the platform asks us to wait, where it does
 * @see RFC 7009 §2.2, §2.2.1
 */
export function processRevokeAnswer({ status, headers }: RevokeAnswer, now: number): { readonly ended: boolean; readonly waitMs?: number } {
  if (status === 200) return { ended: true };
  const asksToWait = status === 429 || status === 503 || headers.has('retry-after');
  return { ended: false, ...(asksToWait && { waitMs: retryAfterMs(headers, now) }) };
}
