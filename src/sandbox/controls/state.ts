import { Type } from 'typebox';
import { checkedControl } from '../control.ts';
import { stateOf } from '../state.ts';

/** How the platform stands. */
export const stateControl = checkedControl({
  method: 'GET',
  path: '/_sandbox/state',
  input: Type.Object({}, { additionalProperties: false }),
  run: stateOf,
});
