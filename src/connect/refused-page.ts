import { GatewayError, OwnerChanged, PlatformBusy, type SignInRefusal, SignInRefused } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { TokenRefused } from '../oauth/token-answer.ts';
import { html } from './html.ts';
import { type PageAnswer, pageAnswer } from './page.ts';
import { pathOf } from './pages.ts';

/** What stands in the way besides what a `SignInRefused` says. */
type Obstacle = 'other_user' | 'not_accepted' | 'busy' | 'unreadable' | 'not_set_up' | 'out_of_order' | 'internal';

/** Why a sign-in came to nothing, fit for an address: it chooses a page, and nothing more is believed of it. */
interface Ending {
  readonly why: SignInRefusal | Obstacle;
  /** A code, or a number of seconds. */
  readonly word: string;
  /** Where the page is the answer itself. */
  readonly status?: number;
}

interface Words {
  readonly status: number;
  readonly title: string;
  readonly words: string;
}

/**
 * A sign-in that came to nothing: why, and what to do.
 *
 * @param again  the way back to the invitation, where it may still be used
 */
export function refusedPage(error: unknown, again: Secret | undefined): PageAnswer {
  return page(endingOf(error), again);
}

/**
 * The address of that page: where people are sent from one that holds a code.
 *
 * @see RFC 9700 §4.2.4
 */
export function refusedPath(error: unknown, again: Secret | undefined): string {
  const { why, word } = endingOf(error);
  return `${again ? pathOf(again) : '/connect'}/refused?${new URLSearchParams({ why, ...(word !== '' && { word }) })}`;
}

/** The page at that address. */
export function refusedPageAt({ why, word }: { readonly why?: unknown; readonly word?: unknown }, again: Secret | undefined): PageAnswer {
  return page({ why: isWhy(why) ? why : 'link_unknown', word: wordIn(word) }, again);
}

function page(ending: Ending, again: Secret | undefined): PageAnswer {
  const { status, title, words } = WORDS[ending.why](ending.word);
  return pageAnswer({
    status: ending.status ?? status,
    title,
    body: html`<p class="alarm" role="alert">${words}</p>
<p>Nothing was changed.</p>
${again ? html`<a class="button first" href="${pathOf(again)}">Try again</a>` : html`<p>Open the link that you were sent once more, or ask whoever sent it for a new one.</p>`}`,
  });
}

function endingOf(error: unknown): Ending {
  if (error instanceof SignInRefused) return { why: error.reason, word: '' };
  if (error instanceof OwnerChanged) return { why: 'other_user', word: '' };
  if (error instanceof TokenRefused) return { why: 'not_accepted', word: wordIn(error.platformCode) };
  if (error instanceof PlatformBusy) return { why: 'busy', word: String(Math.ceil((error.retryAfterMs ?? 0) / 1_000)) };
  if (error instanceof GatewayError) return { why: error.status < 500 ? 'not_set_up' : 'out_of_order', word: error.code, status: error.status };
  // What was sent is too large, or of no kind that is read here.
  const { statusCode = 500 } = error as { readonly statusCode?: number };
  return statusCode < 500 ? { why: 'unreadable', word: '', status: statusCode } : { why: 'internal', word: '' };
}

const simply = (status: number, title: string, words: string) => (): Words => ({ status, title, words });

const WORDS: Readonly<Record<Ending['why'], (word: string) => Words>> = {
  denied: simply(403, 'Not connected', 'You did not allow it.'),
  platform_error: simply(502, 'Not connected', 'RingCentral ended the sign-in with an error.'),
  no_code: simply(400, 'Not connected', 'What RingCentral sent back is not complete.'),
  state_unknown: simply(400, 'This sign-in is not known', 'It was not begun here, or it is long over.'),
  state_used: simply(400, 'This sign-in is over', 'It was answered before, and an answer counts once.'),
  state_expired: simply(400, 'This sign-in took too long', 'It is over after ten minutes.'),
  other_browser: simply(
    403,
    'This is another browser',
    'The sign-in was begun in another browser, or cookies are not allowed here. It can be ended only where it was begun.',
  ),
  other_address: simply(400, 'This sign-in is not known', 'The answer came to another address than the one that was named for it.'),
  wrong_issuer: simply(400, 'This sign-in is not known', 'The answer is not from the RingCentral that was asked.'),
  link_unknown: simply(404, 'This link is not valid', 'It may have been cut off where it was copied, or taken back by whoever made it.'),
  link_used: simply(410, 'This link was used', 'It works once.'),
  link_expired: simply(410, 'This link is too old', 'Its time is over.'),
  link_worn: simply(429, 'This link was tried too often', 'It cannot be used any more.'),
  other_user: simply(
    403,
    'This is another user',
    'You signed in to RingCentral as another user than the one this link is for. Sign in as that user; the sign-in just made was ended.',
  ),
  not_accepted: (word) => ({ status: 502, title: 'Not connected', words: `RingCentral did not accept the sign-in (${word}).` }),
  busy: (word) => ({ status: 503, title: 'Please wait a moment', words: `RingCentral asks us to wait ${word} seconds.` }),
  unreadable: simply(400, 'Not connected', 'What was sent cannot be read.'),
  not_set_up: simply(409, 'Not connected', 'The link is not set up as it must be. Whoever sent it can find out why.'),
  out_of_order: (word) => ({
    status: 502,
    title: 'Not connected',
    words: `Something is out of order between us and RingCentral (${word}). Try again in a minute; if it stays so, tell whoever sent you the link.`,
  }),
  internal: simply(500, 'Something went wrong', 'The gateway’s log has the cause.'),
};

function isWhy(text: unknown): text is Ending['why'] {
  return typeof text === 'string' && Object.hasOwn(WORDS, text);
}

function wordIn(text: unknown): string {
  return typeof text === 'string' && /^[\w.-]{1,100}$/.test(text) ? text : '';
}
