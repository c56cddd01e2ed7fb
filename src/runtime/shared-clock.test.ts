import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import type { Log } from './log.ts';
import { keepMeasuring, SharedClock } from './shared-clock.ts';

const MINUTE_MS = 60_000;

describe('SharedClock', () => {
  test('G8: tells the shared time, as of the middle of the way there and back', async () => {
    const own = new ManualClock(1_000_000);
    const clock = new SharedClock(own);

    await clock.measure(async () => {
      own.advance(100);
      const told = own.now() + 7_000;
      own.advance(100);
      return told;
    });

    expect(clock.offsetMs).toBe(7_000);
    expect(clock.now()).toBe(own.now() + 7_000);
  });

  test('believes the answer that came soonest, and none that took too long', async () => {
    const own = new ManualClock(1_000_000);
    const clock = new SharedClock(own);
    const ways = [50, 4, 80, 3_000, 3_000, 3_000];
    const ask = async () => {
      const told = own.now() + 500;
      own.advance(ways.shift() ?? 0);
      return told;
    };

    await clock.measure(ask);
    const first = clock.offsetMs;
    await clock.measure(ask);

    expect(first).toBe(498);
    expect(clock.offsetMs).toBe(498);
  });

  test('is this machine’s own where there is no other', async () => {
    const own = new ManualClock(1_000_000);
    const clock = new SharedClock(own);

    await clock.measure(async () => undefined);

    expect(clock.now()).toBe(1_000_000);
  });
});

describe('12: a clock that is set', () => {
  test.each([3_600_000, -3_600_000])('by %i ms does not move the time of a database, nor monotonic time', async (byMs) => {
    const own = new ManualClock(1_000_000_000);
    const clock = new SharedClock(own);
    await clock.measure(async () => 5_000_000_000);
    const before = clock.monotonic();

    own.step(byMs);
    own.advance(1_500);

    expect(clock.now()).toBe(5_000_001_500);
    expect(clock.monotonic() - before).toBe(1_500);
    expect(clock.offsetMs).toBe(4_000_000_000 - byMs);
  });

  test('is followed where this machine’s time is the shared one, and said', async () => {
    const own = new ManualClock(1_000_000_000);
    const clock = new SharedClock(own);
    const steps: number[] = [];
    clock.onStep((byMs) => steps.push(byMs));

    own.step(-3_600_000);

    expect([clock.now(), clock.now()]).toEqual([996_400_000, 996_400_000]);
    expect(steps).toEqual([-3_600_000]);
  });

  test('is measured against at once, not when the minute is over', async () => {
    const own = new ManualClock(1_000_000_000);
    const clock = new SharedClock(own);
    const ending = new AbortController();
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return 5_000_000_000;
    };
    const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const kept = keepMeasuring({ clock, ask, log }, ending.signal);
    while (!own.isAsleepFor(MINUTE_MS)) await new Promise(setImmediate);

    own.step(3_600_000);
    clock.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    ending.abort();
    await kept;

    expect(asked).toBe(3);
  });
});

describe('keepMeasuring', () => {
  test('G8: measures each minute, goes on after a failure, and says where the clocks are far apart', async () => {
    const own = new ManualClock(1_000_000);
    const clock = new SharedClock(own);
    const said: string[] = [];
    const log: Log = { info: () => undefined, warn: (event) => said.push(event), error: () => undefined };
    const ending = new AbortController();
    const answers = [async () => own.now() + 1_000, () => Promise.reject(new Error('away')), async () => own.now() - 31_000];
    let times = 0;
    const ask = () => (answers[Math.min(times++, 5) < 3 ? 0 : times === 4 ? 1 : 2] ?? (async () => undefined))();
    const kept = keepMeasuring({ clock, ask, log }, ending.signal);
    const offsets: number[] = [];

    for (let minute = 0; minute < 3; minute += 1) {
      while (!own.isAsleepFor(MINUTE_MS)) await new Promise(setImmediate);
      own.advance(MINUTE_MS);
      await new Promise((resolve) => setTimeout(resolve, 5));
      offsets.push(clock.offsetMs);
    }
    ending.abort();
    await kept;

    expect(offsets).toEqual([1_000, 1_000, -31_000]);
    expect(said).toEqual(['clock.not_measured', 'clock.offset']);
  });
});
