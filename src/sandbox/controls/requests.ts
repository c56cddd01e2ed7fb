import { Type } from 'typebox';
import { ControlInputWrong, checkedControl } from '../control.ts';

/** What the platform has been asked, oldest first; with `last`, no more than so many. */
export const requestsControl = checkedControl({
  method: 'GET',
  path: '/_sandbox/requests',
  input: Type.Object({ path: Type.Optional(Type.String()), last: Type.Optional(Type.String()) }, { additionalProperties: false }),
  // An empty path is none, as in the platform's own forms.
  run: (world, { path, last }) => ({ requests: world.requestLog.list(path || undefined, last === undefined ? undefined : countOf(last)) }),
});

function countOf(last: string): number {
  if (!/^[1-9]\d{0,4}$/.test(last)) throw new ControlInputWrong('last', 'must be a whole number from 1 to 99999');
  return Number(last);
}
