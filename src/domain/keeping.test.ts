import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capacityWithin, excessOf, forecast } from './keeping.ts';

const HOUR_MS = 3_600_000;
const FIRST_HOUR = 486_111;

interface Count {
  readonly hour: number;
  readonly connections: number;
}

const counts = fc
  .uniqueArray(fc.record({ hour: fc.integer({ min: FIRST_HOUR, max: FIRST_HOUR + 200 }), connections: fc.integer({ min: 1, max: 600 }) }), {
    selector: ({ hour }) => hour,
    maxLength: 30,
  })
  .map((some) => some.toSorted((a, b) => a.hour - b.hour));
const nows = fc.integer({ min: 0, max: HOUR_MS - 1 }).map((ms) => FIRST_HOUR * HOUR_MS + ms);
const slots = fc.integer({ min: 100, max: 60_000 });

/** What one takes of the time while callers take a fifth. */
function besideCallers(slotMs: number): number {
  return HOUR_MS / capacityWithin(HOUR_MS, slotMs, 1);
}

/** When each is refreshed, one after the other, in the order of their deadlines. */
function played(some: readonly Count[], slotMs: number, now: number): { readonly hour: number; readonly doneAt: number }[] {
  return some.flatMap(({ hour, connections }) => Array<number>(connections).fill(hour)).map((hour, index) => ({ hour, doneAt: now + (index + 1) * slotMs }));
}

describe('G7: the forecast', () => {
  test('has as much time in hand as whoever refreshes them one after the other, beside callers, has at the narrowest place', () => {
    fc.assert(
      fc.property(counts, slots, nows, (some, slotMs, now) => {
        const inHand = played(some, besideCallers(slotMs), now).map(({ hour, doneAt }) => Math.max(hour * HOUR_MS, now) - doneAt);
        const { slackMs, urgent, early } = forecast(some, slotMs, now);
        expect(slackMs).toBeCloseTo(Math.min(Number.POSITIVE_INFINITY, ...inHand), 3);
        expect({ urgent, early }).toEqual({ urgent: slackMs < HOUR_MS, early: slackMs < 24 * HOUR_MS });
      }),
    );
  });

  test('what is urgent ends where the rest could wait', () => {
    fc.assert(
      fc.property(counts, slots, nows, (some, slotMs, now) => {
        const { urgent, urgentBy } = forecast(some, slotMs, now);
        const narrow = played(some, besideCallers(slotMs), now).filter(({ hour, doneAt }) => Math.max(hour * HOUR_MS, now) - doneAt < HOUR_MS);
        expect(urgentBy).toBe(Math.max(0, ...narrow.map(({ hour }) => (hour + 1) * HOUR_MS)));
        expect(urgentBy > 0).toBe(urgent);
      }),
    );
  });

  test('nothing presses where there is no limit', () => {
    expect(forecast([{ hour: FIRST_HOUR, connections: 1_000_000 }], undefined, FIRST_HOUR * HOUR_MS)).toMatchObject({
      urgent: false,
      urgentBy: 0,
      early: false,
    });
  });
});

describe('G7: what is too much for a budget', () => {
  test('is something exactly where one after the other cannot be done in time, and without it they can', () => {
    fc.assert(
      fc.property(counts, slots, fc.double({ min: 0, max: 1, noNaN: true }), nows, (some, slotMs, callersShare, now) => {
        // What a refresh takes of the time, with what callers and chance take.
        const takesMs = HOUR_MS / capacityWithin(HOUR_MS, slotMs, callersShare);
        const late = (kept: readonly Count[]) => played(kept, takesMs, now).filter(({ hour, doneAt }) => doneAt > (hour + 1) * HOUR_MS + 1e-3);
        const { excess, most, by } = excessOf(some, slotMs, callersShare, now);

        expect(excess > 0).toBe(late(some).length > 0);
        if (excess <= 0) return;
        const dying = some.filter(({ hour }) => (hour + 1) * HOUR_MS <= by);
        const all = dying.reduce((sum, { connections }) => sum + connections, 0);
        expect(all - excess).toBe(most);
        // Whichever are given up of those that die by then, the last of the others is in time.
        expect(now + most * takesMs).toBeLessThanOrEqual(by + 1e-3);
        expect(now + (most + 1) * takesMs).toBeGreaterThan(by - 1e-3);
      }),
    );
  });

  test('callers are planned with a fifth at most: what they take beyond that is not kept for them', () => {
    expect(capacityWithin(HOUR_MS, 12_000, 1)).toBe(capacityWithin(HOUR_MS, 12_000, 0.2));
    expect(capacityWithin(HOUR_MS, 12_000, 0.1)).toBeGreaterThan(capacityWithin(HOUR_MS, 12_000, 0.2));
  });
});
