import { Type } from 'typebox';
import { ControlInputWrong, checkedControl } from '../control.ts';

// Longer than anything the platform grants: its longest lifetime is the ten years of a webhook.
const LONGEST_SECONDS = 20 * 366 * 24 * 3_600;
// Beyond it a year has five digits, and a little later there are no dates at all.
const LATEST = Date.UTC(9_000, 0);

/** Moves the sandbox's clock on. */
export const clockControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/clock',
  input: Type.Object({ advanceSeconds: Type.Number({ minimum: 0, maximum: LONGEST_SECONDS }) }, { additionalProperties: false }),
  run: (world, { advanceSeconds }) => {
    const settings = world.settings.current;
    if (world.now() + advanceSeconds * 1_000 > LATEST) throw new ControlInputWrong('advanceSeconds', 'leads beyond the year 9000; reset the sandbox');
    world.settings.set({ ...settings, clockOffsetMs: settings.clockOffsetMs + Math.round(advanceSeconds * 1_000) });
    world.agenda.clockMoved();
    return { now: world.now() };
  },
});
