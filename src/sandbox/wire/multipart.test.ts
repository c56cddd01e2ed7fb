import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BOUNDARY, multipart } from '../../../test/sandbox-messages.ts';
import { Refused } from './answer.ts';
import { type Part, readMultipart } from './multipart.ts';
import { PlatformRequest } from './platform-request.ts';

function read(bytes: Uint8Array, contentType = `multipart/form-data; boundary=${BOUNDARY}`): Promise<readonly Part[]> {
  const head = { method: 'POST', path: '/', query: '', headers: { 'content-type': contentType } };
  return readMultipart(new PlatformRequest(head, Buffer.from(bytes)));
}

describe('readMultipart', () => {
  test('gives back whatever was put in the parts', async () => {
    // A part may hold anything but the delimiter itself.
    const body = fc.uint8Array({ maxLength: 200 }).filter((bytes) => !Buffer.from(bytes).includes(BOUNDARY));
    const name = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/[\p{Cc}"\\]/gu, ''));

    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ name, body }), { minLength: 1, maxLength: 6 }), async (sent) => {
        const parts = sent.map(({ name, body }) => ({ headers: { 'Content-Disposition': `form-data; name="${name}"` }, body }));

        const received = await read(multipart(parts));

        expect(received.map(({ name, bytes }) => ({ name, body: new Uint8Array(bytes) }))).toEqual(sent);
      }),
    );
  });

  test('a boundary of 70 bytes is taken, a longer one refused', async () => {
    const wrapped = (boundary: string) => read(Buffer.from(`--${boundary}\r\nA: b\r\n\r\nx\r\n--${boundary}--\r\n`), `multipart/mixed; boundary=${boundary}`);

    expect(await wrapped('x'.repeat(70))).toHaveLength(1);
    for (const length of [71, 300, 5_000]) await expect(wrapped('x'.repeat(length))).rejects.toBeInstanceOf(Refused);
  });

  test('answers whatever is sent, with parts or a refusal', async () => {
    const token = fc.constantFrom(
      `--${BOUNDARY}`,
      '--',
      '\r\n',
      '\r\n\r\n',
      'A: b',
      'Content-Disposition: form-data; name=',
      '"',
      ';',
      ':',
      'x',
      '\0',
      BOUNDARY,
    );

    await fc.assert(
      fc.asyncProperty(fc.array(token, { maxLength: 30 }), async (tokens) => {
        const outcome = await read(Buffer.from(tokens.join(''))).catch((error: unknown) => error);

        expect(Array.isArray(outcome) || outcome instanceof Refused).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['multipart/mixed; boundary="a b:c"', 'a b:c'],
    ['multipart/related; type="text/xml"; BOUNDARY=abc; start=x', 'abc'],
    ['multipart/mixed;boundary=abc', 'abc'],
  ])('%s', async (contentType, boundary) => {
    expect(await read(multipart([{ body: 'x' }], boundary), contentType)).toEqual([{ bytes: Buffer.from('x') }]);
  });

  test('reads names in every spelling', async () => {
    const dispositions = [
      'form-data; name=a; filename=b.txt',
      'form-data; name="a"; filename="b \\"c\\".txt"',
      `attachment; filename*=UTF-8''%c3%a4.txt`,
      'form-data; filename="C:\\temp\\ä.txt"',
    ];

    const parts = await read(multipart(dispositions.map((disposition) => ({ headers: { 'content-disposition': disposition }, body: '' }))));

    expect(parts.map(({ name, fileName }) => [name, fileName])).toEqual([
      ['a', 'b.txt'],
      ['a', 'b "c".txt'],
      [undefined, 'ä.txt'],
      [undefined, 'C:\\temp\\ä.txt'],
    ]);
  });
});
