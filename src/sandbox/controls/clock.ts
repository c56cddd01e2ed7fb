import { Type } from 'typebox';
import { checkedControl } from '../control.ts';

// Longer than anything the platform grants: its longest lifetime is the ten years of a webhook.
const LONGEST_SECONDS = 20 * 366 * 24 * 3_600;

/** Moves the sandbox's clock on. */
export const clockControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/clock',
  input: Type.Object({ advanceSeconds: Type.Number({ minimum: 0, maximum: LONGEST_SECONDS }) }, { additionalProperties: false }),
  run: (world, { advanceSeconds }) => {
    const settings = world.settings.current;
    world.settings.set({ ...settings, clockOffsetMs: settings.clockOffsetMs + Math.round(advanceSeconds * 1_000) });
    world.agenda.clockMoved();
    return { now: world.now() };
  },
});
