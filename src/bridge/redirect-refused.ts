import { withQuery } from './redirect.ts';

/** What `error` says to a program that its user comes back to. @see RFC 6749 §4.1.2.1; OpenID Connect Core §3.1.2.6 */
export const REDIRECT_ERRORS = [
  'invalid_request',
  'unauthorized_client',
  'access_denied',
  'unsupported_response_type',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
  'login_required',
  'consent_required',
  'interaction_required',
] as const;
export type RedirectError = (typeof REDIRECT_ERRORS)[number];

/** An authorization request that leads nowhere: the program is told by a redirect, because it is sure whose it is. */
export class RedirectRefused extends Error {
  /** Where the browser goes. */
  readonly location: string;

  constructor({ redirectUri, state }: { readonly redirectUri: string; readonly state?: string | undefined }, error: RedirectError, description: string) {
    super(description);
    this.name = 'RedirectRefused';
    this.location = withQuery(redirectUri, { error, error_description: description, state });
  }
}
