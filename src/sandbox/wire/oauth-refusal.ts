import { jsonAnswer, Refused } from './answer.ts';

/** The platform's name for itself in challenges. */
export const REALM = 'RingCentral REST API';

/** What `error` says. @see RFC 6749 §4.1.2.1, §5.2; OpenID Connect Core §3.1.2.6 */
export type OauthError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'access_denied'
  | 'login_required'
  | 'consent_required'
  | 'request_not_supported'
  | 'request_uri_not_supported';

/**
 * A refusal of the token or revoke endpoint: always 400, whatever RFC 6749 §5.2 says of 401, and as the platform does.
 *
 * @param challenge  the value of WWW-Authenticate, which the platform sends with some of its 400s
 * @see RingCentral OpenAPI `OauthInvalidRequest`; captures of 2017 and 2018
 */
export function oauthRefusal(error: OauthError, errorCode: string, message: string, { challenge, parameter, status = 400 }: RefusalDetails = {}): Refused {
  const parameters = parameter && { parameters: [{ parameterName: parameter.name, parameterValue: parameter.value }] };
  const body = { error, error_description: message, errors: [{ errorCode, message, ...parameters }] };
  return new Refused(jsonAnswer(status, body, challenge === undefined ? {} : { 'www-authenticate': challenge }));
}

interface RefusalDetails {
  readonly challenge?: string;
  readonly parameter?: { readonly name: string; readonly value: string };
  readonly status?: number;
}
