import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACCOUNT, codes, EXTENSION, outside } from '../../../test/sandbox-world.ts';
import { parseShallow } from './json-body.ts';

const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('JSON of many levels', () => {
  test.each([
    ['POST', `${EXTENSION}/address-book/contact`],
    ['PUT', `${EXTENSION}/presence`],
    ['PUT', `${EXTENSION}/business-hours`],
    ['PUT', `${EXTENSION}/favorite`],
    ['PUT', `${ACCOUNT}/business-address`],
    ['POST', `${ACCOUNT}/extension`],
  ])('%s %s: CMN-103', async (method, path) => {
    const { ask, signIn } = await outside();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${(await signIn()).access_token}` };

    expect(codes(await ask(path, { method, headers, body: nested(60_000) }))).toEqual([400, 'CMN-103', 'CMN-103']);
  });

  test('to a control: what is wrong is said', async () => {
    const { ask } = await outside();

    const { status, json } = await ask('/_sandbox/faults', { method: 'POST', headers: { 'content-type': 'application/json' }, body: nested(60_000) });

    expect([status, json.error]).toEqual([400, 'invalid_input']);
  });

  test('a hundred are taken, one more is not', () => {
    expect(() => parseShallow(nested(100))).not.toThrow();
    expect(() => parseShallow(nested(101))).toThrow(SyntaxError);
  });

  test('every value of a few levels is read as JSON.parse reads it, whatever its strings hold', () => {
    const text = fc.string({ unit: fc.constantFrom('[', '{', '"', '\\', ']', 'a'), maxLength: 300 });

    fc.assert(
      fc.property(fc.array(fc.dictionary(text, text)), (value) => {
        expect(parseShallow(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
