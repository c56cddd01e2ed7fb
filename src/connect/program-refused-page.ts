import { html } from './html.ts';
import { type PageAnswer, pageAnswer } from './page.ts';

/** Why a program's user cannot be led on to sign in. */
export interface ProgramRefusal {
  readonly status: number;
  /** The platform's code, or ours. */
  readonly code: string;
  readonly retryAfterMs?: number | undefined;
  /** Joins it with the log and the audit trail. */
  readonly requestId: string;
}

interface Words {
  readonly title: string;
  readonly words: string;
}

/**
 * What a person sees whose program sent him to sign in, and who cannot be sent back to it, because it is not sure whose it is.
 *
 * @see RFC 6749 §4.1.2.1: "the authorization server SHOULD inform the resource owner of the error"
 */
export function programRefusedPage({ status, code, retryAfterMs, requestId }: ProgramRefusal): PageAnswer {
  const { title, words } = wordsFor(code, retryAfterMs);
  return pageAnswer({
    status,
    title,
    body: html`<p class="alarm" role="alert">${words}</p>
<p>Nothing was changed, and nobody was signed in.</p>
<p class="small">For whoever runs the program: ${code}, request ${requestId}. The gateway’s audit trail has a line of it.</p>`,
  });
}

function wordsFor(code: string, retryAfterMs = 0): Words {
  switch (code) {
    case 'OAU-153':
      return { title: 'This program is not known here', words: 'The address that led you here names a program (client id) that this gateway does not know.' };
    case 'OAU-109':
    case 'OAU-113':
      return {
        title: 'This program may not send you here',
        words: 'The address that you were to come back to is not among those that are listed for the program. You may have been sent here by somebody else.',
      };
    case 'OAU-251':
      return { title: 'Which program?', words: 'Several programs share the name (client id) that led you here, and they cannot be told apart.' };
    case 'OAU-111':
    case 'CMN-101':
    case 'CMN-103':
      return { title: 'This address is not complete', words: 'Go back to the program, and begin again there.' };
    case 'CMN-301':
      return {
        title: 'Please wait a moment',
        words: `Too many sign-ins were begun from your network. Try again in ${Math.ceil(retryAfterMs / 1_000)} seconds.`,
      };
    default:
      return { title: 'Something went wrong', words: 'Try again in a minute. If it stays so, tell whoever runs the program.' };
  }
}
