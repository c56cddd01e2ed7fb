import type { Secret } from '../domain/secret.ts';
import type { TokenAnswer } from './token-answer.ts';
import { type TokenApp, tokenRequest, type Wire } from './token-request.ts';

/**
 * Exchanges a refresh token for a new pair; judge the answer with `processTokenAnswer`.
 *
 * The old access token dies at once. The old refresh token stays usable for about ten seconds after the new access
 * token is first used, and up to sixty minutes if it never is; until then the same pair comes back, so an unclear
 * answer may be asked again.
 *
 * @throws PlatformUnreachable
 * @see RFC 6749 §6; RingCentral "Using refresh tokens"
 */
export function refreshGrantRequest(app: TokenApp, refreshToken: Secret, wire: Wire): Promise<TokenAnswer> {
  return tokenRequest(app, 'refresh_token', { refresh_token: refreshToken.reveal() }, wire);
}
