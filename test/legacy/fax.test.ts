import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppRefused, LoginsBusy, StoreUnavailable } from '../../src/domain/errors.ts';
import { BOUNDARY, cutAt, faxWorld, GOOD, MULTIPART, multipart, NOW, type Part, PDF, WHO } from './fax-world.ts';

const TO: Part = ['Recipient', '5556465589'];
const FILE: Part = ['Attachment', PDF, 'a.pdf'];
const URLENCODED = 'application/x-www-form-urlencoded';

describe('faxapi.asp', () => {
  test("the documentation's own request becomes a fax, a part each", async () => {
    const { multipart: post, taken } = faxWorld();

    const answer = await post(
      ...WHO,
      ['Attachment', PDF, 'C:\\example.doc'],
      ['Recipient', '5556465589|John Doe'],
      ['Recipient', '5555568552|John Smith'],
      ['Coverpagetext', 'This is a test fax from web'],
    );

    expect(answer).toEqual({ digit: '0', id: 'fx1' });
    expect(taken[0]).toMatchObject({ client: 'crm', connection: 'fax-desk', content: PDF });
    expect(taken[0]?.order).toEqual({
      recipients: [
        { phoneNumber: '+15556465589', name: 'John Doe' },
        { phoneNumber: '+15555568552', name: 'John Smith' },
      ],
      documents: [{ fileName: 'example.doc', contentType: 'application/msword', bytes: PDF.length }],
      coverPageText: 'This is a test fax from web',
    });
  });

  test('every field and option, with the documents in their order', async () => {
    const { multipart: post, taken } = faxWorld();
    const documents = [randomBytes(100_000), randomBytes(300_000)].map((bytes) => Buffer.concat([PDF, bytes]));

    await post(
      ['Username', '15556090455*101.'],
      ['Password', '1234'],
      TO,
      ['Coverpage', 'ClasMod.'],
      ['Resolution', 'HIGH'],
      ['Sendtime', '19:03:30 08:00'],
      ['Attachment', documents[0]!, 'a.pdf'],
      ['Attachment', documents[1]!, 'b.tif'],
    );

    expect(taken[0]).toMatchObject({ connection: 'front-desk' });
    expect(taken[0]?.order).toMatchObject({ coverPage: 'ClasMod', resolution: 'High', sendAt: Date.parse('2030-03-19T08:00:00Z') });
    expect(taken[0]?.order.documents.map(({ fileName, bytes }) => [fileName, bytes])).toEqual([
      ['a.pdf', documents[0]!.length],
      ['b.tif', documents[1]!.length],
    ]);
    expect(taken[0]?.content.equals(Buffer.concat(documents))).toBe(true);
  });

  test.each([
    ['0', 'good', [...GOOD]],
    ['1', 'a wrong password', [['Username', '15556090455'], ['Password', 'x'], TO, FILE]],
    ['1', 'no password', [['Username', '15556090455'], TO, FILE]],
    ['1', 'no user name, whatever else is missing', []],
    ['2', 'a Policy that forbids it', [['Username', '15556090400'], ['Password', 'qwerty'], TO, FILE]],
    ['2', 'a number that is refused', [...WHO, ['Recipient', '5555550911'], FILE]],
    ['3', 'no recipient', [...WHO, FILE]],
    ['3', 'a recipient without a number', [...WHO, ['Recipient', '|John Doe'], ['Recipient', ' '], FILE]],
    ['3', 'neither recipient nor document', [...WHO]],
    ['4', 'no document', [...WHO, TO]],
    ['4', 'empty documents', [...WHO, TO, ['Attachment', '', 'a.pdf'], ['Attachment', '', '']]],
    ['4', "PHP's broken upload", [...WHO, TO, ['Attachment', '@/tmp/a.pdf']]],
    ['5', 'what is no number', [...WHO, ['Recipient', 'Bob'], FILE]],
    ['5', 'an extension', [...WHO, ['Recipient', '101'], FILE]],
    ['5', 'one number of many that is none', [...WHO, TO, ['Recipient', '12'], FILE]],
    ['5', 'a file of a type that nobody faxes', [...WHO, TO, ['Attachment', Buffer.from('\x7fELF\0\0'), 'a.so']]],
    ['5', 'bytes that are nothing', [...WHO, TO, ['Attachment', Buffer.from([1, 2, 3, 0]), 'a.bin']]],
    ['5', 'a field that is too long', [...GOOD, ['Coverpage', 'x'.repeat(70_000)]]],
  ] as const satisfies readonly (readonly [string, string, readonly Part[]])[])('rules 18 and 25: the answer is %s to %s', async (digit, _what, parts) => {
    const { multipart: post, taken, open } = faxWorld();

    const answer = await post(...parts);

    expect([answer.digit, taken.length, open.files]).toEqual([digit, digit === '0' ? 1 : 0, 0]);
  });

  test.each([
    ['Recipient[]', 'Attachment[]'],
    ['Recipient[0]', 'Attachment[0]'],
    ['recipient', 'attachment'],
    ['RECIPIENT[a]', ' ATTACHMENT '],
  ])('rule 19: fields in any case, and as arrays: %s, %s', async (recipient, attachment) => {
    const { multipart: post, taken } = faxWorld();

    const answer = await post(['USERNAME', '15556090455'], ['password', 'qwerty'], [recipient, '5556465589'], [attachment, PDF, 'a.pdf']);

    expect([answer.digit, taken[0]?.content]).toEqual(['0', PDF]);
  });

  test.each([
    ['ext', '101'],
    ['Extension', '101'],
    ['EXT', ' 101 '],
  ])('the extension may come in a field of its own: %s', async (name, extension) => {
    const { multipart: post, taken } = faxWorld();

    await post(['Username', '15556090455'], ['Password', '1234'], [name, extension], TO, FILE);

    expect(taken[0]?.connection).toBe('front-desk');
  });

  test('rule 20: a document that is a value is a text, or a page where it looks like one', async () => {
    const { send, taken } = faxWorld();
    const form = (text: string) => Buffer.from(`Username=15556090455&Password=qwerty&Recipient=15556465589&Attachment=${encodeURIComponent(text)}`);

    await send(URLENCODED, form('One pizza, 100 % cheese & more\r\n'));
    await send(URLENCODED, form('<html><body>One pizza</body></html>'));
    await send('', form('no type'));

    expect(taken.map(({ order, content }) => [order.documents[0]?.fileName, content.toString()])).toEqual([
      ['document1.txt', 'One pizza, 100 % cheese & more\r\n'],
      ['document1.html', '<html><body>One pizza</body></html>'],
      ['document1.txt', 'no type'],
    ]);
  });

  test('rules 22 and 23: what is empty was not given, and spaces around values do not count', async () => {
    const { multipart: post, taken } = faxWorld();

    await post(['Username', ' 15556090455 '], ['Password', 'qwerty '], ['ext', ''], ['resolution', ''], ['sendtime', ' '], ['coverpage', ''], TO, FILE);

    expect(taken[0]?.order).toEqual({
      recipients: [{ phoneNumber: '+15556465589' }],
      documents: [{ fileName: 'a.pdf', contentType: 'application/pdf', bytes: PDF.length }],
    });
  });

  test('one who is named twice gets it once; the first of a repeated field counts', async () => {
    const { multipart: post, taken } = faxWorld();

    await post(...GOOD, ['Recipient', '1-555-646-5589|Jane'], ['Coverpage', 'None'], ['Coverpage', 'Urgent']);

    expect(taken[0]?.order).toMatchObject({ recipients: [{ phoneNumber: '+15556465589' }], coverPage: 'None' });
  });

  test('a list of 10,000 recipients is refused before it is read to its end, and so is a body that goes on for ever', async () => {
    const { api, taken } = faxWorld();
    let read = 0;
    const endless = async function* (start: Buffer, more: () => Buffer) {
      yield start;
      for (;;) {
        read += 1;
        yield more();
      }
    };
    const head = multipart(...WHO).subarray(0, -multipart().length);
    const recipient = multipart(TO).subarray(0, -multipart().length);
    const file = multipart(...WHO, TO, ['Attachment', '', 'a.pdf']).subarray(0, -multipart().length - 2);

    const ofRecipients = await api.answer({ contentType: MULTIPART, body: endless(head, () => recipient), address: '' });
    const recipientsRead = read;
    const ofDocument = await api.answer({ contentType: MULTIPART, body: endless(file, () => Buffer.alloc(64 * 1024, '%PDF')), address: '' });

    expect([ofRecipients.digit, ofDocument.digit, taken.length]).toEqual(['5', '5', 0]);
    expect(recipientsRead).toBeLessThan(200);
    expect(read - recipientsRead).toBeLessThan(850);
  });

  test.each([
    [new StoreUnavailable('the disk is full'), '5'],
    [new LoginsBusy(), '5'],
    [new AppRefused('demo', 'OAU-153'), '5'],
    [new TypeError('a mistake of ours'), '5'],
    ['no error at all', '5'],
  ])('rule 18: whatever goes wrong, the answer is a digit: %s', async (error, digit) => {
    const outbox = {
      accept: async () => {
        throw error;
      },
      waitFor: async () => undefined,
      withdraw: async () => undefined,
    };
    const { multipart: post, open } = faxWorld({ outbox });

    expect([await post(...GOOD), open.files]).toEqual([{ digit }, 0]);
  });

  test('a body that breaks off is a 5, and its files are gone', async () => {
    const { api, open, taken } = faxWorld();
    const body = async function* () {
      yield multipart(...WHO, TO, ['Attachment', Buffer.alloc(300_000, '%PDF'), 'a.pdf']).subarray(0, 200_000);
      throw new Error('the caller has gone');
    };

    const answer = await api.answer({ contentType: MULTIPART, body: body(), address: '' });

    expect([answer.digit, open.files, taken.length]).toEqual(['5', 0, 0]);
  });

  test.each([
    ['sent', undefined, '0'],
    ['queued', undefined, '0'],
    ['unclear', undefined, '0'],
    ['delivered', undefined, '0'],
    ['failed', 'MSG-341', '2'],
    ['failed', 'CMN-408', '2'],
    ['failed', 'MSG-347', '4'],
    ['failed', 'OAU-140', '1'],
    ['failed', 'CMN-101', '5'],
    ['failed', 'MSG-348', '5'],
    ['failed', undefined, '5'],
  ] as const)('a fax that is %s (%s) when the wait is over is answered %s', async (state, code, digit) => {
    const { multipart: post, seen } = faxWorld();
    seen.push({ state, code });

    expect((await post(...GOOD)).digit).toBe(digit);
  });

  test.each([
    ['unclear', 'withdrawn', '5'],
    ['queued', 'withdrawn', '5'],
    ['sending', 'sending', '5'],
    ['sending', 'sent', '0'],
    ['sending', 'failed', '5'],
  ] as const)('sync: one that is %s when the wait is over, and %s after it was withdrawn, is answered %s', async (state, after, digit) => {
    const { multipart: post, seen } = faxWorld({ isSync: true });
    seen.push({ state }, { state: after });

    expect((await post(...GOOD)).digit).toBe(digit);
  });

  test('canaries: no password, number, name or text of a caller stands in the log', async () => {
    const { multipart: post, lines } = faxWorld();

    await post(['Username', '15556090455'], ['Password', 'planted-password'], ['Recipient', '5556465589|planted-name'], FILE);
    await post(...GOOD, ['Coverpagetext', 'planted-text'], ['Coverpage', 'planted-page'], ['Attachment', PDF, 'planted-file.pdf']);

    expect(lines).toHaveLength(2);
    for (const planted of ['planted', '5556465589', 'qwerty']) expect(lines.join()).not.toContain(planted);
  });
});

describe('a body of faxapi.asp, however it comes', () => {
  const whole = multipart(
    ...WHO,
    ['Recipient', '5556465589|Zoë'],
    ['Coverpagetext', 'naïve'],
    ['Attachment', Buffer.concat([PDF, randomBytes(200)]), 'ä b.pdf'],
  );
  const form = Buffer.from('Username=15556090455&Password=q%77erty&Recipient=%2B1+555+646-5589%7cZo%C3%AB&Attachment=100%25+%zz%&Coverpagetext=na%efve');

  test('torn at any byte it is never taken for whole', async () => {
    const { send, taken, open } = faxWorld();
    // What follows the last boundary is no part of the body.
    const end = whole.lastIndexOf('--') + 2;

    for (let at = 0; at < end; at += 1) expect([at, (await send(MULTIPART, whole.subarray(0, at))).digit]).toEqual([at, expect.stringMatching(/^[1-5]$/)]);

    expect([(await send(MULTIPART, whole.subarray(0, end))).digit, taken.length, open.files]).toEqual(['0', 1, 0]);
  });

  test('cut into any chunks it is the same fax', async () => {
    const expected = faxWorld();
    await expected.send(MULTIPART, whole);
    await expected.send(URLENCODED, form);

    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 40 }), async (cuts) => {
        const { send, taken } = faxWorld();
        await send(MULTIPART, cutAt(whole, cuts));
        await send(URLENCODED, cutAt(form, cuts));
        expect(taken).toEqual(expected.taken);
      }),
    );
    expect(expected.taken.map(({ order }) => order.recipients[0]?.name)).toEqual(['Zoë', 'Zoë']);
    expect(expected.taken[1]).toMatchObject({ order: { coverPageText: 'naïve' }, content: Buffer.from('100% %zz%') });
  });

  test.each(['X: y', 'no header at all', 'Content-Disposition: attachment'])(
    'a long part that is no field is left out, and stops nothing: %s',
    async (head) => {
      const { send, taken } = faxWorld();
      const part = Buffer.from(`--${BOUNDARY}\r\n${head}\r\n\r\n${'x'.repeat(200_000)}\r\n`);

      const answers = [await send(MULTIPART, Buffer.concat([part, whole])), await send(MULTIPART, cutAt(Buffer.concat([part, whole]), [90_000, 150_000]))];

      expect(answers.map(({ digit }) => digit)).toEqual(['0', '0']);
      expect(taken).toHaveLength(2);
    },
  );

  test('a byte each', async () => {
    const { send, taken } = faxWorld();

    await send(
      MULTIPART,
      [...whole].map((byte) => Buffer.from([byte])),
    );
    await send(
      URLENCODED,
      [...form].map((byte) => Buffer.from([byte])),
    );

    expect(taken).toHaveLength(2);
  });

  test('hostile: any names, values and headers give one digit, one fax at most, and leave no file', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        'Username',
        'recipient',
        'Attachment[]',
        '__proto__',
        '15556090455',
        'qwerty',
        '5556465589|',
        '../../etc/passwd',
        '\r\n\r\n',
        '"; filename="x',
        '@a',
        '%PDF-',
      ),
    );
    const part = fc.tuple(
      text,
      text,
      fc.option(text, { nil: undefined }),
      fc.constantFrom('', 'Content-Type: text/plain\r\n', 'Content-Type\r\n', ': \r\n', 'Content-Transfer-Encoding: base64\r\n'),
    );
    const before = leftOver();

    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), fc.boolean(), fc.array(fc.nat(), { maxLength: 5 }), async (parts, isWhole, cuts) => {
        const { send, taken, open } = faxWorld();
        const body = multipart(...(isWhole ? GOOD : []), ...(parts as readonly Part[]));
        const answer = await send(MULTIPART, cutAt(body, cuts));
        expect(answer.digit).toMatch(/^[0-5]$/);
        expect([taken.length <= 1, open.files]).toEqual([true, 0]);
        for (const { order } of taken) for (const { fileName } of order.documents) expect(fileName).toMatch(/^[\p{L}\p{N} ._()-]+\.[a-zA-Z0-9]+$/u);
      }),
      { numRuns: 300 },
    );
    expect(leftOver()).toBe(before);
  });

  test.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    `multipart/form-data; boundary=${'x'.repeat(300)}`,
    'multipart/mixed; boundary=x',
    'multipart/',
  ])('a type that nobody can read is a 5: %s', async (contentType) => {
    const { send } = faxWorld();

    expect((await send(contentType, whole)).digit).toBe('5');
  });

  test('a document of 50 MB is taken, one byte more is not', async () => {
    const { multipart: post, taken } = faxWorld();
    const most = Buffer.alloc(50 * 1024 * 1024, '%PDF');

    const answers = [
      await post(...WHO, TO, ['Attachment', most, 'a.pdf']),
      await post(...WHO, TO, ['Attachment', most, 'a.pdf'], ['Attachment', 'x', 'b.txt']),
    ];

    expect(answers.map(({ digit }) => digit)).toEqual(['0', '5']);
    expect(taken[0]?.content.equals(most)).toBe(true);
    expect(taken[0]?.order.sendAt ?? NOW).toBe(NOW);
  });
});

function leftOver(): number {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('spool-')).length;
}
