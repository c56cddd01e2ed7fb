import { describe, expect, test } from 'vitest';
import {
  BACK_OFFICE,
  BOUNDARY,
  FRONT_DESK_NUMBER,
  FRONT_DESK_URI,
  filePart,
  type MessageJson,
  messaging,
  multipart,
  recordsOf,
  STORE,
  STRANGER,
} from '../../../test/sandbox-messages.ts';
import { codes } from '../../../test/sandbox-world.ts';

const JSON_BATCH = 'application/vnd.ringcentral.multipart+json';
const OTHER_STRANGER = '+16505559200';
const HOUR_MS = 3_600_000;

/** A store with an inbound SMS, an outbound one in the same conversation, an inbound fax of somebody else, a voicemail. */
async function stocked() {
  const world = await messaging();
  const { sandbox, sms } = world;
  const inbound = (await sandbox.receiveMessage({ type: 'SMS', from: STRANGER, to: FRONT_DESK_NUMBER, text: 'in' })).id;
  await sandbox.advance(1_000);
  const outbound = String((await sms({ from: { phoneNumber: FRONT_DESK_NUMBER }, to: [{ phoneNumber: STRANGER }], text: 'out' })).json.id);
  await sandbox.advance(1_000);
  const fax = (await sandbox.receiveMessage({ type: 'Fax', from: OTHER_STRANGER, to: FRONT_DESK_NUMBER, text: 'a fax', pages: 3 })).id;
  await sandbox.advance(1_000);
  const voicemail = (await sandbox.receiveMessage({ type: 'VoiceMail', from: OTHER_STRANGER, to: '18889363711*101', seconds: 2 })).id;
  const names = new Map([
    [inbound, 'inbound'],
    [outbound, 'outbound'],
    [fax, 'fax'],
    [voicemail, 'voicemail'],
  ]);
  return {
    ...world,
    ids: { inbound, outbound, fax, voicemail },
    named: async (query: string) => (await world.list(query)).map(({ id }) => names.get(String(id))),
  };
}

describe('the list of messages', () => {
  test.each([
    ['', ['voicemail', 'fax', 'outbound', 'inbound']],
    ['direction=Inbound', ['voicemail', 'fax', 'inbound']],
    ['messageType=Fax&messageType=VoiceMail', ['voicemail', 'fax']],
    ['messageType=Fax,VoiceMail', ['voicemail', 'fax']],
    ['readStatus=Read', ['outbound']],
    ['availability=Deleted', []],
    ['availability=Alive&availability=Deleted', ['voicemail', 'fax', 'outbound', 'inbound']],
    ['phoneNumber=%2B16505559200', ['voicemail', 'fax']],
    ['phoneNumber=+16505559200', ['voicemail', 'fax']],
    ['phoneNumber=6505559200&messageType=Fax', ['fax']],
    ['phoneNumber=102', []],
    ['dateFrom=2026-11-21T12:00:01.000Z', ['voicemail', 'fax', 'outbound']],
    ['dateTo=2026-11-21T12:00:01.000Z', ['outbound', 'inbound']],
    ['dateFrom=2026-11-21T13:00:01%2B01:00&dateTo=2026-11-21T12:00:02Z', ['fax', 'outbound']],
    ['dateFrom=2026-11-21T13:00:02+01:00', ['voicemail', 'fax']],
    ['distinctConversations=true', ['outbound']],
    ['perPage=2', ['voicemail', 'fax']],
    ['perPage=2&page=2', ['outbound', 'inbound']],
    ['perPage=2&page=3', []],
    ['owner=Personal', ['voicemail', 'fax', 'outbound', 'inbound']],
  ])('?%s', async (query, expected) => {
    const { named } = await stocked();

    expect(await named(query)).toEqual(expected);
  });

  test('by conversation', async () => {
    const { named, read, ids } = await stocked();
    const { conversationId } = await read(ids.inbound);

    expect(await named(`conversationId=${conversationId}`)).toEqual(['outbound', 'inbound']);
    expect(await named('conversationId=17')).toEqual([]);
  });

  test('reaches back 24 hours unless told', async () => {
    const { sandbox, named } = await stocked();

    await sandbox.advance(24 * HOUR_MS - 2_500);

    expect(await named('')).toEqual(['voicemail', 'fax', 'outbound']);
    expect(await named('dateFrom=2026-11-21')).toEqual(['voicemail', 'fax', 'outbound', 'inbound']);
  });

  test('has links to its pages that keep the filters, and no token', async () => {
    const { sandbox, ask, token } = await stocked();

    const { json } = await ask(`${STORE}?messageType=SMS&direction=Inbound&direction=Outbound&perPage=1&access_token=${token}`);

    const link = (page: number) => ({
      uri: `${sandbox.origin}${FRONT_DESK_URI}/message-store?page=${page}&perPage=1&messageType=SMS&direction=Inbound&direction=Outbound`,
    });
    expect(json).toMatchObject({
      uri: link(1).uri,
      navigation: { firstPage: link(1), nextPage: link(2), lastPage: link(2) },
      paging: { page: 1, perPage: 1, pageStart: 0, pageEnd: 0, totalPages: 2, totalElements: 2 },
    });
  });

  test.each([
    ['availability=Lost', 'availability'],
    ['direction=Sideways', 'direction'],
    ['messageType=Telegram', 'messageType'],
    ['readStatus=Maybe', 'readStatus'],
    ['dateFrom=yesterday', 'dateFrom'],
    ['dateTo=2026-02-30T99:00:00Z', 'dateTo'],
    ['dateFrom=2026-11-22&dateTo=2026-11-21', 'dateFrom'],
    ['distinctConversations=perhaps', 'distinctConversations'],
    ['page=0', 'page'],
    ['perPage=-1', 'perPage'],
  ])('?%s: CMN-101 names the parameter', async (query, parameterName) => {
    const { get, token } = await messaging();

    const answer = await get(`${STORE}?${query}`, token);

    expect(codes(answer)).toEqual([400, 'InvalidParameter', 'CMN-101']);
    expect(answer.json.parameterName).toBe(parameterName);
  });

  test('of another user is not to be seen', async () => {
    const { list, get, signInAs, ids } = await stocked();
    const other = await signInAs(BACK_OFFICE);

    expect(await list('', other)).toEqual([]);
    expect(codes(await get(`${STORE}/${ids.fax}`, other))).toEqual([404, 'InvalidParameter', 'CMN-102']);
  });
});

describe('a message by its id', () => {
  test('is shown with what its type has', async () => {
    const { sandbox, read, ids } = await stocked();

    const [fax, voicemail] = [await read(ids.fax), await read(ids.voicemail)];

    const uri = `${sandbox.origin}${FRONT_DESK_URI}/message-store/${ids.fax}`;
    expect(fax).toEqual({
      uri,
      id: Number(ids.fax),
      extensionId: '403141004',
      to: [{ phoneNumber: FRONT_DESK_NUMBER, name: 'Front Desk' }],
      from: { phoneNumber: OTHER_STRANGER },
      type: 'Fax',
      creationTime: '2026-11-21T12:00:02.000Z',
      lastModifiedTime: '2026-11-21T12:00:02.000Z',
      readStatus: 'Unread',
      priority: 'Normal',
      attachments: [
        { id: Number(ids.fax), uri: `${uri}/content/${ids.fax}`, type: 'RenderedDocument', contentType: 'application/pdf', size: expect.any(Number) },
      ],
      direction: 'Inbound',
      availability: 'Alive',
      messageStatus: 'Received',
      faxResolution: 'High',
      faxPageCount: 3,
      vmSideRecipients: [{ phoneNumber: FRONT_DESK_NUMBER, name: 'Front Desk' }],
    });
    expect(voicemail).toMatchObject({
      type: 'VoiceMail',
      to: [{ phoneNumber: '+18889363711' }],
      vmTranscriptionStatus: 'NotAvailable',
      attachments: [{ type: 'AudioRecording', contentType: 'audio/wav', vmDuration: 2, size: 16_044 }],
    });
  });

  test('several by their ids: 207, each with an answer of its own, in JSON where that is accepted', async () => {
    const { ask, token, ids } = await stocked();

    const answer = await ask(`${STORE}/${ids.fax},17,${ids.inbound}`, { headers: { authorization: `Bearer ${token}`, accept: JSON_BATCH } });

    expect([answer.status, answer.headers['content-type']]).toEqual([207, JSON_BATCH]);
    expect(JSON.parse(answer.text)).toMatchObject([
      { resourceId: ids.fax, status: 200, body: { id: Number(ids.fax), type: 'Fax' } },
      { resourceId: '17', status: 404, body: { errorCode: 'InvalidParameter', errors: [{ errorCode: 'CMN-102', parameterName: 'messageId' }] } },
      { resourceId: ids.inbound, status: 200, body: { subject: 'in' } },
    ]);
  });

  test('several otherwise: 207 in parts, the first of which says what the others are', async () => {
    const { sandbox, get, token, ids } = await stocked();

    const answer = await get(`${STORE}/${ids.fax},17`, token);

    const [, boundary = ''] = /^multipart\/mixed; boundary=(\S+)$/.exec(String(answer.headers['content-type'])) ?? [];
    const parts = answer.text.split(`--${boundary}`).slice(1, -1);
    const bodies = parts.map((part) => JSON.parse(part.slice(part.indexOf('\r\n\r\n'))) as Record<string, unknown>);
    const href = (id: string) => `${sandbox.origin}${FRONT_DESK_URI}/message-store/${id}`;
    expect(answer.status).toBe(207);
    expect(bodies[0]).toEqual({
      response: [
        { href: href(ids.fax), status: 200, responseDescription: 'OK' },
        { href: href('17'), status: 404, responseDescription: 'Not Found' },
      ],
    });
    expect(bodies.slice(1)).toMatchObject([{ id: Number(ids.fax) }, { errors: [{ errorCode: 'CMN-102' }] }]);
  });

  test('51 ids: CMN-106; 50 are answered', async () => {
    const { get, token } = await messaging();
    const ids = (count: number) => Array.from({ length: count }, (_, index) => index + 1).join(',');

    expect((await get(`${STORE}/${ids(50)}`, token)).status).toBe(207);
    expect(codes(await get(`${STORE}/${ids(51)}`, token))).toEqual([400, 'CMN-106', 'CMN-106']);
  });
});

describe('changing messages', () => {
  test('one is marked read', async () => {
    const { sandbox, change, read, ids } = await stocked();
    await sandbox.advance(500);

    const { status, json } = await change('PUT', `${STORE}/${ids.fax}`, { readStatus: 'Read' });

    expect([status, json.readStatus, json.lastModifiedTime]).toEqual([200, 'Read', '2026-11-21T12:00:03.500Z']);
    expect((await read(ids.fax)).readStatus).toBe('Read');
  });

  test('several are, with one body for all, one each, one each with its id, or one part each', async () => {
    const { change, putParts, read, ids } = await stocked();
    const { inbound, fax } = ids;
    const both = `${STORE}/${inbound},${fax}`;
    const batch = { contentType: JSON_BATCH, accept: JSON_BATCH };
    const body = (readStatus: string, resourceId?: string) => ({ ...(resourceId && { resourceId }), body: { readStatus } });
    const statuses = async () => [(await read(inbound)).readStatus, (await read(fax)).readStatus];
    const seen: unknown[] = [];

    seen.push((await change('PUT', both, { readStatus: 'Read' })).status, await statuses());
    seen.push((await change('PUT', both, [body('Unread'), body('Read')], batch)).status, await statuses());
    seen.push((await change('PUT', `${STORE}/*`, [body('Unread', fax), body('Read', inbound)], batch)).status, await statuses());
    seen.push(
      (
        await putParts(
          both,
          ['Unread', 'Read'].map((readStatus) => ({ body: JSON.stringify({ readStatus }) })),
        )
      ).status,
      await statuses(),
    );

    expect(seen).toEqual([207, ['Read', 'Read'], 207, ['Unread', 'Read'], 207, ['Read', 'Unread'], 207, ['Unread', 'Read']]);
  });

  test('one that cannot be does not hinder the others', async () => {
    const { change, ids } = await stocked();

    const answer = await change('PUT', `${STORE}/17,${ids.fax}`, { readStatus: 'Read' }, { accept: JSON_BATCH });

    expect(JSON.parse(answer.text)).toMatchObject([{ status: 404 }, { status: 200, body: { readStatus: 'Read' } }]);
  });

  test.each([
    ['PUT', '1', {}, 'application/json', [404, 'InvalidParameter']],
    ['PUT', 'fax', {}, 'application/json', [400, 'InvalidParameter']],
    ['PUT', 'fax', { readStatus: 'Seen' }, 'application/json', [400, 'InvalidParameter']],
    ['PUT', 'fax', [], 'application/json', [400, 'CMN-104']],
    ['PUT', '*', { readStatus: 'Read' }, 'application/json', [400, 'InvalidParameter']],
    ['PUT', '*', [{ body: { readStatus: 'Read' } }], JSON_BATCH, [400, 'InvalidParameter']],
    ['PUT', '*', [], JSON_BATCH, [400, 'CMN-104']],
    ['PUT', '*', [null], JSON_BATCH, [400, 'CMN-104']],
    ['PUT', 'fax', [{ body: {} }, { body: {} }], JSON_BATCH, [400, 'CMN-108']],
    ['PUT', '*', Array.from({ length: 101 }, () => ({ resourceId: '1', body: {} })), JSON_BATCH, [400, 'CMN-106']],
    ['PUT', 'fax', {}, 'text/plain', [415, 'CMN-103']],
    ['PATCH', 'fax', {}, 'application/json', [400, 'InvalidParameter']],
    ['PATCH', 'fax', { availability: 'Purged' }, 'application/json', [400, 'InvalidParameter']],
  ])('%s %s %j as %s is refused', async (method, id, body, contentType, expected) => {
    const { change, ids } = await stocked();

    const answer = await change(method, `${STORE}/${id === 'fax' ? ids.fax : id}`, body, { contentType });

    expect(codes(answer).slice(0, 2)).toEqual(expected);
  });
});

describe('deleting messages', () => {
  const contentOf = ({ attachments }: MessageJson) => new URL(attachments[0]!.uri).pathname;

  test('the first time it can be taken back, the second time its contents are gone', async () => {
    const { change, read, get, token, ids, named } = await stocked();
    const path = `${STORE}/${ids.fax}`;
    const content = contentOf(await read(ids.fax));

    const first = await change('DELETE', path, undefined);
    const afterFirst = [(await read(ids.fax)).availability, (await get(content, token)).status, await named(''), await named('availability=Deleted')];
    const takenBack = await change('PATCH', path, { availability: 'Alive', readStatus: 'Read' });
    await change('DELETE', path, undefined);
    await change('DELETE', path, undefined);
    const afterSecond = [(await read(ids.fax)).availability, (await get(content, token)).status, await named('availability=Purged')];
    const tooLate = await change('PATCH', path, { availability: 'Alive' });

    expect([first.status, first.text]).toEqual([204, '']);
    expect(afterFirst).toEqual(['Deleted', 200, ['voicemail', 'outbound', 'inbound'], ['fax']]);
    expect(takenBack.json).toMatchObject({ availability: 'Alive', readStatus: 'Read' });
    expect(afterSecond).toEqual(['Purged', 404, ['fax']]);
    expect(codes(tooLate)).toEqual([400, 'InvalidParameter', 'CMN-101']);
  });

  test('with `purge` at once, and a week later nothing is known of it', async () => {
    const { sandbox, change, read, ids, get, token } = await stocked();

    await change('DELETE', `${STORE}/${ids.fax}?purge=true`, undefined);
    await change('DELETE', `${STORE}/${ids.fax}`, undefined);
    await sandbox.advance(7 * 24 * HOUR_MS - 1);
    expect(await read(ids.fax)).toMatchObject({ availability: 'Purged', attachments: [] });
    await sandbox.advance(1);

    expect((await get(`${STORE}/${ids.fax}`, token)).status).toBe(404);
    expect(sandbox.state().messages.map(({ id }) => id)).not.toContain(ids.fax);
  });

  test('several at once: 204, or 207 where one of them is not there', async () => {
    const { change, ids, named } = await stocked();

    const all = await change('DELETE', `${STORE}/${ids.fax},${ids.voicemail}`, undefined);
    const some = await change('DELETE', `${STORE}/17,${ids.inbound}`, undefined, { accept: JSON_BATCH });
    const one = await change('DELETE', `${STORE}/17`, undefined);

    expect([all.status, some.status]).toEqual([204, 207]);
    expect(JSON.parse(some.text)).toMatchObject([{ status: 404 }, { resourceId: ids.inbound, status: 204 }]);
    expect(codes(one)).toEqual([404, 'InvalidParameter', 'CMN-102']);
    expect(await named('')).toEqual(['outbound']);
  });

  test('by ids in the body', async () => {
    const { change, ids, named } = await stocked();

    expect((await change('DELETE', `${STORE}/*`, [ids.fax, Number(ids.voicemail)])).status).toBe(204);
    expect((await change('DELETE', `${STORE}/*`, {})).status).toBe(400);

    expect(await named('')).toEqual(['outbound', 'inbound']);
  });

  test.each([
    ['conversationId=CONVERSATION', ['voicemail', 'fax']],
    ['conversationId=CONVERSATION&dateTo=2026-11-21T12:00:00Z', ['voicemail', 'fax', 'outbound']],
    ['type=Fax', ['voicemail', 'outbound', 'inbound']],
    ['type=Text', ['voicemail', 'fax']],
    ['conversationId=17', ['voicemail', 'fax', 'outbound', 'inbound']],
    ['', []],
  ])('those of ?%s', async (query, left) => {
    const { change, read, ids, named } = await stocked();
    const { conversationId } = await read(ids.inbound);

    const { status } = await change('DELETE', `${STORE}?${query.replace('CONVERSATION', String(conversationId))}`, undefined);

    expect(status).toBe(204);
    expect(await named('')).toEqual(left);
  });

  test.each(['type=Telegram', 'purge=perhaps', 'dateTo=x'])('?%s: CMN-101', async (query) => {
    const { change } = await messaging();

    expect(codes(await change('DELETE', `${STORE}?${query}`, undefined))).toEqual([400, 'InvalidParameter', 'CMN-101']);
  });
});

describe('the content of a message', () => {
  const document = Buffer.from('0123456789');

  async function faxed(fileName = 'note.txt') {
    const world = await messaging();
    const { json } = await world.fax({ to: [{ phoneNumber: STRANGER }] }, [filePart(fileName, 'text/plain', document)]);
    const path = `${STORE}/${json.id}/content/${json.id}`;
    const read = (query = '', headers: Readonly<Record<string, string>> = {}) =>
      world.ask(`${path}${query}`, { headers: { authorization: `Bearer ${world.token}`, ...headers } });
    return { ...world, path, read };
  }

  test('is the bytes that were sent, with their type and name; a token in the query will do', async () => {
    const { ask, path, token, read } = await faxed();

    const answer = await read();
    const byQuery = await ask(`${path}?access_token=${token}`);

    expect(answer.bytes).toEqual(document);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '10',
      'content-disposition': 'attachment; filename="note.txt"',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      // A page that was faxed must not move the sandbox from within it.
      'content-security-policy': "default-src 'none'; sandbox",
    });
    expect(byQuery.bytes).toEqual(document);
  });

  test.each([
    ['?contentDisposition=Inline', 'inline; filename="note.txt"'],
    [
      '?contentDisposition=Attachment&contentDispositionFilename=a%22b%0d%0aX:%20y.txt',
      `attachment; filename="a_b__X: y.txt"; filename*=UTF-8''a%22b%0D%0AX%3A%20y.txt`,
    ],
    ["?contentDispositionFilename=%C3%A4'.txt", `attachment; filename="_'.txt"; filename*=UTF-8''%C3%A4%27.txt`],
  ])('%s says how to take it', async (query, expected) => {
    const { read } = await faxed();

    expect((await read(query)).headers['content-disposition']).toBe(expected);
  });

  test.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=8-', 206, '89', 'bytes 8-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=4-2', 200, '0123456789', undefined],
    ['bytes=0-1,3-4', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
  ])('%s: %d %s', async (range, status, text, contentRange) => {
    const { read } = await faxed();

    const answer = await read('', { range });

    expect([answer.status, answer.text, answer.headers['content-range']]).toEqual([status, text, contentRange]);
  });

  test('a range beyond its end: 416 CMN-107', async () => {
    const { read } = await faxed();

    const answer = await read('', { range: 'bytes=10-' });

    expect(codes(answer)).toEqual([416, 'CMN-107', 'CMN-107']);
    expect(answer.headers['content-range']).toBe('bytes */10');
  });

  test('that is not there: CMN-102 names what is missing', async () => {
    const { get, path, token, read } = await faxed();

    expect((await get(`${path}9`, token)).json.parameterName).toBe('attachmentId');
    expect((await get(`${STORE}/17/content/17`, token)).json.parameterName).toBe('messageId');
    expect(codes(await read('?contentDisposition=Sideways'))).toEqual([400, 'InvalidParameter', 'CMN-101']);
  });

  test('a made-up fax is a PDF with its pages, a voicemail a WAV', async () => {
    const { ids, get, token } = await stocked();

    const fax = await get(`${STORE}/${ids.fax}/content/${ids.fax}`, token);
    const voicemail = await get(`${STORE}/${ids.voicemail}/content/${ids.voicemail}`, token);

    const pdf = fax.bytes.toString('latin1');
    expect(pdf).toMatch(/^%PDF-1\.4\n.*\(a fax\) Tj.*%%EOF\n$/s);
    expect(Number(/startxref\n(\d+)/.exec(pdf)?.[1])).toBe(pdf.indexOf('xref\n0 '));
    for (const [index, entry] of [...pdf.matchAll(/^(\d{10}) 00000 n $/gm)].entries())
      expect(pdf.slice(Number(entry[1]))).toMatch(new RegExp(`^${index + 1} 0 obj\n`));
    expect(voicemail.headers['content-type']).toBe('audio/wav');
    expect(voicemail.bytes.readUInt32LE(4)).toBe(voicemail.bytes.byteLength - 8);
  });
});

describe('the control', () => {
  test('has a voicemail come with what was said', async () => {
    const { sandbox, read, get, token } = await messaging();

    const { id } = await sandbox.receiveMessage({ type: 'VoiceMail', from: STRANGER, to: FRONT_DESK_NUMBER, text: 'Call me' });

    const { attachments, vmTranscriptionStatus } = await read(id);
    expect(vmTranscriptionStatus).toBe('Completed');
    expect(attachments.map(({ type }) => type)).toEqual(['AudioRecording', 'AudioTranscription']);
    expect((await get(new URL(attachments[1]!.uri).pathname, token)).text).toBe('Call me');
  });

  test.each([
    [{ type: 'SMS', from: STRANGER, to: STRANGER }, 'to'],
    [{ type: 'SMS', from: STRANGER, to: 'front-desk@example.com' }, 'to'],
    [{ type: 'SMS', from: 'nobody', to: FRONT_DESK_NUMBER }, 'from'],
    [{ type: 'SMS', from: STRANGER }, 'to'],
    [{ type: 'Fax', from: STRANGER, to: FRONT_DESK_NUMBER, pages: 0 }, 'pages'],
    [{ type: 'Telegram', from: STRANGER, to: FRONT_DESK_NUMBER }, 'type'],
  ])('refuses %j', async (body, field) => {
    const { postJson } = await messaging();

    const { status, json } = await postJson('/_sandbox/messages', body);

    expect([status, (json.errors as { field: string }[])[0]?.field]).toEqual([400, field]);
  });

  test('the state lists what lies where, and nothing of what is in it', async () => {
    const { sandbox, ids } = await stocked();

    const { messages } = sandbox.state();

    expect(messages.map(({ id }) => id)).toEqual([ids.inbound, ids.outbound, ids.fax, ids.voicemail]);
    expect(messages[1]).toMatchObject({
      ownerId: '403141004',
      type: 'SMS',
      from: FRONT_DESK_NUMBER,
      to: [{ number: STRANGER, messageStatus: 'Delivered', errorCode: null }],
    });
    expect(JSON.stringify(messages)).not.toContain('"out"');
  });
});

describe('the cover pages', () => {
  test('are fourteen, the first of which is none', async () => {
    const { get, token } = await messaging();

    const answer = await get('/restapi/v1.0/dictionary/fax-cover-page?perPage=5', token);

    const names = (recordsOf(answer) as unknown as { id: string; name: string }[]).map(({ id, name }) => `${id} ${name}`);
    expect(names).toEqual(['0 None', '1 Ancient', '2 Birthday', '3 Blank', '4 Clasmod']);
    expect(answer.json.paging).toMatchObject({ totalElements: 14, totalPages: 3 });
  });
});

test('a batch in parts that is none is refused', async () => {
  const { ask, token } = await messaging();

  const answer = await ask(`${STORE}/1,2`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': `multipart/mixed; boundary=${BOUNDARY}` },
    body: multipart([{ body: 'x' }]),
  });

  expect(codes(answer)).toEqual([400, 'CMN-103', 'CMN-103']);
});
