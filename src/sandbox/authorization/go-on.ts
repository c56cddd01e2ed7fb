import type { Answer } from '../wire/answer.ts';
import type { World } from '../world.ts';
import { CODE_LIFETIME_SECONDS } from './authorization-codes.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { BrowserLogin } from './browser-logins.ts';
import { withQuery } from './redirect-uri.ts';

/** Where a user lets an app in. */
export const CONSENT_PATH = '/login/consent';

/** 303: what comes next is a page of its own, and nothing of the form goes with it. @see RFC 9700 §4.12 */
export function seeOther(location: string): Answer {
  return { status: 303, headers: { location, 'cache-control': 'no-store' }, body: '' };
}

/** What comes after the login: the question, unless it was answered before and need not be asked again. */
export function goOn(world: World, wanted: AuthorizationRequest, login: BrowserLogin): Answer {
  const isAllowed = world.authorization.consents.isGiven(login.ownerId, wanted.app) && !wanted.prompt.has('consent');
  return isAllowed ? issueCode(world, wanted, login) : seeOther(`${CONSENT_PATH}?${wanted.query}`);
}

/** Sends the browser back to the app with a code. */
export function issueCode(world: World, wanted: AuthorizationRequest, { ownerId, authenticatedAt }: BrowserLogin): Answer {
  const { app, redirectUri, isRedirectUriNamed, state, challenge, identityScopes, nonce, wantsDiscovery } = wanted;
  const code = world.authorization.codes.issue({
    clientId: app.clientId,
    ownerId,
    redirectUri,
    isRedirectUriNamed,
    ...(challenge && { challenge }),
    ...(identityScopes && { identity: { scopes: identityScopes, authenticatedAt, ...(nonce !== undefined && { nonce }) } }),
  });
  const location = withQuery(redirectUri, [
    ['code', code.id],
    ['state', state],
    ['expires_in', String(CODE_LIFETIME_SECONDS)],
    ['token_uri', wantsDiscovery ? `${world.origin}/restapi/oauth/token` : undefined],
    ['discovery_uri', wantsDiscovery ? `${world.origin}/.well-known/entry-points/external` : undefined],
  ]);
  return { status: 302, headers: { location, 'cache-control': 'no-store' }, body: '' };
}
