import { Type } from 'typebox';
import { checkedControl } from '../control.ts';

/** What the platform has been asked, oldest first. */
export const requestsControl = checkedControl({
  method: 'GET',
  path: '/_sandbox/requests',
  input: Type.Object({ path: Type.Optional(Type.String()) }, { additionalProperties: false }),
  // An empty path is none, as in the platform's own forms.
  run: (world, { path }) => ({ requests: world.requestLog.list(path || undefined) }),
});
