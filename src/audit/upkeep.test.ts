import { describe, expect, test } from 'vitest';
import { keepSummingUp } from './upkeep.ts';

describe('keepSummingUp', () => {
  test('sums up at once and every minute, and ends with the signal', async () => {
    const ending = new AbortController();
    const naps: number[] = [];
    const sums: boolean[] = [];
    const clock = {
      now: () => 0,
      deadline: () => ending.signal,
      sleep: async (ms: number) => {
        naps.push(ms);
        if (naps.length === 3) ending.abort();
      },
    };

    await keepSummingUp({ trail: { sumUp: async () => void sums.push(true) }, clock }, ending.signal);

    expect(sums).toHaveLength(3);
    expect(new Set(naps)).toEqual(new Set([60_000]));
  });
});
