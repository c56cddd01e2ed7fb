import { randomText } from '../../runtime/random.ts';
import type { World } from '../world.ts';
import { type Answer, emptyAnswer } from './answer.ts';
import { batchAnswer, entryOf, readIds } from './batch.ts';
import type { PlatformRequest } from './platform-request.ts';

/** A request whose path ends with one id, or with several and commas between them. */
interface EachCall {
  readonly world: World;
  readonly request: PlatformRequest;
}

const BOUNDARY_BYTES = 15;

/**
 * Answers for one id as ever, and for several with 207.
 *
 * @param uriOf  where the one with this id is
 * @throws Refused  400 CMN-106: too many
 */
export function answerEach(call: EachCall, segment: string, uriOf: (id: string) => string, answer: (id: string) => Answer): Answer {
  const ids = idsOf(segment);
  const [only = ''] = ids;
  if (ids.length === 1) return answer(only);
  const entries = ids.map((id) => entryOf(id, uriOf(id), () => answer(id)));
  return batchAnswer(call.request, entries, `Boundary_${randomText(call.world.random, BOUNDARY_BYTES)}`);
}

/** As `answerEach`; but where all were removed, there is nothing to tell them apart: 204. */
export function removeEach(call: EachCall, segment: string, uriOf: (id: string) => string, remove: (id: string) => Answer): Answer {
  const answers = new Map(idsOf(segment).map((id) => [id, entryOf(id, uriOf(id), () => remove(id)).answer]));
  if ([...answers.values()].every(({ status }) => status === 204)) return emptyAnswer(204);
  return answerEach(call, segment, uriOf, (id) => answers.get(id) ?? emptyAnswer(204));
}

// Each once; a segment of nothing but commas is an id that nobody has.
function idsOf(segment: string): readonly string[] {
  const ids = [...new Set(readIds(segment))];
  return ids.length === 0 ? [segment] : ids;
}
