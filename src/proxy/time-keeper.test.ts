import { expect, test } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { TimeKeeper } from './time-keeper.ts';

const ALLOWED = { durationMs: 10_000, idleMs: 3_000 };

async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('39: a request that stands still is stopped, one that moves goes on until its time is over', async () => {
  const clock = new ManualClock();
  const keeper = new TimeKeeper(clock);
  const stopped: string[] = [];
  let bytes = 0;
  keeper.begin(ALLOWED, { bytes: () => 7, late: () => stopped.push('still') });
  keeper.begin(ALLOWED, { bytes: () => bytes, late: () => stopped.push('moving') });
  keeper.begin(ALLOWED, { bytes: () => 0, late: () => stopped.push('over') }).end();

  const at: string[][] = [];
  for (let second = 1; second <= 11; second += 1) {
    bytes += 1;
    await pass(clock, 1_000);
    at.push([...stopped]);
  }

  expect([at[1], at[3], at[8], at[10]]).toEqual([[], ['still'], ['still'], ['still', 'moving']]);
});
