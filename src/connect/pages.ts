import { type App, isOnThisMachine } from '../domain/app.ts';
import type { GatewayError } from '../domain/errors.ts';
import type { Invitation } from '../domain/invitation.ts';
import type { Secret } from '../domain/secret.ts';
import { permissionWords } from '../ringcentral/facts/permission-words.ts';
import { type Html, html } from './html.ts';
import { type PageAnswer, pageAnswer } from './page.ts';
import type { PasteFault } from './paste.ts';

/** What the pages of an invitation show, and what their forms hold. */
export interface InvitationPageParts {
  readonly invitation: Invitation;
  readonly app: App;
  readonly link: Secret;
  readonly formToken: string;
}

/** The names of the fields of our forms. */
export const FIELDS = { token: 'form_token', jwt: 'jwt' } as const;

/** Which App asks for what, and the ways to say yes. @param scope  what it was allowed before, where that is known */
export function invitationPage({ invitation, app, link, formToken }: InvitationPageParts, scope: string | undefined): PageAnswer {
  const { connection, ways, expiresAt } = invitation;
  const withConsent = ways.includes('consent');
  return pageAnswer({
    status: 200,
    title: `Connect ${connection} to RingCentral`,
    // A browser holds redirects that answer a form to this policy too, and a company's own sign-in page may be anywhere.
    formAction: withConsent ? `https: ${isOnThisMachine(app) ? app.platformOrigin : ''}`.trim() : '',
    body: html`<p>You are asked to let an app use RingCentral in your name.</p>
<dl>
<dt>App</dt><dd>${app.name}</dd>
<dt>Connection</dt><dd>${connection}</dd>
<dt>RingCentral at</dt><dd>${new URL(app.platformOrigin).host}</dd>
</dl>
${permissionsOf(scope, 'What it has been allowed so far') ?? html`<p>What the app may do is shown to you by RingCentral, before you agree${withConsent ? undefined : html`; with a credential of yours it may do what the app is set up for`}.</p>`}
${
  withConsent
    ? html`<form method="post" action="${pathOf(link)}/consent">
${tokenField(formToken)}
<button class="first" type="submit">Continue to RingCentral</button>
</form>`
    : undefined
}
${ways.includes('jwt') ? html`<a class="button${withConsent ? '' : ' first'}" href="${pathOf(link)}/jwt">Paste a JWT credential</a>` : undefined}
<p class="small">This link works once, until ${timeOf(expiresAt)}. If you did not expect it, close this page: nothing happens.</p>`,
  });
}

/** Where a person pastes a JWT credential, with what was wrong with the last one. What was pasted is not shown again. */
export function jwtPage({ invitation, app, link, formToken }: InvitationPageParts, faults: readonly PasteFault[] = []): PageAnswer {
  const isWrong = faults.length > 0;
  return pageAnswer({
    status: isWrong ? 422 : 200,
    title: `Connect ${invitation.connection} with a JWT credential`,
    body: html`${isWrong ? html`<div class="alarm" role="alert" id="faults">${faults.map((fault) => html`<p>${faultWords(fault, app)}</p>`)}</div>` : undefined}
<ol>
<li>${consoleStep(app)}</li>
<li>Create a JWT credential. Allow it for all apps of your organization, or for the app with this client id: <code>${app.clientId}</code></li>
<li>Copy the credential, and paste it here.</li>
</ol>
<form method="post" action="${pathOf(link)}/jwt">
${tokenField(formToken)}
<label for="jwt">JWT credential</label>
<textarea id="jwt" name="${FIELDS.jwt}" required autocomplete="off" autocapitalize="off" spellcheck="false"${isWrong ? html` aria-invalid="true" aria-describedby="faults"` : undefined}></textarea>
<button class="first" type="submit">Check and connect</button>
</form>
<p class="small">It must be of the user who is to be connected. It is tried at once, kept only if RingCentral takes it, and then stored encrypted.</p>
<p><a href="${pathOf(link)}">Back</a></p>`,
  });
}

/** It has worked. @param returnTo  where the person came from, if that is allowed */
export function connectedPage(
  { invitation, app }: Pick<InvitationPageParts, 'invitation' | 'app'>,
  scope: string | undefined,
  returnTo: string | undefined,
): PageAnswer {
  return pageAnswer({
    status: 200,
    title: 'Connected',
    body: html`<p class="good" role="status">${invitation.connection} is connected to RingCentral.</p>
${permissionsOf(scope, `What ${app.name} may do`)}
${returnTo === undefined ? html`<p>You can close this page.</p>` : html`<a class="button first" href="${returnTo}">Back to ${new URL(returnTo).host}</a>`}`,
  });
}

/** What the browser of a person at the command line shows in the end. */
export function terminalPage(refused: GatewayError | undefined): PageAnswer {
  if (!refused)
    return pageAnswer({ status: 200, title: 'Connected', body: html`<p class="good" role="status">You can close this page, and go back to the terminal.</p>` });
  return pageAnswer({ status: refused.status, title: 'Not connected', body: html`<p class="alarm" role="alert">${refused.message}</p>` });
}

function faultWords(fault: PasteFault, app: App): Html {
  const host = new URL(app.platformOrigin).host;
  switch (fault.code) {
    case 'empty':
      return html`Nothing was pasted.`;
    case 'not_a_jwt':
      return html`This is not a JWT credential of RingCentral’s. One has three long parts with a dot between them and begins with “eyJ”; copy it whole. An access token, a client id or a client secret is something else.`;
    case 'wrong_environment':
      return html`This credential is for another environment: it is for ${fault.found.replace(/^https:\/\//, '')}, and this connection uses ${host}.`;
    case 'expired':
      return html`This credential expired ${fault.at === undefined ? 'long ago' : `on ${timeOf(fault.at)}`}. Create a new one.`;
    case 'other_user':
      return html`This credential is of another user than the one this connection belongs to. Create it while you are signed in to the developer console as that user.`;
    case 'app_without_jwt':
      return html`The app (client id <code>${app.clientId}</code>) may not sign in with a JWT (${fault.platformCode}). Whoever runs it has to switch on the JWT auth flow in the developer console.`;
    case 'refused':
      return html`RingCentral does not take this credential (${fault.platformCode}). It was revoked, is not allowed for this app (client id <code>${app.clientId}</code>), or its user may not sign in.`;
  }
}

function consoleStep(app: App): Html {
  if (isOnThisMachine(app))
    return html`Open the <a href="${app.platformOrigin}/_sandbox/" target="_blank" rel="noopener noreferrer">console of the sandbox</a>, and there “JWT credentials”.`;
  const url = `https://developers.ringcentral.com/console/my-credentials/create?client_id=${encodeURIComponent(app.clientId)}`;
  return html`Open <a href="${url}" target="_blank" rel="noopener noreferrer">Credentials in RingCentral’s developer console</a>, and sign in as the user who is to be connected.`;
}

function permissionsOf(scope: string | undefined, title: string): Html | undefined {
  const permissions = (scope ?? '').split(' ').filter((permission) => permission !== '');
  if (permissions.length === 0) return undefined;
  return html`<h2>${title}</h2>
<ul>${permissions.map((permission) => html`<li>${permissionWords(permission)}</li>`)}</ul>`;
}

function tokenField(token: string): Html {
  return html`<input type="hidden" name="${FIELDS.token}" value="${token}">`;
}

/** Where an invitation's pages are. */
export function pathOf(link: Secret): string {
  return `/connect/${encodeURIComponent(link.reveal())}`;
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
