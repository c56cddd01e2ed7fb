import { type GrantRequest, requireParameter } from '../authorization/grant.ts';
import type { Session } from '../authorization/session.ts';

/** A refresh token for a new pair. */
export const grantType = 'refresh_token';

/**
 * Exchanges the refresh token.
 *
 * @throws Refused  400: missing (invalid_request), no longer good (invalid_grant), or more is asked for than the session
 *   has (invalid_scope)
 * @see RFC 6749 §6; RingCentral "Refresh tokens"
 */
export function handle({ world, app, form, scope, lifetimes }: GrantRequest): Session {
  return world.sessions.refresh(app, requireParameter(form, 'refresh_token'), lifetimes, scope);
}
