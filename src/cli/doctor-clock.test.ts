import { describe, expect, test } from 'vitest';
import { clockFinding, offsetFindings } from './doctor-clock.ts';

describe('clockFinding', () => {
  const NOON = Date.parse('2026-11-21T12:00:00Z');

  test.each([
    ['the same second is well', 400, 'ok', 'within 1 s'],
    ['half a minute ahead is well', 30_400, 'ok', 'within 30 s'],
    ['more than that ahead is a warning', 31_000, 'warn', '31 s ahead of'],
    ['more than that behind is a warning', -45_000, 'warn', '46 s behind'],
  ])('G8: %s', (_what, offsetMs, level, message) => {
    const finding = clockFinding('https://platform.example.com', 'Sat, 21 Nov 2026 12:00:00 GMT', NOON + offsetMs);

    expect(finding).toMatchObject({ level, message: expect.stringContaining(message) });
  });

  test.each([null, 'yesterday'])('an answer that does not say the time is a warning: Date %s', (date) => {
    expect(clockFinding('https://platform.example.com', date, NOON)).toMatchObject({ level: 'warn' });
  });
});

describe('offsetFindings', () => {
  test.each([
    [30_000, []],
    [-30_000, []],
    [31_000, ['31 s behind trunkline at db:5432']],
    [-45_400, ['45 s ahead of trunkline at db:5432']],
  ])('G8: the time that the nodes share is %i ms ahead: %j', (offsetMs, said) => {
    const findings = offsetFindings(offsetMs, 'trunkline at db:5432');

    expect(findings.map(({ level, message }) => [level, message.split(',')[0]])).toEqual(said.map((text) => ['warn', text]));
  });
});
