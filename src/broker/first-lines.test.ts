import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FirstLines } from './first-lines.ts';

test('FirstLines knows for each value where it stood first, as a map would', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.nat(5_000).map(String)), { maxLength: 5_000, size: 'max' }), (values) => {
      const lines = new FirstLines();
      const model = new Map<string, number>();

      for (const [index, value] of values.entries()) {
        expect(lines.note(value, index + 1)).toBe(model.get(value));
        if (!model.has(value)) model.set(value, index + 1);
      }
    }),
    { numRuns: 30 },
  );
});
