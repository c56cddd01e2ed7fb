import { Type } from 'typebox';
import { checkedControl } from '../control.ts';

const LARGEST_SCALE = 1_000_000;

/** Multiplies the platform's rate limits; what was counted so far, and any penalty, is forgotten. */
export const limitsControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/limits',
  input: Type.Object({ scale: Type.Number({ minimum: 0, maximum: LARGEST_SCALE }) }, { additionalProperties: false }),
  run: (world, { scale }) => {
    world.settings.set({ ...world.settings.current, limitScale: scale });
    world.rateLimits.reset();
    return { scale };
  },
});
