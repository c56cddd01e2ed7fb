import { describe, expect, test } from 'vitest';
import type { AuditLine, AuditRange } from '../domain/audit.ts';
import { keepSummingUp, keepTrimming } from './upkeep.ts';

const DAY_MS = 86_400_000;
const NOW = 1_000 * DAY_MS;

/** A clock whose sleeps are over at once; the signal comes in the one numbered `naps`. */
function fleeting(naps: number) {
  const ending = new AbortController();
  const slept: number[] = [];
  const clock = {
    now: () => NOW,
    deadline: () => ending.signal,
    sleep: async (ms: number) => {
      slept.push(ms);
      if (slept.length === naps) ending.abort();
    },
  };
  return { clock, slept, signal: ending.signal };
}

describe('keepSummingUp', () => {
  test('sums up at once and every minute, and ends with the signal', async () => {
    const { clock, slept, signal } = fleeting(3);
    const sums: boolean[] = [];

    await keepSummingUp({ trail: { sumUp: async () => void sums.push(true) }, clock }, signal);

    expect(sums).toHaveLength(3);
    expect(new Set(slept)).toEqual(new Set([60_000]));
  });
});

describe('keepTrimming', () => {
  function world(naps: number, answers: (AuditRange | undefined | Error)[], keepMs = 400 * DAY_MS) {
    const { clock, slept, signal } = fleeting(naps);
    const asked: [number, number][] = [];
    const lines: AuditLine[] = [];
    const warned: string[] = [];
    const store = {
      trimAudit: async (before: number, most: number) => {
        asked.push([before, most]);
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer;
      },
    };
    const log = { info: () => undefined, warn: (event: string) => void warned.push(event), error: () => undefined };
    const trail = { note: async (line: AuditLine) => void lines.push(line) };
    return { trimming: keepTrimming({ store, trail, clock, log, keepMs }, signal), asked, slept, lines, warned };
  }

  test('removes in small parts with a pause after each, then once a day; one line says which', async () => {
    const { trimming, asked, slept, lines } = world(4, [{ first: 1, last: 1_000 }, { first: 1_001, last: 1_200 }, undefined, undefined]);

    await trimming;

    expect(asked).toEqual(Array.from({ length: 4 }, () => [600 * DAY_MS, 1_000]));
    expect(slept).toEqual([200, 200, DAY_MS, DAY_MS]);
    expect(lines).toEqual([{ who: 'gateway', action: 'trimAudit', object: 'audit/1-1200', address: '', result: 'ok', requestId: '' }]);
  });

  test('goes on after a failure, and tells what was removed before it', async () => {
    const { trimming, asked, lines, warned } = world(3, [{ first: 1, last: 1_000 }, new Error('the database is busy'), undefined]);

    await trimming;

    expect(warned).toEqual(['audit.trim_failed']);
    expect(lines).toMatchObject([{ object: 'audit/1-1000' }]);
    expect(asked).toHaveLength(3);
  });

  test('0 days keeps everything', async () => {
    const { trimming, asked } = world(1, [], 0);

    await trimming;

    expect(asked).toEqual([]);
  });
});
