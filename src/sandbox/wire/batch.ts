import { type Answer, answerOf, jsonAnswer } from './answer.ts';
import type { PlatformRequest } from './platform-request.ts';
import { restRefusal } from './rest-refusal.ts';

/** One of several things that a request means, and what is answered about it. */
export interface BatchEntry {
  readonly resourceId: string;
  readonly href: string;
  /** Where there is no body, a status alone. */
  readonly answer: Answer;
}

const JSON_BATCH_TYPE = 'application/vnd.ringcentral.multipart+json';
// RingCentral "Batch requests": as many in the path.
const MOST_IDS = 50;

/**
 * The ids that a path names, with commas between them.
 *
 * @throws Refused  400 CMN-106: more than fifty
 */
export function readIds(parameter: string): readonly string[] {
  const ids = parameter.split(',').filter((id) => id !== '');
  if (ids.length > MOST_IDS) throw tooMany();
  return ids;
}

/** Whether the path leaves the ids to the body. */
export function isInBody(parameter: string): boolean {
  return parameter === '*';
}

/** Whether the body is a batch in JSON. */
export function isJsonBatch({ mediaType }: PlatformRequest): boolean {
  return mediaType === JSON_BATCH_TYPE;
}

/** 400: the request means too many things at once. */
export function tooMany() {
  return restRefusal(400, 'CMN-106', 'Too many resources in a batch request');
}

/** What is answered about one, a refusal too. */
export function entryOf(resourceId: string, href: string, work: () => Answer): BatchEntry {
  // None of a batch waits for anybody, so there is no promise here.
  return { resourceId, href, answer: answerOf(work) as Answer };
}

/**
 * 207: each has an answer of its own.
 *
 * In parts, the first of which lists what the others are; in one JSON array for those who accept that.
 *
 * @param boundary  found in none of the answers
 * @see RingCentral "Batch requests"
 */
export function batchAnswer({ headers }: PlatformRequest, entries: readonly BatchEntry[], boundary: string): Answer {
  if ((headers.accept ?? '').includes(JSON_BATCH_TYPE)) {
    const items = entries.map(({ resourceId, answer }) => ({ resourceId, status: answer.status, body: bodyOf(answer) }));
    return jsonAnswer(207, items, { 'content-type': JSON_BATCH_TYPE });
  }
  const summary = entries.map(({ href, answer: { status } }) => ({ href, status, responseDescription: DESCRIPTIONS.get(status) ?? 'Error' }));
  const bodies = [JSON.stringify({ response: summary }), ...entries.map(({ answer }) => String(answer.body))];
  const parts = bodies.map((body) => `--${boundary}\r\nContent-Type: application/json\r\n\r\n${body}\r\n`);
  return { status: 207, headers: { 'content-type': `multipart/mixed; boundary=${boundary}` }, body: `${parts.join('')}--${boundary}--\r\n` };
}

const DESCRIPTIONS: ReadonlyMap<number, string> = new Map([
  [200, 'OK'],
  [204, 'No Content'],
  [400, 'Bad Request'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
]);

function bodyOf({ body }: Answer): unknown {
  return body === '' ? {} : (JSON.parse(String(body)) as unknown);
}
