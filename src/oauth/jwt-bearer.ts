import type { JwtCredential } from '../domain/credential.ts';
import type { TokenAnswer } from './token-answer.ts';
import { type TokenApp, tokenRequest, type Wire } from './token-request.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * Asks for tokens with a JWT credential; judge the answer with `processTokenAnswer`.
 *
 * @throws PlatformUnreachable
 * @see RFC 7523 §2.1; RingCentral "JWT auth flow"
 */
export function jwtBearerGrantRequest(app: TokenApp, credential: JwtCredential, wire: Wire): Promise<TokenAnswer> {
  return tokenRequest(app, JWT_BEARER, { assertion: credential.assertion.reveal() }, wire);
}
