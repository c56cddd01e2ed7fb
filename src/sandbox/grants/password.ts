import { admit } from '../authorization/admission.ts';
import { checkPassword } from '../authorization/check-password.ts';
import type { GrantRequest } from '../authorization/grant.ts';
import type { Session } from '../authorization/session.ts';
import { oauthRefusal, REALM } from '../wire/oauth-refusal.ts';

/** A user's own name and password. */
export const grantType = 'password';

/**
 * Signs the user in.
 *
 * @throws Refused  400: name or password missing (invalid_request); not right (invalid_grant, OAU-140); too many wrong ones
 *   before (OAU-147); or the user may not sign in
 * @see RFC 6749 §4.3; RingCentral "Password flow" (2016)
 */
export function handle({ world, app, form, scope, lifetimes }: GrantRequest): Session {
  const username = form.get('username');
  const password = form.get('password');
  if (username === undefined || password === undefined) throw oauthRefusal('invalid_request', 'CMN-101', 'Resource Owner credentials are incomplete.');
  const verdict = checkPassword(world, username, form.get('extension'), password);
  if (verdict.outcome === 'locked') throw oauthRefusal('invalid_grant', 'OAU-147', 'The account is locked out');
  if (verdict.outcome === 'wrong')
    throw oauthRefusal('invalid_grant', 'OAU-140', 'Invalid resource owner credentials.', { challenge: `Basic realm="${REALM}"` });
  const ownerId = admit(app, verdict.owner);
  return world.sessions.signIn({ app, subject: { kind: 'user', ownerId }, endpointId: form.get('endpoint_id'), lifetimes, scope, identity: undefined });
}
