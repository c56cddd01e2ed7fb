import { refusalOf } from '../authorization/admission.ts';
import { type AuthorizationRequest, readAuthorizationRequest } from '../authorization/authorization-request.ts';
import { browserCookie, readBrowserId } from '../authorization/browser-logins.ts';
import { checkPassword } from '../authorization/check-password.ts';
import { goOn } from '../authorization/go-on.ts';
import { formActionOf } from '../authorization/redirect-uri.ts';
import { type Answer, type Answering, answerOf, withHeaders } from '../wire/answer.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import { type Form, readForm } from '../wire/form.ts';
import type { PlatformRequest } from '../wire/platform-request.ts';
import type { World } from '../world.ts';
import { readably } from './error-page.ts';
import { html } from './html.ts';
import { pageAnswer } from './page.ts';

/** Where a user shows who he is. */
export const LOGIN_PATH = '/login';

const FAULTS = {
  stale: 'This form was open for too long. Please try again.',
  incomplete: 'Please type your name and your password.',
  wrong: 'Name, extension or password are not right.',
  locked: 'Too many wrong passwords: this user is locked for half an hour.',
};

/** The login page. */
export const showLogin: Endpoint = {
  method: 'GET',
  path: LOGIN_PATH,
  answer: (world, request) =>
    readably(
      request,
      answerOf(() => loginPage(world, request, readAuthorizationRequest(world, request.query), 200)),
    ),
};

/** Its form. */
export const submitLogin: Endpoint = {
  method: 'POST',
  path: LOGIN_PATH,
  answer: (world, request) =>
    readably(
      request,
      answerOf(() => signIn(world, request, readAuthorizationRequest(world, request.query), readForm(request))),
    ),
};

function signIn(world: World, request: PlatformRequest, wanted: AuthorizationRequest, form: Form): Answering {
  const again = (status: number, fault: string) => loginPage(world, request, wanted, status, fault, form);
  const { browserLogins } = world.authorization;
  const browserId = readBrowserId(request.headers.cookie);
  if (browserId === undefined || !browserLogins.isFormToken(browserId, form.get('form_token') ?? '')) return again(403, FAULTS.stale);
  const username = form.get('username');
  const password = form.get('password');
  if (username === undefined || password === undefined) return again(400, FAULTS.incomplete);
  const verdict = checkPassword(world, username, form.get('extension'), password);
  if (verdict.outcome === 'locked') return again(403, FAULTS.locked);
  if (verdict.outcome === 'wrong') return again(400, FAULTS.wrong);
  const refusal = refusalOf(wanted.app, verdict.owner);
  if (refusal) return again(403, `${refusal.message}.`);
  const login = browserLogins.start(String(verdict.owner.extension.id), browserId);
  return withHeaders(goOn(world, wanted, login), { 'set-cookie': browserCookie(login.id, world.origin) });
}

function loginPage(world: World, request: PlatformRequest, wanted: AuthorizationRequest, status: number, fault?: string, form?: Form): Answer {
  const { browserLogins } = world.authorization;
  const known = readBrowserId(request.headers.cookie);
  const browserId = known ?? browserLogins.newBrowserId();
  const isSso = wanted.prompt.has('sso') && !wanted.prompt.has('login');
  const title = isSso ? 'Single sign-on' : `Sign in to ${wanted.app.name ?? wanted.app.clientId}`;
  return pageAnswer({
    status,
    title,
    formAction: formActionOf(wanted.redirectUri),
    cookie: known === undefined ? browserCookie(browserId, world.origin) : undefined,
    body: html`${fault === undefined ? undefined : html`<p class="alarm" role="alert">${fault}</p>`}
${isSso ? html`<p>There is no identity provider behind the sandbox: the user’s own password stands in for one.</p>` : undefined}
<form method="post" action="${LOGIN_PATH}?${wanted.query}">
<input type="hidden" name="form_token" value="${browserLogins.formToken(browserId)}">
<label for="username">Phone number or e-mail</label>
<input id="username" name="username" autocomplete="username" required value="${form?.get('username') ?? wanted.loginHint ?? ''}">
<label for="extension">Extension, if it has one</label>
<input id="extension" name="extension" inputmode="numeric" autocomplete="off" value="${form?.get('extension') ?? ''}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button class="first" type="submit">Sign in</button>
</form>`,
  });
}
