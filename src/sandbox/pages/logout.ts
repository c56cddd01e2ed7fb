import { readAuthorizationRequest } from '../authorization/authorization-request.ts';
import { readBrowserId } from '../authorization/browser-logins.ts';
import { seeOther } from '../authorization/go-on.ts';
import { answerOf } from '../wire/answer.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import { readForm } from '../wire/form.ts';
import type { PlatformRequest } from '../wire/platform-request.ts';
import type { World } from '../world.ts';
import { readably } from './error-page.ts';
import { html } from './html.ts';
import { LOGIN_PATH } from './login.ts';
import { pageAnswer } from './page.ts';

/** Where a user ends his browser's login. */
export const LOGOUT_PATH = '/logout';

/** Whether somebody is signed in in this browser, and a button to end that. */
export const showLogout: Endpoint = {
  method: 'GET',
  path: LOGOUT_PATH,
  answer: (world, request) => logoutPage(world, request, 200),
};

/** Ends the browser's login; tokens live on. In the middle of an app's sign-in it leads back to the login page. */
export const submitLogout: Endpoint = {
  method: 'POST',
  path: LOGOUT_PATH,
  answer: (world, request) =>
    readably(
      request,
      answerOf(() => signOut(world, request)),
    ),
};

function signOut(world: World, request: PlatformRequest) {
  const { browserLogins } = world.authorization;
  const browserId = readBrowserId(request.headers.cookie);
  const formToken = readForm(request).get('form_token') ?? '';
  if (browserId === undefined || !browserLogins.isFormToken(browserId, formToken)) return logoutPage(world, request, 403);
  browserLogins.end(browserId);
  return request.query.has('client_id') ? seeOther(`${LOGIN_PATH}?${readAuthorizationRequest(world, request.query).query}`) : seeOther(LOGOUT_PATH);
}

function logoutPage(world: World, request: PlatformRequest, status: number) {
  const { browserLogins } = world.authorization;
  const login = browserLogins.find(readBrowserId(request.headers.cookie));
  const owner = login && world.directory.findOwner(login.ownerId);
  if (!login || !owner) return pageAnswer({ status, title: 'You are signed out', body: html`<p>Nobody is signed in in this browser.</p>` });
  return pageAnswer({
    status,
    title: 'Sign out',
    body: html`<p>You are signed in as <strong>${owner.extension.name}</strong>.</p>
<form method="post" action="${LOGOUT_PATH}">
<input type="hidden" name="form_token" value="${browserLogins.formToken(login.id)}">
<button class="first" type="submit">Sign out</button>
</form>`,
  });
}
