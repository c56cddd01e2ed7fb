import { permissionWords } from '../../ringcentral/facts/permission-words.ts';
import { refusalOf } from '../authorization/admission.ts';
import { type AuthorizationRequest, readAuthorizationRequest, redirectRefusal } from '../authorization/authorization-request.ts';
import { type BrowserLogin, readBrowserId } from '../authorization/browser-logins.ts';
import { CONSENT_PATH, issueCode, seeOther } from '../authorization/go-on.ts';
import { formActionOf } from '../authorization/redirect-uri.ts';
import type { Owner } from '../directory.ts';
import { type Answer, type Answering, answerOf } from '../wire/answer.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import { readForm } from '../wire/form.ts';
import type { PlatformRequest } from '../wire/platform-request.ts';
import type { World } from '../world.ts';
import { readably } from './error-page.ts';
import { html } from './html.ts';
import { LOGIN_PATH } from './login.ts';
import { LOGOUT_PATH } from './logout.ts';
import { pageAnswer } from './page.ts';

/** The page on which a user lets an app in. */
export const showConsent: Endpoint = {
  method: 'GET',
  path: CONSENT_PATH,
  answer: (world, request) =>
    readably(
      request,
      answerOf(() => withUser(world, request, (visit) => consentPage(visit, 200))),
    ),
};

/** Its form. */
export const submitConsent: Endpoint = {
  method: 'POST',
  path: CONSENT_PATH,
  answer: (world, request) =>
    readably(
      request,
      answerOf(() => withUser(world, request, decide)),
    ),
};

/** A browser in which somebody is signed in. */
interface Visit {
  readonly world: World;
  readonly request: PlatformRequest;
  readonly wanted: AuthorizationRequest;
  readonly login: BrowserLogin;
  readonly owner: Owner;
}

function withUser(world: World, request: PlatformRequest, work: (visit: Visit) => Answering): Answering {
  const wanted = readAuthorizationRequest(world, request.query);
  const login = world.authorization.browserLogins.find(readBrowserId(request.headers.cookie));
  const owner = login && world.directory.findOwner(login.ownerId);
  return login && owner ? work({ world, request, wanted, login, owner }) : seeOther(`${LOGIN_PATH}?${wanted.query}`);
}

function decide(visit: Visit): Answering {
  const { world, request, wanted, login, owner } = visit;
  const form = readForm(request);
  if (!world.authorization.browserLogins.isFormToken(login.id, form.get('form_token') ?? ''))
    return consentPage(visit, 403, 'This form was open for too long. Please try again.');
  if (form.get('decision') === 'deny') throw redirectRefusal(wanted, 'access_denied', 'The user denied access to your application');
  if (form.get('decision') !== 'allow' || refusalOf(wanted.app, owner)) return consentPage(visit, 400);
  world.authorization.consents.give(login.ownerId, wanted.app);
  return issueCode(world, wanted, login);
}

function consentPage({ world, wanted, login, owner }: Visit, status: number, fault?: string): Answer {
  const name = wanted.app.name ?? wanted.app.clientId;
  const refusal = refusalOf(wanted.app, owner);
  const formToken = html`<input type="hidden" name="form_token" value="${world.authorization.browserLogins.formToken(login.id)}">`;
  const alarm = refusal ? `${refusal.message}.` : fault;
  return pageAnswer({
    status: refusal ? 403 : status,
    title: `Let ${name} in?`,
    formAction: formActionOf(wanted.redirectUri),
    body: html`${alarm === undefined ? undefined : html`<p class="alarm" role="alert">${alarm}</p>`}
<p>You are signed in as <strong>${owner.extension.name}</strong> (${owner.account.mainNumber}, extension ${owner.extension.extensionNumber}).</p>
<p>${name} wants to:</p>
<ul>${wanted.app.permissions.map((permission) => html`<li>${permissionWords(permission)}</li>`)}</ul>
<form method="post" action="${CONSENT_PATH}?${wanted.query}">
${formToken}
${refusal ? undefined : html`<button class="first" type="submit" name="decision" value="allow">Allow</button>`}
<button type="submit" name="decision" value="deny">Deny</button>
</form>
<form method="post" action="${LOGOUT_PATH}?${wanted.query}">
${formToken}
<button type="submit">Sign in as somebody else</button>
</form>`,
  });
}
