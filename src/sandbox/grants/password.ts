import type { GrantRequest } from '../authorization/grant.ts';
import type { Session } from '../authorization/session.ts';
import { oauthRefusal, REALM } from '../wire/oauth-refusal.ts';

/** A user's own name and password. */
export const grantType = 'password';

/**
 * Signs the user in.
 *
 * @throws Refused  400: name or password missing (invalid_request), or not right (invalid_grant, OAU-140)
 * @see RFC 6749 §4.3; RingCentral "Password flow" (2016)
 */
export function handle({ world, app, form, lifetimes }: GrantRequest): Session {
  const username = form.get('username');
  const password = form.get('password');
  if (username === undefined || password === undefined) throw oauthRefusal('invalid_request', 'CMN-101', 'Resource Owner credentials are incomplete.');
  const owner = world.directory.findLogin(username, form.get('extension'));
  if (owner?.extension.password !== password) {
    throw oauthRefusal('invalid_grant', 'OAU-140', 'Invalid resource owner credentials.', { challenge: `Basic realm="${REALM}"` });
  }
  return world.sessions.signIn({ app, subject: { kind: 'user', ownerId: String(owner.extension.id) }, endpointId: form.get('endpoint_id'), lifetimes });
}
