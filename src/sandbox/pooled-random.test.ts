import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemRandom } from '../runtime/random.ts';
import { pooledRandom } from './pooled-random.ts';

test('pooled randomness has the length that was asked for, and no byte of the source twice', () => {
  let next = 0;
  const counting = { ...systemRandom, bytes: (length: number) => Buffer.from(Array.from({ length }, () => (next = (next + 1) % 251))) };
  const lengths = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 500 });

  fc.assert(
    fc.property(lengths, (wanted) => {
      const random = pooledRandom(systemRandom);
      expect(wanted.map((length) => random.bytes(length).length)).toEqual(wanted);
    }),
  );

  const random = pooledRandom(counting);
  const handedOut = Array.from({ length: 100 }, () => [...random.bytes(10)]).flat();
  expect(handedOut).toEqual(Array.from({ length: 1_000 }, (_, index) => (index + 1) % 251));
});
