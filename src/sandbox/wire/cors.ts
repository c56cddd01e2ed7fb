import { type Answer, type Answering, emptyAnswer, mapAnswer, withHeaders } from './answer.ts';
import type { PlatformRequest } from './platform-request.ts';

// Where people sign in no other page may read along (RFC 9700 §2.6).
const PAGES: ReadonlySet<string> = new Set(['/restapi/oauth/authorize', '/login', '/login/consent', '/logout']);
const METHODS = 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS';
// What RingCentral's JavaScript SDK looks at; Retry-After it cannot see in a browser, and says so.
const EXPOSED = 'X-Rate-Limit-Group, X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Window, RCRequestId, Discovery-Tag, Discovery-Required';
const PREFLIGHT_SECONDS = '3600';

/**
 * What the platform answers to a page of another origin: its SDK sends headers of its own, and its credentials.
 *
 * @param answer  gives the answer, unless the request only asks whether it may be sent
 * @see Fetch Standard, "CORS protocol"
 */
export function acrossOrigins(request: PlatformRequest, answer: () => Answering): Answering {
  const { origin } = request.headers;
  if (origin === undefined || PAGES.has(request.path)) return answer();
  const shared = (sent: Answer) =>
    withHeaders(sent, {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': EXPOSED,
      vary: 'Origin',
    });
  return mapAnswer(isPreflight(request) ? preflightAnswer(request) : answer(), shared);
}

function isPreflight({ method, headers }: PlatformRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function preflightAnswer({ headers }: PlatformRequest): Answer {
  const wanted = headers['access-control-request-headers'];
  return withHeaders(emptyAnswer(204), {
    'access-control-allow-methods': METHODS,
    ...(wanted !== undefined && { 'access-control-allow-headers': wanted }),
    'access-control-max-age': PREFLIGHT_SECONDS,
  });
}
