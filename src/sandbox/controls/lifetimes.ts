import { Type } from 'typebox';
import { checkedControl } from '../control.ts';

const LONGEST_SECONDS = 10 * 366 * 24 * 3_600;
const Seconds = Type.Optional(Type.Union([Type.Null(), Type.Integer({ minimum: 1, maximum: LONGEST_SECONDS })]));

/** Sets the lifetimes of tokens that are issued from now on; one that is absent or null is the platform's again. */
export const lifetimesControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/lifetimes',
  input: Type.Object({ accessSeconds: Seconds, refreshSeconds: Seconds }, { additionalProperties: false }),
  run: (world, { accessSeconds = null, refreshSeconds = null }) => {
    const { clockOffsetMs, limitScale } = world.settings.current;
    world.settings.set({ clockOffsetMs, limitScale, ...(accessSeconds !== null && { accessSeconds }), ...(refreshSeconds !== null && { refreshSeconds }) });
    return { accessSeconds, refreshSeconds };
  },
});
