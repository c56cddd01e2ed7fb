import { describe, expect, test } from 'vitest';
import { toInstant } from './query.ts';

describe('toInstant', () => {
  test.each([
    ['2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21T10:00', '2026-11-21T10:00:00.000Z'],
    ['2026-11-21T10:00:00.5', '2026-11-21T10:00:00.500Z'],
    ['2026-11-21T10:00:00Z', '2026-11-21T10:00:00.000Z'],
    ['2026-11-21T10:00:00+0130', '2026-11-21T08:30:00.000Z'],
  ])('%s is %s, whatever the zone of the machine', (text, expected) => {
    expect(toInstant(text)).toBe(Date.parse(expected));
  });

  test.each(['', '2026-13-01', '2026-11-21 10:00:00', '2026-11-21T10', '1795274716596', '2026-11-21Z'])('%j is no time', (text) => {
    expect(toInstant(text)).toBeUndefined();
  });
});
