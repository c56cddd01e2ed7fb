import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freeAt, keepingGoesFirst, slotAt, streakAfter, withSlot } from './budget.ts';

const NOW = 1_750_000_000_000;
const WINDOW_MS = 60_000;
// The nodes of a database work in its time; so far apart they may be.
const APART_MS = 250;

interface Ask {
  /** How long after the one before, by a clock that nobody sets; absent: as soon as whoever asks believes that a slot is free. */
  readonly afterMs: number | undefined;
  /** How far the clock of whoever asks is ahead of that. */
  readonly aheadMs: number;
}

/** The instants, by the clock that nobody sets, at which a slot was given. */
function given(limit: number, asks: readonly Ask[]): number[] {
  const times: number[] = [];
  let slots: readonly number[] = [];
  let real = NOW;
  for (const { afterMs, aheadMs } of asks) {
    const budget = { limit, windowMs: WINDOW_MS, slots };
    real = afterMs === undefined ? Math.max(real, freeAt(budget, real + aheadMs) - aheadMs) : real + afterMs;
    const now = real + aheadMs;
    if (freeAt(budget, now) > now) continue;
    slots = withSlot(budget, now);
    times.push(real);
  }
  return times;
}

function mostInAWindow(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + WINDOW_MS).length));
}

const limits = fc.integer({ min: 1, max: 10 });
const gaps = fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 90_000 }));

describe('withSlot', () => {
  test('so many more at once are as many one by one, and never more than the limit', () => {
    const budget = { limit: 5, windowMs: 60_000, slots: [1_000, 2_000] };

    const oneByOne = [1, 2, 3].reduce((slots) => withSlot({ ...budget, slots }, 3_000), budget.slots as readonly number[]);

    expect(withSlot(budget, 3_000, 3)).toEqual(oneByOne);
    expect(withSlot(budget, 3_000, 999_999_999)).toEqual([3_000, 3_000, 3_000, 3_000, 3_000]);
  });
});

describe('G7: a budget', () => {
  test('never gives more slots in a window than its limit, whoever asks and when, of nodes whose clocks are a little apart', () => {
    const asks = fc.array(fc.record({ afterMs: gaps, aheadMs: fc.integer({ min: 0, max: APART_MS }) }), { maxLength: 120 });
    fc.assert(fc.property(limits, asks, (limit, some) => mostInAWindow(given(limit, some)) <= limit));
  });

  test('12: nor where the clock is set back on the way, by a window in all', () => {
    const asks = fc.array(fc.record({ afterMs: gaps, backMs: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 15_000 })) }), {
      maxLength: 120,
    });
    fc.assert(
      fc.property(limits, asks, (limit, some) => {
        let aheadMs = 0;
        const set = some.map(({ afterMs, backMs }) => {
          aheadMs = Math.max(-WINDOW_MS, aheadMs - backMs);
          return { afterMs, aheadMs };
        });
        return mostInAWindow(given(limit, set)) <= limit;
      }),
    );
  });

  test('12: nor does a clock that was far ahead stop it for longer than two windows', () => {
    const ahead = fc.integer({ min: 1, max: 100 * WINDOW_MS });
    fc.assert(
      fc.property(limits, ahead, (limit, ms) => {
        const slots = Array.from({ length: limit }, (_, index) => NOW + ms + index);
        return freeAt({ limit, windowMs: WINDOW_MS, slots }, NOW) <= NOW + 2 * WINDOW_MS + APART_MS;
      }),
    );
  });

  test('tells who waits when its turn comes, as a queue that is played through does', () => {
    const past = fc.array(fc.record({ afterMs: gaps, aheadMs: fc.constant(0) }), { maxLength: 40 });
    fc.assert(
      fc.property(limits, past, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 100_000 }), (limit, before, ahead, laterMs) => {
        const times = given(limit, before);
        const now = (times.at(-1) ?? NOW) + laterMs;
        let slots: readonly number[] = times.slice(-limit);
        let at = now;
        for (let served = 0; served <= ahead; served += 1) {
          at = freeAt({ limit, windowMs: WINDOW_MS, slots }, at);
          slots = withSlot({ limit, windowMs: WINDOW_MS, slots }, at);
        }
        return slotAt({ limit, windowMs: WINDOW_MS, slots: times.slice(-limit) }, ahead, now) === at;
      }),
    );
  });

  test('without a limit gives slots at once', () => {
    expect(slotAt({ limit: undefined, windowMs: WINDOW_MS, slots: [NOW, NOW, NOW] }, 100, NOW)).toBe(NOW);
  });
});

test.each([
  ['urgent: four of five are for what would die', { urgent: true, early: true }, 0.8],
  ['early: one of five is for what it is merely time for', { urgent: false, early: true }, 0.2],
  ['neither: callers have all', { urgent: false, early: false }, 0],
])('G7: of the slots for which both wait, %s', (_name, taking, share) => {
  let streak = 0;
  const kept = Array.from({ length: 1_000 }, () => {
    const first = keepingGoesFirst(taking, streak);
    streak = streakAfter(first ? 'alive' : 'caller', streak);
    return first;
  });

  expect(kept.filter(Boolean).length / kept.length).toBeCloseTo(share, 2);
});
