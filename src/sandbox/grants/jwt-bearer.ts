import { admit } from '../authorization/admission.ts';
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
 * @throws Refused  400: missing (invalid_request), not good for this app (invalid_grant), or its user may not sign in
 * @see RFC 7523 §3.1; RingCentral "JWT auth flow"
 */
export function handle({ world, app, form, scope, lifetimes }: GrantRequest): Session {
  const asserted = world.jwtCredentials.ownerOf(requireParameter(form, 'assertion'), app.clientId);
  if (asserted === undefined) throw oauthRefusal('invalid_grant', 'OAU-140', 'Invalid assertion');
  const ownerId = admit(app, world.directory.findOwner(asserted));
  return world.sessions.signIn({ app, subject: { kind: 'user', ownerId }, endpointId: form.get('endpoint_id'), lifetimes, scope, identity: undefined });
}
