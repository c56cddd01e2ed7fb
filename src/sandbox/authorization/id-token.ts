import { randomText } from '../../runtime/random.ts';
import type { World } from '../world.ts';
import { identityClaimsOf } from './identity-claims.ts';
import type { Session } from './session.ts';

const ID_BYTES = 16;

/**
 * The `id_token` of a sign-in with OpenID Connect; nothing for other sessions.
 *
 * @see OpenID Connect Core §2, §5.4
 */
export function idTokenFor(world: World, { subject, identity, clientId, current }: Session): string | undefined {
  const owner = subject.kind === 'user' && identity ? world.directory.findOwner(subject.ownerId) : undefined;
  if (!owner || !identity) return undefined;
  const { sub, account_id, email, email_verified, given_name, family_name } = identityClaimsOf(owner);
  return world.authorization.key.sign({
    iss: world.origin,
    sub,
    aud: clientId,
    exp: Math.floor(current.accessExpiresAt / 1_000),
    iat: Math.floor(world.now() / 1_000),
    auth_time: Math.floor(identity.authenticatedAt / 1_000),
    jti: randomText(world.random, ID_BYTES),
    ...(identity.nonce !== undefined && { nonce: identity.nonce }),
    account_id,
    ...(identity.scopes.includes('email') && { email, email_verified }),
    ...(identity.scopes.includes('profile') && { given_name, family_name }),
  });
}
