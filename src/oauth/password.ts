import type { PasswordCredential } from '../domain/credential.ts';
import type { TokenAnswer } from './token-answer.ts';
import { type TokenApp, tokenRequest, type Wire } from './token-request.ts';

/**
 * Asks for tokens with a user name and password; judge the answer with `processTokenAnswer`.
 *
 * @throws PlatformUnreachable
 * @see RFC 6749 §4.3; RingCentral "Password flow"
 */
export function passwordGrantRequest(app: TokenApp, credential: PasswordCredential, wire: Wire): Promise<TokenAnswer> {
  const parameters = {
    username: credential.username,
    ...(credential.extension && { extension: credential.extension }),
    password: credential.password.reveal(),
  };
  return tokenRequest(app, 'password', parameters, wire);
}
