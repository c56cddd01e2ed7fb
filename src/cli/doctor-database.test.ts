import { describe, expect, test } from 'vitest';
import { auditFinding } from './doctor-database.ts';

describe('auditFinding', () => {
  test.each([
    [{ anchor: 1, newest: undefined, missing: undefined }, 'ok', 'there is no line yet'],
    [{ anchor: 5, newest: 9, missing: undefined }, 'ok', 'lines 5 to 9 are there'],
    [{ anchor: 1, newest: 9, missing: { first: 4, last: 4 } }, 'fail', 'line 4 is missing;'],
    [{ anchor: 1, newest: 9, missing: { first: 4, last: 6 } }, 'fail', 'lines 4 to 6 are missing;'],
  ])('68: %j is %s: %s', (state, level, message) => {
    expect(auditFinding(state)).toMatchObject({ name: 'audit', level, message: expect.stringContaining(message) });
  });
});
