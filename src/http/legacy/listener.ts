import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaxOutApi } from '../../legacy/faxout/answer.ts';
import { legacyApiOf, queryOf } from '../../legacy/path.ts';
import type { RingOutApi } from '../../legacy/ringout/answer.ts';
import { FAILED } from '../../legacy/ringout/failed.ts';
import { readParameters } from '../../legacy/ringout/parameters.ts';
import { closeGently } from '../../proxy/linger.ts';
import type { TimeKeeper } from '../../proxy/time-keeper.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { faxBody } from './fax-body.ts';
import { enter, type InFlight, leave } from './in-flight.ts';
import { isLinkPreview } from './link-preview.ts';
import { FAX_NOT_TAKEN, plainTextHeaders } from './plain-text.ts';
import { type BodyRead, readBody } from './read-body.ts';
import { type StatusPage, statusPage, statusPageHeaders } from './status-page.ts';

// The longest request line that programs of this kind, and the servers of their time, could deal with.
const TARGET_LIMIT_BYTES = 64 * 1024;
const BODY_LIMIT_BYTES = 1024 * 1024;
// Old programs wait 30 s for their answer, and the platform must be asked within that.
const BODY_TIMEOUT_MS = 10_000;

/** What the legacy listener is handed. */
export interface LegacyListenerParts {
  readonly ringOut: RingOutApi;
  readonly faxOut: FaxOutApi;
  readonly times: TimeKeeper;
  /** The IP address of the caller. */
  readonly addressOf: (request: IncomingMessage) => string;
  readonly log: Log;
  readonly clock?: Pick<Clock, 'deadline'>;
}

/**
 * Answers `ringout.asp` and `faxapi.asp` on node:http, in front of everything that has an answer of its own to a request it dislikes.
 *
 * The answer is plain text, but for a status with `format=html`, which is a page.
 *
 * GET acts by its query, POST by its query and its form body, whatever its content type says. HEAD, and what was
 * fetched before anybody asked for it, is answered without acting. The answer always has HTTP status 200, since old
 * programs judge the body and some give up on any other; it never redirects, which would lose a body, and sets no
 * cookie.
 *
 * A fax is a POST, whose answer is one digit whatever happens: the old programs make a number of what they get, so that HTML,
 * JSON, or nothing would count as 0, success.
 */
export function createLegacyListener(parts: LegacyListenerParts): (request: IncomingMessage, response: ServerResponse) => void {
  const clock = parts.clock ?? systemClock;
  return (request, response) => {
    // The caller may leave at any time. A call that it asked for is placed all the same; nobody hears the answer.
    request.on('error', () => undefined);
    response.on('error', () => undefined);

    const inFlight = enter(request.socket);
    response.once('close', () => leave(request.socket, inFlight));
    const isFax = legacyApiOf(request.url ?? '') === 'faxout';
    (isFax ? answerFax(parts, request, inFlight) : answer(parts, clock, request, inFlight))
      .catch((error: unknown): Answer => {
        parts.log.error('legacy.failed', { error: error instanceof Error ? error.name : typeof error });
        return { body: isFax ? FAX_NOT_TAKEN : FAILED.unavailable };
      })
      .then((answered) => {
        if (isFax && !request.complete) closeGently(request, response, parts.times);
        send(request, response, inFlight, answered);
      });
  };
}

/** What goes out. */
interface Answer {
  /** Absent where there is to be none. */
  readonly body?: string;
  /** The id of the fax that was accepted, by which it can be followed. */
  readonly fax?: string;
  /** In place of the body. */
  readonly page?: StatusPage;
}

async function answer(parts: LegacyListenerParts, clock: Pick<Clock, 'deadline'>, request: IncomingMessage, inFlight: InFlight): Promise<Answer> {
  const { method, headers, url: target = '' } = request;
  if (method === 'HEAD') return {};
  if (method !== 'GET' && method !== 'POST') return refuse(inFlight, FAILED.method);
  if (target.length > TARGET_LIMIT_BYTES) return refuse(inFlight, FAILED.request);
  if (isLinkPreview(headers)) return refuse(inFlight, FAILED.request);

  const body: BodyRead = method === 'POST' ? await readBody(request, BODY_LIMIT_BYTES, clock.deadline(BODY_TIMEOUT_MS), inFlight) : { text: '' };
  // Half a form might place half a call: to another number, or without its caller ID.
  if (body === 'gone') return {};
  if (body === 'refused') return refuse(inFlight, FAILED.request);
  const parameters = readParameters(queryOf(target), body.text);
  const line = await parts.ringOut.answer(parameters, { address: parts.addressOf(request) });
  const page = statusPage(parameters, line);
  return page ? { page } : { body: line };
}

async function answerFax(parts: LegacyListenerParts, request: IncomingMessage, inFlight: InFlight): Promise<Answer> {
  const { method, headers } = request;
  if (method === 'HEAD') return {};
  if (method !== 'POST') return refuse(inFlight, FAX_NOT_TAKEN);
  const body = faxBody(request, parts.times, inFlight);
  const { digit, id } = await parts.faxOut.answer({ contentType: headers['content-type'] ?? '', body, address: parts.addressOf(request) });
  // What has not been read by now is not looked at.
  if (!request.complete) inFlight.closing = true;
  return { body: digit, ...(id !== undefined && { fax: id }) };
}

// What is refused unread may have a body that is still coming, so the connection serves no further request.
function refuse(inFlight: InFlight, body: string): Answer {
  inFlight.closing = true;
  return { body };
}

function send(request: IncomingMessage, response: ServerResponse, { closing }: InFlight, { body = '', fax, page }: Answer): void {
  const bytes = Buffer.from(page?.body ?? body, 'utf8');
  const headers = page ? statusPageHeaders(page, bytes.length, closing) : plainTextHeaders(bytes.length, closing);
  response.writeHead(200, { ...headers, ...(fax !== undefined && { 'trunkline-fax': fax }) });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
