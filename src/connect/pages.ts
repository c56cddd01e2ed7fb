import { type App, isOnThisMachine } from '../domain/app.ts';
import { GatewayError, OwnerChanged, PlatformBusy, type SignInRefusal, SignInRefused } from '../domain/errors.ts';
import type { Invitation } from '../domain/invitation.ts';
import type { Secret } from '../domain/secret.ts';
import { TokenRefused } from '../oauth/token-answer.ts';
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

/**
 * A sign-in that came to nothing: why, and what to do.
 *
 * @param again  the way back to the invitation, where it may still be used
 */
export function refusedPage(error: unknown, again: Secret | undefined): PageAnswer {
  const { status, title, words } = refusalWords(error);
  return pageAnswer({
    status,
    title,
    body: html`<p class="alarm" role="alert">${words}</p>
<p>Nothing was changed.</p>
${again ? html`<a class="button first" href="${pathOf(again)}">Try again</a>` : html`<p>Open the link that you were sent once more, or ask whoever sent it for a new one.</p>`}`,
  });
}

/** What the browser of a person at the command line shows in the end. */
export function terminalPage(refused: GatewayError | undefined): PageAnswer {
  if (!refused)
    return pageAnswer({ status: 200, title: 'Connected', body: html`<p class="good" role="status">You can close this page, and go back to the terminal.</p>` });
  return pageAnswer({ status: refused.status, title: 'Not connected', body: html`<p class="alarm" role="alert">${refused.message}</p>` });
}

interface Refusal {
  readonly status: number;
  readonly title: string;
  readonly words: string;
}

const REFUSALS: Readonly<Record<SignInRefusal, Refusal>> = {
  denied: { status: 403, title: 'Not connected', words: 'You did not allow it.' },
  platform_error: { status: 502, title: 'Not connected', words: 'RingCentral ended the sign-in with an error.' },
  no_code: { status: 400, title: 'Not connected', words: 'What RingCentral sent back is not complete.' },
  state_unknown: { status: 400, title: 'This sign-in is not known', words: 'It was not begun here, or it is long over.' },
  state_used: { status: 400, title: 'This sign-in is over', words: 'It was answered before, and an answer counts once.' },
  state_expired: { status: 400, title: 'This sign-in took too long', words: 'It is over after ten minutes.' },
  other_browser: {
    status: 403,
    title: 'This is another browser',
    words: 'The sign-in was begun in another browser, or cookies are not allowed here. It can be ended only where it was begun.',
  },
  other_address: { status: 400, title: 'This sign-in is not known', words: 'The answer came to another address than the one that was named for it.' },
  wrong_issuer: { status: 400, title: 'This sign-in is not known', words: 'The answer is not from the RingCentral that was asked.' },
  link_unknown: { status: 404, title: 'This link is not valid', words: 'It may have been cut off where it was copied, or taken back by whoever made it.' },
  link_used: { status: 410, title: 'This link was used', words: 'It works once.' },
  link_expired: { status: 410, title: 'This link is too old', words: 'Its time is over.' },
  link_worn: { status: 429, title: 'This link was tried too often', words: 'It cannot be used any more.' },
};

function refusalWords(error: unknown): Refusal {
  if (error instanceof SignInRefused) return REFUSALS[error.reason];
  if (error instanceof OwnerChanged)
    return {
      status: 403,
      title: 'This is another user',
      words: 'You signed in to RingCentral as another user than the one this link is for. Sign in as that user; the sign-in just made was ended.',
    };
  if (error instanceof TokenRefused) return { status: 502, title: 'Not connected', words: `RingCentral did not accept the sign-in (${error.platformCode}).` };
  if (error instanceof PlatformBusy)
    return { status: 503, title: 'Please wait a moment', words: `RingCentral asks us to wait ${Math.ceil((error.retryAfterMs ?? 0) / 1_000)} seconds.` };
  const { statusCode = 500 } = error as { readonly statusCode?: number };
  // What was sent is too large, or of no kind that is read here.
  if (!(error instanceof GatewayError) && statusCode < 500) return { status: statusCode, title: 'Not connected', words: 'What was sent cannot be read.' };
  if (!(error instanceof GatewayError)) return { status: 500, title: 'Something went wrong', words: 'The gateway’s log has the cause.' };
  return error.status < 500
    ? { status: error.status, title: 'Not connected', words: 'The link is not set up as it must be. Whoever sent it can find out why.' }
    : {
        status: error.status,
        title: 'Not connected',
        words: `Something is out of order between us and RingCentral (${error.code}). Try again in a minute; if it stays so, tell whoever sent you the link.`,
      };
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
