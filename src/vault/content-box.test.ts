import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SealedValueUnreadable } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import { ContentBox } from './content-box.ts';

const PLACE = { table: 'fax_contents', column: 'sealed' };
const KEY = new Secret(Buffer.alloc(32, 7).toString('base64'));

describe('ContentBox', () => {
  test('a content of any pieces opens to what it was, in its order only, and for its owner only', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 6 });

    fc.assert(
      fc.property(pieces, (content) => {
        const box = new ContentBox(KEY, PLACE, 'one');
        const sealed = content.map((piece, number) => box.seal(number, number === content.length - 1, piece));

        sealed.forEach((piece, number) => {
          const isLast = number === content.length - 1;
          expect(box.open(number, isLast, piece)).toEqual(Buffer.from(content[number]!));
          expect(() => box.open(number + 1, isLast, piece)).toThrow(SealedValueUnreadable);
          // Cut off, the last of what is left does not pass for the last.
          expect(() => box.open(number, !isLast, piece)).toThrow(SealedValueUnreadable);
          expect(() => new ContentBox(KEY, PLACE, 'two').open(number, isLast, piece)).toThrow(SealedValueUnreadable);
        });
      }),
    );
  });

  test('what was altered anywhere, or is too short, does not open', () => {
    const box = new ContentBox(KEY, PLACE, 'one');
    const sealed = box.seal(0, true, Buffer.from('a planted document'));

    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed);
      altered[at]! ^= 1;
      expect(() => box.open(0, true, altered)).toThrow(SealedValueUnreadable);
      expect(() => box.open(0, true, sealed.subarray(0, at))).toThrow(SealedValueUnreadable);
    }
    expect(sealed.includes('planted')).toBe(false);
  });

  test('a key of another length is a mistake of ours', () => {
    expect(() => new ContentBox(new Secret('c2hvcnQ='), PLACE, 'one')).toThrow(TypeError);
  });
});
