import { readably } from '../pages/error-page.ts';
import { LOGIN_PATH } from '../pages/login.ts';
import { type Answer, type Answering, answerOf } from '../wire/answer.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import { oauthRefusal } from '../wire/oauth-refusal.ts';
import type { PlatformRequest } from '../wire/platform-request.ts';
import type { World } from '../world.ts';
import { refusalOf } from './admission.ts';
import { type AuthorizationRequest, readAuthorizationRequest, redirectRefusal } from './authorization-request.ts';
import { type BrowserLogin, readBrowserId } from './browser-logins.ts';
import { CONSENT_PATH, goOn, issueCode } from './go-on.ts';

/** Where an app sends its user's browser. */
export const AUTHORIZE_PATH = '/restapi/oauth/authorize';

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** By a link. */
export const authorizeByLink: Endpoint = {
  method: 'GET',
  path: AUTHORIZE_PATH,
  answer: (world, request) => authorize(world, request, () => request.query),
};

/** By a form. */
export const authorizeByForm: Endpoint = {
  method: 'POST',
  path: AUTHORIZE_PATH,
  answer: (world, request) =>
    authorize(world, request, () => {
      if (request.mediaType !== FORM_TYPE) throw oauthRefusal('invalid_request', 'CMN-103', `The content type must be ${FORM_TYPE}`, { status: 415 });
      return request.form;
    }),
};

/**
 * `GET` and `POST /restapi/oauth/authorize`: leads to the login page, to the consent page, or straight back.
 *
 * @see RFC 6749 §4.1.1; RingCentral OpenAPI `authorize`, `authorize2`
 */
function authorize(world: World, request: PlatformRequest, parameters: () => URLSearchParams): Answering {
  const answering = answerOf(() => {
    const wanted = readAuthorizationRequest(world, parameters());
    return world.rateLimits.throttle('Auth', wanted.app.clientId, () => next(world, request, wanted));
  });
  return readably(request, answering);
}

function next(world: World, request: PlatformRequest, wanted: AuthorizationRequest): Answer {
  const login = world.authorization.browserLogins.find(readBrowserId(request.headers.cookie));
  const { prompt } = wanted;
  if (prompt.has('none')) return withoutAsking(world, wanted, login);
  const mustLogIn = !login || prompt.has('login') || prompt.has('sso');
  if (mustLogIn) return found(`${LOGIN_PATH}?${wanted.query}`);
  const owner = world.directory.findOwner(login.ownerId);
  // The consent page says why this user may not come in, and lets another one try.
  return !owner || refusalOf(wanted.app, owner) ? found(`${CONSENT_PATH}?${wanted.query}`) : goOn(world, wanted, login);
}

function withoutAsking(world: World, wanted: AuthorizationRequest, login: BrowserLogin | undefined): Answer {
  const owner = login && world.directory.findOwner(login.ownerId);
  if (!login || !owner) throw redirectRefusal(wanted, 'login_required', 'Nobody is signed in in this browser');
  const refusal = refusalOf(wanted.app, owner);
  if (refusal) throw redirectRefusal(wanted, 'access_denied', refusal.message);
  if (!world.authorization.consents.isGiven(login.ownerId, wanted.app)) throw redirectRefusal(wanted, 'consent_required', 'The user has not allowed it yet');
  return issueCode(world, wanted, login);
}

function found(location: string): Answer {
  return { status: 302, headers: { location, 'cache-control': 'no-store' }, body: '' };
}
