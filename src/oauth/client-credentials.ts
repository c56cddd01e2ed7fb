import type { ClientCredentialsCredential } from '../domain/credential.ts';
import type { TokenAnswer } from './token-answer.ts';
import { type TokenApp, tokenRequest, type Wire } from './token-request.ts';

/**
 * Asks for a session of the App itself, without a user; judge the answer with `processTokenAnswer`. It has neither refresh
 * token nor owner.
 *
 * @throws PlatformUnreachable
 * @see RFC 6749 §4.4; RingCentral OAuth 2.0 (2016), "Client Credentials Authorization Flow"
 */
export function clientCredentialsGrantRequest(app: TokenApp, credential: ClientCredentialsCredential, wire: Wire): Promise<TokenAnswer> {
  const { brandId, accountId, partnerAccountId } = credential;
  const parameters = {
    ...(brandId !== undefined && { brand_id: brandId }),
    ...(accountId !== undefined && { account_id: accountId }),
    ...(partnerAccountId !== undefined && { partner_account_id: partnerAccountId }),
  };
  return tokenRequest(app, 'client_credentials', parameters, wire);
}
