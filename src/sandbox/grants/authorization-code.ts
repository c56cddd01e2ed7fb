import { admit } from '../authorization/admission.ts';
import type { AuthorizationCode } from '../authorization/authorization-codes.ts';
import { type GrantRequest, requireParameter } from '../authorization/grant.ts';
import { verifies } from '../authorization/pkce.ts';
import type { Session } from '../authorization/session.ts';
import type { Form } from '../wire/form.ts';
import { oauthRefusal } from '../wire/oauth-refusal.ts';

/** A code with which a user's browser came back to the app. */
export const grantType = 'authorization_code';

/**
 * Signs in the user who has allowed it. A code is good for one presentation, whatever comes of that; one that comes again
 * ends the session that came of it.
 *
 * The platform's code for a wrong verifier is not documented.
 *
 * @throws Refused  400: missing (invalid_request); invalid_grant with OAU-106 (unknown, used, or a wrong verifier), OAU-108
 *   (expired), OAU-109 (other redirect URI) or OAU-110 (another app's)
 * @see RFC 6749 §4.1.3; RFC 7636 §4.6; RFC 9700 §2.1.1, §4.8.2
 */
export function handle({ world, app, form, scope, lifetimes }: GrantRequest): Session {
  const { codes } = world.authorization;
  const code = codes.find(requireParameter(form, 'code'));
  if (!code) throw invalidGrant('OAU-106', 'Invalid authorization code');
  if (code.presentedAt !== undefined) {
    if (code.sessionId !== undefined) world.sessions.end(code.sessionId);
    throw invalidGrant('OAU-106', 'Invalid authorization code');
  }
  codes.burn(code);
  if (code.clientId !== app.clientId) throw invalidGrant('OAU-110', 'The authorization code was issued to another application');
  if (world.now() >= code.expiresAt) throw invalidGrant('OAU-108', 'The authorization code has expired');
  checkRedirectUri(code, form.get('redirect_uri'));
  checkVerifier(code, form);
  const ownerId = admit(app, world.directory.findOwner(code.ownerId));
  const session = world.sessions.signIn({
    app,
    subject: { kind: 'user', ownerId },
    endpointId: form.get('endpoint_id'),
    lifetimes,
    scope,
    identity: code.identity,
  });
  codes.redeemed(code, session.id);
  return session;
}

function checkRedirectUri({ redirectUri, isRedirectUriNamed }: AuthorizationCode, shown: string | undefined): void {
  const isRight = shown === undefined ? !isRedirectUriNamed : shown === redirectUri;
  if (!isRight) throw invalidGrant('OAU-109', 'Redirect URIs do not match');
}

function checkVerifier({ challenge }: AuthorizationCode, form: Form): void {
  const verifier = form.get('code_verifier');
  // A verifier for a code without a challenge is the mark of a challenge that somebody has taken away on the way.
  const isRight = challenge ? verifier !== undefined && verifies(challenge, verifier) : verifier === undefined;
  if (!isRight) throw invalidGrant('OAU-106', 'Invalid code verifier');
}

function invalidGrant(errorCode: string, message: string) {
  return oauthRefusal('invalid_grant', errorCode, message);
}
