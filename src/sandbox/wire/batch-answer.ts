import { type Answer, answerOf, emptyAnswer, jsonAnswer } from './answer.ts';
import { restRefusal } from './rest-refusal.ts';

// RingCentral "Batch requests" names CMN-106 and no figure: this is the sandbox's.
const LARGEST_BATCH = 50;
const JSON_BATCH_TYPE = 'application/vnd.ringcentral.multipart+json';
const BOUNDARY = 'Boundary_1_15567762_1355833573664';

/** The ids of a path's last segment, where several may be joined with commas; each once. @throws Refused  400 CMN-106: too many */
export function idsOf(segment: string): readonly string[] {
  const ids = [...new Set(segment.split(',').filter((id) => id !== ''))];
  if (ids.length > LARGEST_BATCH) throw restRefusal(400, 'CMN-106', `Batch request is limited to ${LARGEST_BATCH} entries`);
  return ids.length === 0 ? [segment] : ids;
}

/**
 * Answers for one id as ever, and for several with 207: `multipart/mixed`, its first part a list of what came of each; or
 * a JSON list for a caller that asks for it.
 *
 * @param accept  the request's own
 * @param uriOf   where the one with this id is
 * @see RingCentral "Batch requests"
 */
export function answerEach(ids: readonly string[], accept: string | undefined, uriOf: (id: string) => string, answer: (id: string) => Answer): Answer {
  const [only = ''] = ids;
  if (ids.length === 1) return answer(only);
  const results = ids.map((id) => ({ id, ...(answerOf(() => answer(id)) as Answer) }));
  if (accept?.includes(JSON_BATCH_TYPE)) {
    const list = results.map(({ id, status, body }) => ({ resourceId: id, status, ...(body !== '' && { body: parsed(body) }) }));
    return jsonAnswer(207, list, { 'content-type': JSON_BATCH_TYPE });
  }
  const statuses = { response: results.map(({ id, status }) => ({ href: uriOf(id), status, responseDescription: status < 300 ? 'OK' : 'Not Found' })) };
  const parts = [JSON.stringify(statuses), ...results.map(({ body }) => String(body))];
  const text = parts.map((part) => `--${BOUNDARY}\r\nContent-Type: application/json\r\n\r\n${part}\r\n`).join('');
  return { status: 207, headers: { 'content-type': `multipart/mixed; boundary=${BOUNDARY}` }, body: `${text}--${BOUNDARY}--\r\n` };
}

/** As `answerEach`; but where all were removed, there is nothing to tell them apart: 204. */
export function removeEach(ids: readonly string[], accept: string | undefined, uriOf: (id: string) => string, remove: (id: string) => Answer): Answer {
  const answers = new Map(ids.map((id) => [id, answerOf(() => remove(id)) as Answer]));
  if ([...answers.values()].every(({ status }) => status === 204)) return emptyAnswer(204);
  return answerEach(ids, accept, uriOf, (id) => answers.get(id) ?? emptyAnswer(204));
}

function parsed(body: string | Uint8Array): unknown {
  return JSON.parse(String(body)) as unknown;
}
