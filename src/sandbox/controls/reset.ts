import { Type } from 'typebox';
import { checkedControl } from '../control.ts';

/** Everything as on the first day. */
export const resetControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/reset',
  input: Type.Object({}, { additionalProperties: false }),
  run: (world) => {
    world.reset();
    return {};
  },
});
