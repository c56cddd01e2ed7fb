import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  BACK_OFFICE,
  BACK_OFFICE_NUMBER,
  BOUNDARY,
  FAX,
  FRONT_DESK_NUMBER,
  FRONT_DESK_URI,
  fieldPart,
  filePart,
  jsonPart,
  type MessageJson,
  messaging,
  multipart,
  NOTE,
  STORE,
  STRANGER,
} from '../../../test/sandbox-messages.ts';
import { codes } from '../../../test/sandbox-world.ts';
import { DEMO_DATA } from '../demo.ts';

const TO = [{ phoneNumber: STRANGER }];

describe('a fax', () => {
  test('is taken on as Queued, with everything that was said of it', async () => {
    const { sandbox, fax } = await messaging();

    const { status, json } = await fax(
      { to: [{ phoneNumber: '(650) 555-9100', name: 'Ann' }], faxResolution: 'Low', coverIndex: 5, coverPageText: 'For Ann', isoCode: 'US' },
      [NOTE, filePart('scan.pdf', 'application/pdf', '%PDF-1.4 /Type /Page')],
    );

    const uri = `${sandbox.origin}${FRONT_DESK_URI}/message-store/${json.id}`;
    expect(status).toBe(200);
    expect(json).toEqual({
      uri,
      id: expect.any(Number),
      extensionId: '403141004',
      type: 'Fax',
      from: { phoneNumber: FRONT_DESK_NUMBER, name: 'Front Desk' },
      to: [{ recipientId: expect.any(String), phoneNumber: STRANGER, name: 'Ann', messageStatus: 'Queued' }],
      creationTime: '2026-11-21T12:00:00.000Z',
      lastModifiedTime: '2026-11-21T12:00:00.000Z',
      readStatus: 'Read',
      priority: 'Normal',
      attachments: [
        { id: json.id, uri: `${uri}/content/${json.id}`, type: 'SourceDocument', contentType: 'text/plain', filename: 'note.txt', size: 5 },
        {
          id: Number(json.id) + 1,
          uri: `${uri}/content/${Number(json.id) + 1}`,
          type: 'SourceDocument',
          contentType: 'application/pdf',
          filename: 'scan.pdf',
          size: 20,
        },
      ],
      direction: 'Outbound',
      availability: 'Alive',
      messageStatus: 'Queued',
      faxResolution: 'Low',
      faxPageCount: 3,
      coverIndex: 5,
      coverPageText: 'For Ann',
    });
  });

  test('is Sent after 5 s and Delivered to its recipient after 10', async () => {
    const { sandbox, fax, read } = await messaging();
    const { id } = (await fax({ to: TO })).json;
    const at: unknown[] = [];

    for (const seconds of [4.999, 0.001, 4.999, 0.001]) {
      await sandbox.advance(seconds * 1_000);
      const { messageStatus, to, lastModifiedTime } = await read(id);
      at.push([messageStatus, to[0]?.messageStatus, lastModifiedTime]);
    }

    expect(at).toEqual([
      ['Queued', 'Queued', '2026-11-21T12:00:00.000Z'],
      ['Sent', 'Sent', '2026-11-21T12:00:05.000Z'],
      ['Sent', 'Sent', '2026-11-21T12:00:05.000Z'],
      ['Sent', 'Delivered', '2026-11-21T12:00:10.000Z'],
    ]);
  });

  test.each([
    ['0001', 'LineBusy', 5],
    ['0002', 'NoAnswer', 30],
    ['0003', 'NoFaxMachine', 5],
    ['0004', 'CallFailed', 5],
    ['0005', 'ProhibitedDestination', 5],
    ['0006', 'InternationalCallingDisabled', 5],
  ])('to a number that ends in %s fails with %s after %d s', async (ending, faxErrorCode, seconds) => {
    const { sandbox, fax, read } = await messaging();
    const { id } = (await fax({ to: [{ phoneNumber: `+1650555${ending}` }] })).json;

    await sandbox.advance(seconds * 1_000 - 1);
    expect((await read(id)).messageStatus).toBe('Queued');
    await sandbox.advance(1);

    expect(await read(id)).toMatchObject({ messageStatus: 'SendingFailed', to: [{ messageStatus: 'SendingFailed', faxErrorCode }] });
  });

  test('to many has a result for each, and is SendingFailed where one of them is, once none is Queued', async () => {
    const { sandbox, fax, read } = await messaging();
    const to = [STRANGER, '+16505550001', '+16505550002'].map((phoneNumber) => ({ phoneNumber }));
    const { id } = (await fax({ to })).json;

    await sandbox.advance(10_000);
    const during = await read(id);
    await sandbox.advance(20_000);
    const after = await read(id);

    expect(during.to.map(({ messageStatus }) => messageStatus)).toEqual(['Delivered', 'SendingFailed', 'Queued']);
    expect(during.messageStatus).toBe('Queued');
    expect(after.to.map(({ faxErrorCode }) => faxErrorCode)).toEqual([undefined, 'LineBusy', 'NoAnswer']);
    expect(after.messageStatus).toBe('SendingFailed');
  });

  test('arrives whole at a user of the sandbox, who sees nothing of its other recipients or its cover text', async () => {
    const { sandbox, fax, list, get, signInAs } = await messaging();
    const document = Buffer.from([0, 255, 13, 10, 45, 45, 7]);
    const to = [{ phoneNumber: STRANGER }, { phoneNumber: BACK_OFFICE_NUMBER }];
    await fax({ to, coverPageText: 'between us' }, [filePart('scan.tif', 'image/tiff', document)]);
    const receiver = await signInAs(BACK_OFFICE);

    await sandbox.advance(9_999);
    expect(await list('', receiver)).toEqual([]);
    await sandbox.advance(1);
    const [received] = await list('', receiver);

    expect(received).toMatchObject({
      type: 'Fax',
      direction: 'Inbound',
      messageStatus: 'Received',
      readStatus: 'Unread',
      from: { phoneNumber: FRONT_DESK_NUMBER, name: 'Front Desk' },
      to: [{ phoneNumber: BACK_OFFICE_NUMBER }],
      faxPageCount: 2,
      attachments: [{ type: 'RenderedDocument', contentType: 'image/tiff' }],
    });
    expect(JSON.stringify(received)).not.toMatch(/between us|coverIndex/);
    expect((await get(new URL(received!.attachments[0]!.uri).pathname, receiver)).bytes).toEqual(document);
  });

  test('that is scheduled waits for its time, and is not sent where it is deleted before', async () => {
    const { sandbox, fax, read, change } = await messaging();
    const sendTime = '2026-11-21T14:00:00+01:00';
    const [kept, deleted] = [(await fax({ to: TO, sendTime })).json.id, (await fax({ to: TO, sendTime })).json.id];
    await change('DELETE', `${STORE}/${deleted}`, undefined);

    await sandbox.advance(3_600_000 + 4_999);
    expect((await read(kept)).messageStatus).toBe('Queued');
    await sandbox.advance(3_600_000);

    expect((await read(kept)).to[0]?.messageStatus).toBe('Delivered');
    expect(await read(deleted)).toMatchObject({ availability: 'Deleted', messageStatus: 'Queued' });
  });

  test('that was deleted while it waited goes on its way when it is taken back', async () => {
    const { sandbox, fax, read, change } = await messaging();
    const { id } = (await fax({ to: TO, sendTime: '2026-11-21T13:00:00Z' })).json;
    await change('DELETE', `${STORE}/${id}`, undefined);
    await sandbox.advance(7_200_000);

    await change('PATCH', `${STORE}/${id}`, { availability: 'Alive' });

    expect(await read(id)).toMatchObject({ availability: 'Alive', messageStatus: 'Queued' });
    await sandbox.advance(10_000);
    expect(await read(id)).toMatchObject({ messageStatus: 'Sent', to: [{ messageStatus: 'Delivered' }], lastModifiedTime: '2026-11-21T14:00:10.000Z' });
  });

  test('with a time in the past is sent at once', async () => {
    const { sandbox, fax, read } = await messaging();
    const { id } = (await fax({ to: TO, sendTime: '2020-01-01T00:00:00Z' })).json;

    await sandbox.advance(4_999);
    expect((await read(id)).messageStatus).toBe('Queued');
    await sandbox.advance(1);

    expect((await read(id)).messageStatus).toBe('Sent');
  });

  test('of more than 200 pages is taken on and fails with TooManyPages', async () => {
    const { sandbox, fax, read } = await messaging();
    const { json } = await fax({ to: TO, coverIndex: 0 }, [filePart('long.txt', 'text/plain', `${'\f'.repeat(200)}x`)]);

    await sandbox.advance(5_000);

    expect(json.faxPageCount).toBe(201);
    expect((await read(json.id)).to[0]).toMatchObject({ messageStatus: 'SendingFailed', faxErrorCode: 'TooManyPages' });
  });

  test('is sent again by its id, to others where they are named', async () => {
    const { postJson, fax, token, read, get } = await messaging();
    const { id } = (await fax({ to: [{ phoneNumber: '+16505550001' }], coverIndex: 3 })).json;

    const same = (await postJson(FAX, { originalMessageId: String(id) }, token)).json as unknown as MessageJson;
    const other = (await postJson(FAX, { originalMessageId: id, to: TO }, token)).json as unknown as MessageJson;

    expect([same.to[0]?.phoneNumber, other.to[0]?.phoneNumber]).toEqual(['+16505550001', STRANGER]);
    expect(same).toMatchObject({ coverIndex: 3, messageStatus: 'Queued', attachments: [{ filename: 'note.txt' }] });
    expect((await get(new URL(other.attachments[0]!.uri).pathname, token)).text).toBe('Hello');
    expect((await read(id)).to).toHaveLength(1);
  });
});

describe('a fax in parts', () => {
  test.each([
    ['form-data', [jsonPart({ to: TO }), NOTE]],
    ['mixed', [jsonPart({ to: TO }), NOTE]],
    [
      'mixed',
      [
        { headers: { 'content-type': 'Application/JSON; charset=UTF-8' }, body: JSON.stringify({ to: TO }) },
        { headers: { 'content-type': 'text/plain' }, body: 'Hello' },
      ],
    ],
    ['form-data', [fieldPart('to', STRANGER), fieldPart('faxResolution', 'High'), NOTE]],
    ['form-data', [NOTE, fieldPart('to', '{"phoneNumber": "16505559100"}')]],
    ['form-data', [fieldPart('to[0].phoneNumber', '16505559100'), NOTE]],
    ['form-data', [{ headers: { 'Content-Disposition': 'form-data; name="to"; filename=""', 'Content-Type': 'text/plain' }, body: '16505559100' }, NOTE]],
    ['mixed', [jsonPart({ to: TO }), { headers: { 'content-type': 'text/plain', 'content-transfer-encoding': 'base64' }, body: 'SGVsbG8=' }]],
  ])('%s, %#, is read', async (type, parts) => {
    const { postParts, token, get } = await messaging();

    const { status, json } = await postParts(FAX, parts, token, type);

    const { to, attachments } = json as unknown as MessageJson;
    expect([status, to[0]?.phoneNumber]).toEqual([200, STRANGER]);
    expect((await get(new URL(attachments[0]!.uri).pathname, token)).text).toBe('Hello');
  });

  test('form fields: each `to` is a recipient, each file a document, everything else as in JSON', async () => {
    const { postParts } = await messaging();

    const { json } = await postParts(FAX, [
      fieldPart('to[0].phoneNumber', '16505559101'),
      fieldPart('to[0].name', 'Ann'),
      fieldPart('to', '16505559102'),
      fieldPart('to', '[{"phoneNumber":"16505559103"}]'),
      fieldPart('coverIndex', '2'),
      fieldPart('coverPageText', ''),
      fieldPart('sendTime', '2030-03-19T08:00:00.000Z'),
      fieldPart('isoCode', 'US'),
      fieldPart('faxResolution', 'Low'),
      filePart('ä.pdf', 'application/pdf', '%PDF'),
      filePart('C:\\temp\\b.html', 'text/html', '<p>'),
    ]);

    const { to, attachments, ...fax } = json as unknown as MessageJson;
    expect(to.map(({ phoneNumber, name }) => [phoneNumber, name])).toEqual([
      ['+16505559101', 'Ann'],
      ['+16505559102', undefined],
      ['+16505559103', undefined],
    ]);
    expect(attachments).toMatchObject([{ filename: 'ä.pdf' }, { filename: 'b.html' }]);
    expect(fax).toMatchObject({ coverIndex: 2, faxResolution: 'Low' });
    expect(fax).not.toHaveProperty('coverPageText');
  });

  test.each([
    ['without a boundary', 'multipart/form-data', multipart([jsonPart({ to: TO })])],
    ['cut off', `multipart/form-data; boundary=${BOUNDARY}`, multipart([jsonPart({ to: TO }), NOTE]).subarray(0, -8)],
    ['with another boundary', 'multipart/form-data; boundary=other', multipart([jsonPart({ to: TO })])],
    ['of nothing', `multipart/mixed; boundary=${BOUNDARY}`, Buffer.alloc(0)],
    ['of too many parts', `multipart/mixed; boundary=${BOUNDARY}`, multipart(Array.from({ length: 1_001 }, () => ({ body: '' })))],
    ['with a part of headers only', `multipart/mixed; boundary=${BOUNDARY}`, Buffer.from(`--${BOUNDARY}\r\nA: b\r\n--${BOUNDARY}--`)],
    ['whose JSON is none', `multipart/mixed; boundary=${BOUNDARY}`, multipart([{ headers: { 'content-type': 'application/json' }, body: '{' }])],
  ])('%s: CMN-103', async (_what, contentType, body) => {
    const { ask, token } = await messaging();

    const answer = await ask(FAX, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': contentType }, body });

    expect(codes(answer)).toEqual([400, 'CMN-103', 'CMN-103']);
  });
});

describe('a fax is refused', () => {
  const long = 'x'.repeat(1_025);

  test.each([
    ['no recipient', {}, 'to'],
    ['an empty list of them', { to: [] }, 'to'],
    ['one that is a text', { to: ['+16505559100'] }, 'to'],
    ['one without a number', { to: [{ name: 'Ann' }] }, 'to.phoneNumber'],
    ['one whose number is none', { to: [{ phoneNumber: '555x' }] }, 'to.phoneNumber'],
    ['51 of them', { to: Array.from({ length: 51 }, () => TO[0]) }, 'to'],
    ['an unknown resolution', { to: TO, faxResolution: 'Superb' }, 'faxResolution'],
    ['a cover page that is not there', { to: TO, coverIndex: 14 }, 'coverIndex'],
    ['a negative one', { to: TO, coverIndex: -1 }, 'coverIndex'],
    ['a cover text of 1025 characters', { to: TO, coverPageText: long }, 'coverPageText'],
    ['a time that is none', { to: TO, sendTime: 'tomorrow' }, 'sendTime'],
    ['a day that is none', { to: TO, sendTime: '2026-13-45T00:00:00Z' }, 'sendTime'],
    ['a country that is none', { to: TO, isoCode: 'USA' }, 'isoCode'],
  ])('%s: CMN-101 names the parameter', async (_what, body, parameterName) => {
    const { fax } = await messaging();

    const answer = await fax(body);

    expect(codes(answer)).toEqual([400, 'InvalidParameter', 'CMN-101']);
    expect(answer.json.parameterName).toBe(parameterName);
  });

  test.each([
    ['a file of a type that is not taken', [filePart('a.exe', 'application/pdf', 'x')], 415, 'MSG-348'],
    ['one whose media type is not, and without an ending', [filePart('a', 'video/mp4', 'x')], 415, 'MSG-348'],
    ['one with neither ending nor type', [{ headers: { 'content-disposition': 'form-data; name="attachment"; filename="a"' }, body: 'x' }], 415, 'MSG-353'],
    ['bytes without an ending', [filePart('a', 'application/octet-stream', 'x')], 400, 'MSG-355'],
    ['one with neither name nor type', [{ headers: { 'content-disposition': 'form-data; name="attachment"' }, body: 'x' }], 400, 'MSG-356'],
    ['an empty one', [filePart('a.txt', 'text/plain', '')], 400, 'MSG-347'],
    ['a name of 257 characters', [filePart(`${'a'.repeat(253)}.txt`, 'text/plain', 'x')], 400, 'MSG-370'],
  ])('%s', async (_what, files, status, code) => {
    const { fax } = await messaging();

    expect(codes(await fax({ to: TO }, files))).toEqual([status, code, code]);
  });

  test('an extension as recipient: MSG-344', async () => {
    const { fax } = await messaging();

    expect(codes(await fax({ to: [{ phoneNumber: '102' }] }))).toEqual([400, 'MSG-344', 'MSG-344']);
  });

  test('nothing to send: CMN-101, but a text on a cover page is enough', async () => {
    const { fax } = await messaging();

    expect(codes(await fax({ to: TO, coverIndex: 0, coverPageText: 'Hello' }, []))).toEqual([400, 'InvalidParameter', 'CMN-101']);
    expect(codes(await fax({ to: TO, coverIndex: 1 }, []))).toEqual([400, 'InvalidParameter', 'CMN-101']);
    expect((await fax({ to: TO, coverIndex: 1, coverPageText: 'Hello' }, [])).json.faxPageCount).toBe(1);
  });

  test('more than 50 MB in all: 413, and 50 MB are taken', async () => {
    const { fax } = await messaging();
    const half = Buffer.alloc(25 * 1024 * 1024, 1);

    const taken = await fax({ to: TO }, [filePart('a.png', 'image/png', half), filePart('b.png', 'image/png', half)]);
    const refused = await fax({ to: TO }, [filePart('a.png', 'image/png', half), filePart('b.png', 'image/png', Buffer.concat([half, half.subarray(0, 1)]))]);

    expect([taken.status, refused.status]).toEqual([200, 413]);
  }, 30_000);

  test.each([
    ['text/plain', 'x', 415, 'CMN-103'],
    ['application/x-www-form-urlencoded', 'to=16505559100', 415, 'CMN-103'],
    ['application/json', '{', 400, 'CMN-103'],
    ['application/json', '{}', 400, 'InvalidParameter'],
    ['application/json', '{"originalMessageId": "17"}', 404, 'InvalidParameter'],
    ['application/json', '{"originalMessageId": {}}', 400, 'InvalidParameter'],
  ])('as %s: %s', async (contentType, body, status, code) => {
    const { ask, token } = await messaging();

    const answer = await ask(FAX, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': contentType }, body });

    expect(codes(answer).slice(0, 2)).toEqual([status, code]);
  });

  test('an app without Faxes: CMN-401; a user without OutboundFaxes: CMN-408', async () => {
    const withoutFaxes = await messaging({ data: { ...DEMO_DATA, apps: DEMO_DATA.apps.map((app) => ({ ...app, permissions: ['ReadMessages'] })) } });
    const withheld = await messaging({
      data: {
        ...DEMO_DATA,
        accounts: DEMO_DATA.accounts.map((account) => ({
          ...account,
          extensions: account.extensions.map((extension) => ({ ...extension, withheldPermissions: ['OutboundFaxes'] })),
        })),
      },
    });

    expect(codes(await withoutFaxes.fax({ to: TO }))).toEqual([403, 'InsufficientPermissions', 'CMN-401']);
    expect(codes(await withheld.fax({ to: TO }))).toEqual([403, 'CMN-408', 'CMN-408']);
  });
});

describe('the pages of a fax', () => {
  const packed = deflateSync('1 0 <</Type/Page>> 2 0 <</Type /Page /X 1>> 3 0 <</Type/Pages>>');

  test.each([
    ['a PDF has one for each page object', 'a.pdf', '%PDF /Type /Pages /Type /Page /Type/Page>> /Type /PageLabel', 2],
    [
      'a PDF may have packed them',
      'a.pdf',
      Buffer.concat([Buffer.from('<</Type/ObjStm /Filter /FlateDecode>>stream\r\n'), packed, Buffer.from('\nendstream')]),
      2,
    ],
    ['a PDF of nothing but beginnings is soon done with', 'a.pdf', `${'/Type/ObjStm '.repeat(500_000)}stream\nx`, 1],
    ['a PDF in whose packed objects others seem to begin', 'a.pdf', `/Type/ObjStm stream\n${'/Type/ObjStm stream\n'.repeat(100_000)}endstream/Type/Page`, 1],
    ['a PDF that cannot be read has one', 'a.pdf', '<</Type/ObjStm>>stream\nnonsense\nendstream', 1],
    ['a TIFF has one for each directory', 'a.tif', tiff([8, 26, 44]), 3],
    ['a TIFF whose directories go in a circle ends', 'a.tif', tiff([8, 26, 8]), 2],
    ['a TIFF that is none has one', 'a.tif', 'II', 1],
    ['a text has one for 60 lines', 'a.txt', 'x\n'.repeat(60), 1],
    ['a text has two for 61', 'a.txt', 'x\n'.repeat(61), 2],
    ['a text begins one with each form feed', 'a.txt', 'a\fb\f', 2],
    ['anything else has one', 'a.docx', 'x', 1],
  ])('%s', async (_what, fileName, bytes, pages) => {
    const { fax } = await messaging();
    const contentType = fileName.endsWith('pdf') ? 'application/pdf' : 'application/octet-stream';

    const { json } = await fax({ to: TO, coverIndex: 0 }, [filePart(fileName, contentType, bytes)]);

    expect(json.faxPageCount).toBe(pages);
  });

  test('without a word about the cover page there is one, Contempo', async () => {
    const { fax } = await messaging();

    expect((await fax({ to: TO })).json).toMatchObject({ coverIndex: 7, faxPageCount: 2 });
  });
});

/** A TIFF whose directories, of one entry each, lie at these places; the last place ends the chain if it repeats none. */
function tiff(places: readonly number[]): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(places[0]!, 4);
  places.forEach((place, index) => {
    if (index > 0 && places.indexOf(place) < index) return;
    bytes.writeUInt16LE(1, place);
    bytes.writeUInt32LE(places[index + 1] ?? 0, place + 14);
  });
  return bytes;
}
