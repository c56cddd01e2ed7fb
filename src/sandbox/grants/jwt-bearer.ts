import { type GrantRequest, requireParameter } from '../authorization/grant.ts';
import type { Session } from '../authorization/session.ts';
import { oauthRefusal } from '../wire/oauth-refusal.ts';

/** A JWT credential of the user's. */
export const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * Signs the JWT's user in.
 *
 * The platform's code for an assertion that is malformed, expired, revoked or not for this app is not documented; its
 * text is known from users.
 *
 * @throws Refused  400: missing (invalid_request), or not good for this app (invalid_grant)
 * @see RFC 7523 §3.1; RingCentral "JWT auth flow"
 */
export function handle({ world, app, form, lifetimes }: GrantRequest): Session {
  const ownerId = world.jwtCredentials.ownerOf(requireParameter(form, 'assertion'), app.clientId);
  if (ownerId === undefined) throw oauthRefusal('invalid_grant', 'OAU-140', 'Invalid assertion');
  return world.sessions.signIn({ app, subject: { kind: 'user', ownerId }, endpointId: form.get('endpoint_id'), lifetimes });
}
