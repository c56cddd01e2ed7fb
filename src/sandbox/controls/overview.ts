import { Type } from 'typebox';
import { checkedControl } from '../control.ts';
import { RULES } from '../profile.ts';

/** How the platform stands, in a few figures: what the console shows first. */
export const overviewControl = checkedControl({
  method: 'GET',
  path: '/_sandbox/overview',
  input: Type.Object({}, { additionalProperties: false }),
  run: (world) => {
    const { clockOffsetMs, accessSeconds = null, refreshSeconds = null, limitScale } = world.settings.current;
    return {
      origin: world.origin,
      clock: { now: world.now(), offsetMs: clockOffsetMs },
      lifetimes: { accessSeconds, refreshSeconds },
      limits: { scale: limitScale },
      rules: Object.entries(RULES).map(([name, { question, choices }]) => {
        const chosen = world.rules[name as keyof typeof RULES];
        return { name, question, chosen, means: choices[chosen] ?? '' };
      }),
      latencies: world.latencies.list(),
    };
  },
});
