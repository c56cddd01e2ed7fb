import { describe, expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('retryAfterMs', () => {
  test.each([
    ['60', 60_000],
    [' 5 ', 5_000],
    ['0', 0],
    ['Sat, 21 Nov 2026 12:01:00 GMT', 60_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 600_000],
    ['999999999999', 600_000],
    ['soon', 30_000],
    ['', 30_000],
  ])('reads "%s" as %i ms', (text, ms) => {
    expect(retryAfterMs(new Headers({ 'retry-after': text }), NOW)).toBe(ms);
  });

  test('is 30 s where the header is absent', () => {
    expect(retryAfterMs(new Headers(), NOW)).toBe(30_000);
  });
});
