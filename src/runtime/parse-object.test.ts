import { describe, expect, test } from 'vitest';
import { parseObject } from './parse-object.ts';

describe('parseObject', () => {
  test('an object is given as it is', () => {
    expect(parseObject('{"a": [1, null]}')).toEqual({ a: [1, null] });
  });

  test.each(['', '{"a": 1', '[1]', 'null', '"a"', '1'])('nothing comes of %j', (text) => {
    expect(parseObject(text)).toBeUndefined();
  });
});
