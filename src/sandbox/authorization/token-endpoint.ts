import type { App } from '../directory.ts';
import { GRANTS } from '../grants/index.ts';
import { type Answering, answerOf, emptyAnswer, jsonAnswer, mapAnswer, withHeaders } from '../wire/answer.ts';
import { type Form, readForm } from '../wire/form.ts';
import { oauthRefusal } from '../wire/oauth-refusal.ts';
import type { PlatformRequest } from '../wire/platform-request.ts';
import type { World } from '../world.ts';
import { authCaller } from './auth-caller.ts';
import { authenticateApp } from './client-authentication.ts';
import { type Grant, requireParameter } from './grant.ts';
import { lifetimesOf } from './lifetimes.ts';
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
    const app = authenticateApp(world.directory, request.headers.authorization, form);
    return world.rateLimits.throttle('Auth', authCaller(world, app, form), () => jsonAnswer(200, issueTokens(world, app, form)));
  });
  return mapAnswer(answer, (sent) => withHeaders(sent, NOT_STORED));
}

/**
 * `POST /restapi/oauth/revoke`: success, with an empty body, whatever the token is.
 *
 * @see RFC 7009 §2.2; RingCentral OpenAPI `revokeToken`
 */
export function answerRevoke(world: World, request: PlatformRequest): Answering {
  const form: Form = request.body === '' ? new Map() : readForm(request);
  const app = authenticateApp(world.directory, request.headers.authorization, form);
  return world.rateLimits.throttle('Auth', authCaller(world, app, form), () => {
    const token = form.get('token') ?? request.query.get('token');
    if (token !== null) world.sessions.revoke(app, token);
    return emptyAnswer(200);
  });
}

function issueTokens(world: World, app: App, form: Form): object {
  const grant = grantFor(app, requireParameter(form, 'grant_type'));
  const session = grant.handle({ world, app, form, lifetimes: lifetimesOf(form, world.settings.current, world.rules) });
  return tokenInfo(session, app, world.now());
}

function grantFor(app: App, grantType: string): Grant {
  const grant = GRANTS.get(grantType);
  if (!grant) throw oauthRefusal('unsupported_grant_type', 'OAU-250', 'Unsupported grant type');
  if (!app.grantTypes.includes(grantType)) throw oauthRefusal('unauthorized_client', 'OAU-251', 'Unauthorized for this grant type');
  return grant;
}

/** RingCentral's `TokenInfo`. A pair that is repeated says how long it has left. */
function tokenInfo({ id, current, subject, endpointId }: Session, app: App, now: number): object {
  return {
    access_token: current.accessToken,
    token_type: 'bearer',
    expires_in: secondsUntil(current.accessExpiresAt, now),
    ...(current.refreshExpiresAt !== undefined && {
      refresh_token: current.refreshToken,
      refresh_token_expires_in: secondsUntil(current.refreshExpiresAt, now),
    }),
    scope: app.permissions.join(' '),
    ...(subject.kind === 'user' && { owner_id: subject.ownerId }),
    endpoint_id: endpointId,
    session_id: id,
  };
}

function secondsUntil(at: number, now: number): number {
  return Math.max(0, Math.floor((at - now) / 1_000));
}
