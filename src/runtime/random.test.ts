import { describe, expect, test } from 'vitest';
import { pooledRandom, randomText, systemRandom } from './random.ts';

describe.each([
  { name: 'systemRandom', random: systemRandom },
  { name: 'pooledRandom', random: pooledRandom },
])('$name', ({ random }) => {
  test.each([0, 1, 16, 32, 4_095, 4_096, 4_097])('gives %i bytes', (length) => {
    expect(random.bytes(length)).toHaveLength(length);
  });

  test('gives nothing twice, over many fillings', () => {
    const texts = Array.from({ length: 2_000 }, () => randomText(random, 16));

    expect(new Set(texts).size).toBe(2_000);
    expect(texts.every((text) => /^[\w-]{22}$/.test(text))).toBe(true);
  });

  test("is not changed by what its caller does with another's bytes", () => {
    const one = random.bytes(16);
    const copy = Uint8Array.from(one);
    random.bytes(16).fill(0);

    expect(Uint8Array.from(one)).toEqual(copy);
  });

  test('uses every value of a byte', () => {
    expect(new Set(Array.from({ length: 64 }, () => [...random.bytes(256)]).flat()).size).toBe(256);
  });
});
