import { expect, test } from 'vitest';
import { watchPlatformClock } from './platform-clock.ts';

const NOW = Date.parse('2026-11-21T12:00:00.500Z');

/** Asks once per offset of the platform's Date. @returns the offsets that were logged */
async function offsets(theirs: readonly (number | string | undefined)[], tookMs = 0): Promise<number[]> {
  const logged: number[] = [];
  let now = NOW;
  let date: string | undefined;
  const answer = async () => {
    now += tookMs;
    return new Response('', date === undefined ? {} : { headers: { date } });
  };
  const watched = watchPlatformClock(answer, { now: () => now }, { warn: (_event, fields) => void logged.push(Number(fields?.offsetMs)) });
  for (const their of theirs) {
    now = NOW;
    date = typeof their === 'number' ? new Date(NOW + their).toUTCString() : their;
    await watched('https://platform.example.com/restapi', {});
  }
  return logged;
}

test('G8: a clock that is over 30 s from the platform is logged once, and again after it was right', async () => {
  expect(await offsets([-29_000, 29_000, 31_000, 40_000, 0, -31_000])).toEqual([-31_000, 31_000]);
});

test('G8: an answer without a Date, with one that is none, or that took long, tells nothing', async () => {
  expect(await offsets([undefined, 'yesterday'])).toEqual([]);
  expect(await offsets([3_600_000], 10_001)).toEqual([]);
});
