import { describe, expect, test } from 'vitest';
import { sweepSessions } from './session-sweep.ts';

describe('sweepSessions', () => {
  test('sweeps at once and each hour, goes on after a failure, and ends with the signal', async () => {
    const ending = new AbortController();
    const sweeps: number[] = [];
    const claimSweeps: number[] = [];
    const naps: number[] = [];
    let now = 1_000;
    const sessions = {
      removeExpiredSessions: async (at: number) => {
        sweeps.push(at);
        if (sweeps.length === 1) throw new Error('the database is busy');
        return 0;
      },
    };
    const claims = {
      removeExpiredClaims: async (at: number) => {
        claimSweeps.push(at);
        return 0;
      },
    };
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        naps.push(ms);
        now += ms;
        if (naps.length === 3) ending.abort();
      },
    };

    await sweepSessions(
      { sessions, claims, clock, log: { info: () => undefined, warn: () => undefined, error: () => undefined } } as unknown as Parameters<
        typeof sweepSessions
      >[0],
      ending.signal,
    );

    expect(sweeps).toEqual([1_000, 3_601_000, 7_201_000]);
    expect(claimSweeps).toEqual([3_601_000, 7_201_000]);
    expect(new Set(naps)).toEqual(new Set([3_600_000]));
  });
});
