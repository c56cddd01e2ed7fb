import type { App } from '../directory.ts';
import { notAPartner } from '../grants/client-credentials.ts';
import { GRANTS } from '../grants/index.ts';
import { type Answering, answerOf, emptyAnswer, jsonAnswer, mapAnswer, withHeaders } from '../wire/answer.ts';
import { type Form, readForm } from '../wire/form.ts';
import { oauthRefusal } from '../wire/oauth-refusal.ts';
import type { PlatformRequest } from '../wire/platform-request.ts';
import type { World } from '../world.ts';
import { authCaller } from './auth-caller.ts';
import { authenticateApp } from './client-authentication.ts';
import { mayUse, unauthorizedGrant } from './flow-matrix.ts';
import { type Grant, requireParameter } from './grant.ts';
import { idTokenFor } from './id-token.ts';
import { lifetimesOf } from './lifetimes.ts';
import { readScope, scopeText } from './scope.ts';
import type { Session } from './session.ts';

/** Where tokens are issued. */
export const TOKEN_PATH = '/restapi/oauth/token';
/** Where sessions are ended. */
export const REVOKE_PATH = '/restapi/oauth/revoke';

const NOT_STORED = { 'cache-control': 'no-store', pragma: 'no-cache' };

/**
 * `POST /restapi/oauth/token`.
 *
 * @see RFC 6749 §3.2, §5; RingCentral OpenAPI `getToken`
 */
export function answerToken(world: World, request: PlatformRequest): Answering {
  const answer = answerOf(() => {
    const form = readForm(request);
    const app = authenticateApp(world, request.headers.authorization, form);
    return world.rateLimits.throttle('Auth', authCaller(world, app, form), () => jsonAnswer(200, issueTokens(world, app, form), NOT_STORED));
  });
  return mapAnswer(answer, (sent) => (sent.status === 200 ? sent : withHeaders(sent, NOT_STORED)));
}

/**
 * `POST /restapi/oauth/revoke`: success, with an empty body, whatever the token is.
 *
 * @see RFC 7009 §2.2; RingCentral OpenAPI `revokeToken`
 */
export function answerRevoke(world: World, request: PlatformRequest): Answering {
  const form: Form = request.body === '' ? new Map() : readForm(request);
  const app = authenticateApp(world, request.headers.authorization, form);
  return world.rateLimits.throttle('Auth', authCaller(world, app, form), () => {
    const token = form.get('token') ?? request.query.get('token');
    if (token !== null) world.sessions.revoke(app, token);
    return emptyAnswer(200);
  });
}

function issueTokens(world: World, app: App, form: Form): object {
  const grant = grantFor(app, requireParameter(form, 'grant_type'));
  const lifetimes = lifetimesOf(form, world.settings.current, world.rules);
  // Taken before: a second that has begun meanwhile would make 3599 of 3600.
  const now = world.now();
  const session = grant.handle({ world, app, form, scope: readScope(app, form.get('scope')), lifetimes });
  const idToken = grant.grantType === 'authorization_code' ? idTokenFor(world, session) : undefined;
  return tokenInfo(session, app, idToken, now);
}

function grantFor(app: App, grantType: string): Grant {
  const grant = GRANTS.get(grantType);
  if (!grant) throw oauthRefusal('unsupported_grant_type', 'OAU-250', 'Unsupported grant type');
  // Observed: an ordinary app that tries gets the code of its own, whatever its settings are.
  if (grantType === 'client_credentials' && !app.brandIds?.length) throw notAPartner();
  if (!mayUse(app, grantType)) throw unauthorizedGrant();
  return grant;
}

/** RingCentral's `TokenInfo`. A pair that is repeated says how long it has left. */
function tokenInfo(session: Session, app: App, idToken: string | undefined, now: number): object {
  const { id, current, subject, endpointId } = session;
  // What is undefined is not written.
  return {
    access_token: current.accessToken,
    token_type: 'bearer',
    expires_in: secondsUntil(current.accessExpiresAt, now),
    refresh_token: current.refreshToken,
    refresh_token_expires_in: current.refreshExpiresAt === undefined ? undefined : secondsUntil(current.refreshExpiresAt, now),
    scope: scopeText(app, session),
    owner_id: subject.kind === 'user' ? subject.ownerId : undefined,
    endpoint_id: endpointId,
    session_id: id,
    id_token: idToken,
  };
}

function secondsUntil(at: number, now: number): number {
  return Math.max(0, Math.floor((at - now) / 1_000));
}
