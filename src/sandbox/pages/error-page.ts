import { type Answer, type Answering, mapAnswer } from '../wire/answer.ts';
import type { PlatformRequest } from '../wire/platform-request.ts';
import { html } from './html.ts';
import { pageAnswer } from './page.ts';

interface RefusalBody {
  readonly error_description?: string;
  readonly message?: string;
  readonly errors?: readonly { readonly errorCode?: string }[];
}

/** The same refusals, for whoever reads pages: with the platform's status, code and text. Programs get them as they are. */
export function readably(request: PlatformRequest, answering: Answering): Answering {
  const wantsPage = request.headers.accept?.includes('text/html') ?? false;
  return wantsPage ? mapAnswer(answering, (answer) => (answer.status < 400 ? answer : errorPage(answer))) : answering;
}

function errorPage(answer: Answer): Answer {
  if (typeof answer.body !== 'string' || !answer.body.startsWith('{')) return answer;
  const { error_description, message, errors } = JSON.parse(answer.body) as RefusalBody;
  const page = pageAnswer({
    status: answer.status,
    title: 'This sign-in cannot go on',
    body: html`<p class="alarm" role="alert">${error_description ?? message ?? ''}</p>
<p>Go back to the app you came from. If you build it: the platform’s code is <strong>${errors?.[0]?.errorCode ?? ''}</strong>.</p>`,
  });
  const { 'content-type': _type, 'content-length': _length, ...others } = answer.headers;
  return { ...page, headers: { ...others, ...page.headers } };
}
