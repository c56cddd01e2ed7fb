import { describe, expect, test } from 'vitest';
import { inOneLine } from './audit.ts';

describe('inOneLine', () => {
  test.each([
    ['a\r\nadmin createApp', 'a\\u000d\\u000aadmin createApp'],
    ['\u0000\u001b[2J\u007f\u0085', '\\u0000\\u001b[2J\\u007f\\u0085'],
    ['\u2028\u2029', '\\u2028\\u2029'],
    ['what says \\u000a already', 'what says \\u005cu000a already'],
    ['Zürich "☎"', 'Zürich "☎"'],
  ])('67: %j becomes %j', (text, line) => {
    expect(inOneLine(text)).toBe(line);
  });

  test('a long value is cut', () => {
    expect(inOneLine('x'.repeat(10_000))).toHaveLength(300);
  });
});
