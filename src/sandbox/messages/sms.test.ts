import { describe, expect, test } from 'vitest';
import {
  BACK_OFFICE,
  BACK_OFFICE_NUMBER,
  COLLEAGUES,
  FRONT_DESK_NUMBER,
  FRONT_DESK_URI,
  fieldPart,
  filePart,
  jsonPart,
  MMS,
  messaging,
  PAGER,
  recordsOf,
  SMS,
  STRANGER,
  SYNC,
} from '../../../test/sandbox-messages.ts';
import { codes, OTHER_APP } from '../../../test/sandbox-world.ts';

const FROM = { phoneNumber: FRONT_DESK_NUMBER };
const TO = [{ phoneNumber: STRANGER }];
const GOOD = { from: FROM, to: TO, text: 'Hello' };
const PICTURE = filePart('a.png', 'image/png', Buffer.from([137, 80, 78, 71, 13, 10]));

describe('a text message', () => {
  test('is taken on as Queued, and repeats its text as subject and as attachment', async () => {
    const { sandbox, sms, get, token } = await messaging();

    const { status, json } = await sms({ ...GOOD, text: 'Grüße', country: { isoCode: 'US' } });

    const uri = `${FRONT_DESK_URI}/message-store/${json.id}`;
    expect(status).toBe(200);
    expect(json).toMatchObject({
      uri: `${sandbox.origin}${uri}`,
      type: 'SMS',
      from: { phoneNumber: FRONT_DESK_NUMBER, name: 'Front Desk' },
      to: [{ phoneNumber: STRANGER }],
      subject: 'Grüße',
      direction: 'Outbound',
      messageStatus: 'Queued',
      readStatus: 'Read',
      smsSendingAttemptsCount: 0,
      segmentCount: 1,
      conversationId: expect.any(Number),
      conversation: { id: String(json.conversationId), uri: `${sandbox.origin}/restapi/v1.0/conversation/${json.conversationId}` },
      attachments: [{ id: json.id, type: 'Text', contentType: 'text/plain', size: 7 }],
    });
    expect(Number.isSafeInteger(json.conversationId)).toBe(true);
    expect((await get(`${uri}/content/${json.id}`, token)).text).toBe('Grüße');
  });

  test.each([
    [STRANGER, 'Sent', 'Delivered', undefined],
    ['+16505550001', 'Sent', 'DeliveryFailed', 'SMS-CAR-412'],
    ['+16505550002', 'Sent', 'Sent', undefined],
    ['+16505550003', 'Sent', 'DeliveryFailed', 'SMS-CAR-413'],
    ['+16505550004', 'SendingFailed', 'SendingFailed', 'SMS-UP-500'],
  ])('to %s is %s after a second, %s after two, with the code %s', async (phoneNumber, first, second, code) => {
    const { sandbox, sms, read } = await messaging();
    const { id } = (await sms({ ...GOOD, to: [{ phoneNumber }] })).json;

    await sandbox.advance(1_000);
    const afterOne = await read(id);
    await sandbox.advance(1_000);
    const afterTwo = await read(id);

    expect([afterOne.messageStatus, afterTwo.messageStatus, afterTwo.deliveryErrorCode]).toEqual([first, second, code]);
    expect(afterTwo.smsSendingAttemptsCount).toBe(1);
    expect(afterTwo.smsDeliveryTime).toBe(second === 'Delivered' ? '2026-11-21T12:00:02.000Z' : undefined);
  });

  test('arrives at a user of the sandbox, and the answer is of the same conversation', async () => {
    const { sandbox, sms, list, signInAs } = await messaging();
    const receiver = await signInAs(BACK_OFFICE);
    await sms({ ...GOOD, to: [{ phoneNumber: BACK_OFFICE_NUMBER }] });
    await sandbox.advance(2_000);
    const [received] = await list('messageType=SMS', receiver);
    await sms({ from: { phoneNumber: BACK_OFFICE_NUMBER }, to: [FROM], text: 'And to you' }, receiver);
    await sandbox.advance(2_000);

    const own = await list();
    const theirs = await list('', receiver);

    expect(received).toMatchObject({ direction: 'Inbound', messageStatus: 'Received', subject: 'Hello', readStatus: 'Unread' });
    expect(own.map(({ subject, direction }) => [subject, direction])).toEqual([
      ['And to you', 'Inbound'],
      ['Hello', 'Outbound'],
    ]);
    expect(new Set(own.map(({ conversationId }) => conversationId)).size).toBe(1);
    expect(new Set(theirs.map(({ conversationId }) => conversationId)).size).toBe(1);
    expect(own[0]?.conversationId).not.toBe(theirs[0]?.conversationId);
  });

  test.each([
    ['x'.repeat(160), 1],
    ['x'.repeat(161), 2],
    ['ы'.repeat(70), 1],
    ['ы'.repeat(71), 2],
  ])('%s has %d segments', async (text, segmentCount) => {
    const { sms } = await messaging();

    expect((await sms({ ...GOOD, text })).json.segmentCount).toBe(segmentCount);
  });

  test('may show the company number for whom that rings', async () => {
    const { sms } = await messaging();

    expect((await sms({ ...GOOD, from: { phoneNumber: '18889363711' } })).status).toBe(200);
  });
});

describe('a text message with files', () => {
  test.each([
    [SMS, 'form-data'],
    [SMS, 'mixed'],
    [MMS, 'form-data'],
    [MMS, 'mixed'],
  ])('is sent by %s as %s, and its files arrive', async (path, type) => {
    const { sandbox, postParts, list, get, token, signInAs } = await messaging();
    const body = { ...GOOD, to: [{ phoneNumber: BACK_OFFICE_NUMBER }] };

    const { status, json } = await postParts(path, [jsonPart(body), PICTURE], token, type);
    await sandbox.advance(2_000);

    const receiver = await signInAs(BACK_OFFICE);
    const [received] = await list('', receiver);
    const picture = received!.attachments[1]!;
    expect([status, json.subject]).toEqual([200, 'Hello']);
    expect(received!.attachments).toMatchObject([{ type: 'Text' }, { type: 'MmsAttachment', contentType: 'image/png', fileName: 'a.png', size: 6 }]);
    expect((await get(new URL(picture.uri).pathname, receiver)).bytes).toEqual(PICTURE.body);
  });

  test('needs no text', async () => {
    const { postParts } = await messaging();

    const { status, json } = await postParts(MMS, [jsonPart({ from: FROM, to: TO }), PICTURE]);

    expect([status, json.subject]).toEqual([200, undefined]);
    expect(json.attachments).toHaveLength(1);
  });

  test('may come in form fields', async () => {
    const { postParts } = await messaging();

    const { status, json } = await postParts(SMS, [
      fieldPart('from', FRONT_DESK_NUMBER),
      fieldPart('to', JSON.stringify(TO)),
      fieldPart('text', 'Hello'),
      fieldPart('country', '{"isoCode":"US"}'),
      PICTURE,
    ]);

    expect([status, json.subject]).toEqual([200, 'Hello']);
  });

  test.each([
    ['11 files', Array.from({ length: 11 }, () => PICTURE), 400, 'MSG-379'],
    ['1,500,001 bytes', [filePart('a.png', 'image/png', Buffer.alloc(1_500_001, 1))], 400, 'MSG-376'],
    ['a program', [filePart('a.exe', 'image/png', 'x')], 415, 'MSG-348'],
    ['a PDF, which only a fax may have', [filePart('a.pdf', 'application/pdf', 'x')], 415, 'MSG-348'],
  ])('is refused with %s', async (_what, files, status, code) => {
    const { postParts } = await messaging();

    expect(codes(await postParts(SMS, [jsonPart(GOOD), ...files]))).toEqual([status, code, code]);
  });

  test('by /mms is refused as JSON: 415', async () => {
    const { postJson, token } = await messaging();

    expect((await postJson(MMS, GOOD, token)).status).toBe(415);
  });
});

describe('a text message is refused', () => {
  test.each([
    ['no sender', { to: TO, text: 'x' }, 'from'],
    ['a sender without a number', { ...GOOD, from: {} }, 'from.phoneNumber'],
    ['no recipient', { from: FROM, text: 'x' }, 'to'],
    ['no recipients', { ...GOOD, to: [] }, 'to'],
    ['a recipient without a number', { ...GOOD, to: [{}] }, 'to.phoneNumber'],
    ['a recipient whose number is none', { ...GOOD, to: [{ phoneNumber: 'Ann' }] }, 'to.phoneNumber'],
    ['no text', { from: FROM, to: TO }, 'text'],
    ['an empty text', { ...GOOD, text: '' }, 'text'],
    ['1,001 characters', { ...GOOD, text: 'x'.repeat(1_001) }, 'text'],
    ['501 characters of two units', { ...GOOD, text: '😀'.repeat(501) }, 'text'],
    ['a country that is none', { ...GOOD, country: { isoCode: 'USA' } }, 'country.isoCode'],
  ])('with %s: CMN-101 names the parameter', async (_what, body, parameterName) => {
    const { sms } = await messaging();

    const answer = await sms(body);

    expect(codes(answer)).toEqual([400, 'InvalidParameter', 'CMN-101']);
    expect(answer.json.parameterName).toBe(parameterName);
  });

  test.each([
    ['a recipient twice', { ...GOOD, to: [...TO, { phoneNumber: '(650) 555-9100' }] }, 400, 'CMN-406'],
    ['11 recipients', { ...GOOD, to: Array.from({ length: 11 }, (_, index) => ({ phoneNumber: `+165055591${10 + index}` })) }, 400, 'MSG-381'],
    ['a recipient that is blocked', { ...GOOD, to: [{ phoneNumber: '+16505550005' }] }, 400, 'MSG-243'],
    ['a recipient abroad', { ...GOOD, to: [{ phoneNumber: '+16505550006' }] }, 403, 'MSG-240'],
    ['an extension as recipient', { ...GOOD, to: [{ phoneNumber: '102' }] }, 400, 'MSG-246'],
    ['a short number as recipient', { ...GOOD, to: [{ phoneNumber: '12345' }] }, 400, 'MSG-247'],
    ["another's number as sender", { ...GOOD, from: { phoneNumber: BACK_OFFICE_NUMBER } }, 403, 'MSG-304'],
    ['a country twice', { ...GOOD, country: { id: '1', isoCode: 'US' } }, 400, 'MSG-365'],
  ])('with %s', async (_what, body, status, code) => {
    const { sms } = await messaging();

    expect(codes(await sms(body))).toEqual([status, code, code]);
  });

  test('after 40 within a minute, whichever apps they came through', async () => {
    const { sandbox, sms, token, signIn } = await messaging();
    const { access_token: other } = await signIn({}, OTHER_APP);
    await sandbox.setLimits({ scale: 0.1 });

    const statuses = [];
    for (const as of [token, other, token, other, token]) statuses.push((await sms(GOOD, as)).status);

    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });
});

describe('an internal message', () => {
  const FIRST = { username: '16505550200', extension: '201', password: 'secret' };
  const SECOND = { username: '16505550200', extension: '202', password: 'secret' };

  test('is there at once, and so is the answer to it, of the same conversation', async () => {
    const { postJson, list, signInAs } = await messaging({ data: COLLEAGUES });
    const [first, second] = [await signInAs(FIRST), await signInAs(SECOND)];

    const sent = await postJson(PAGER, { to: [{ extensionNumber: '202' }], text: 'Lunch?' }, first);
    const [received] = await list('messageType=Pager', second);
    const answered = await postJson(PAGER, { replyOn: received!.id, text: 'Yes' }, second);
    const own = await list('', first);

    expect(sent.json).toMatchObject({
      type: 'Pager',
      messageStatus: 'Sent',
      pgToDepartment: false,
      from: { extensionNumber: '201', extensionId: '500001004', name: 'Colleague 201' },
      to: [{ extensionNumber: '202', extensionId: '500002004' }],
      subject: 'Lunch?',
    });
    expect(received).toMatchObject({ direction: 'Inbound', messageStatus: 'Received', readStatus: 'Unread', subject: 'Lunch?' });
    expect(answered.json.to).toMatchObject([{ extensionNumber: '201' }]);
    expect(own.map(({ subject }) => subject)).toEqual(['Yes', 'Lunch?']);
    expect(own[0]?.conversationId).toBe(sent.json.conversationId);
  });

  test.each([
    ['no recipient', { text: 'x' }, [400, 'InvalidParameter', 'CMN-101']],
    ['no text', { to: [{ extensionNumber: '202' }] }, [400, 'InvalidParameter', 'CMN-101']],
    ['a recipient that is nothing', { to: [{}], text: 'x' }, [400, 'InvalidParameter', 'CMN-101']],
    ['nobody', { to: [{ extensionNumber: '999' }], text: 'x' }, [400, 'MSG-316', 'MSG-316']],
    ['somebody of another account', { to: [{ extensionId: '403141004' }], text: 'x' }, [400, 'MSG-316', 'MSG-316']],
    ['a number and another id', { to: [{ extensionNumber: '202', extensionId: '500003004' }], text: 'x' }, [400, 'MSG-335', 'MSG-335']],
    ["another's number as sender", { from: { extensionNumber: '202' }, to: [{ extensionNumber: '203' }], text: 'x' }, [400, 'MSG-331', 'MSG-331']],
    ["another's id as sender", { from: { extensionId: '500002004' }, to: [{ extensionNumber: '203' }], text: 'x' }, [400, 'MSG-332', 'MSG-332']],
    ['an answer to nothing', { replyOn: 17, text: 'x' }, [404, 'InvalidParameter', 'CMN-102']],
  ])('is refused with %s', async (_what, body, expected) => {
    const { postJson, signInAs } = await messaging({ data: COLLEAGUES });

    expect(codes(await postJson(PAGER, body, await signInAs(FIRST)))).toEqual(expected);
  });
});

describe('synchronizing', () => {
  test('gives all at first, and then what is new, has changed or was deleted, once', async () => {
    const { sandbox, sms, get, token, change } = await messaging();
    const old = (await sms({ ...GOOD, text: 'old' })).json.id;
    const gone = (await sms({ ...GOOD, text: 'gone' })).json.id;
    await sms({ ...GOOD, text: 'quiet', to: [{ phoneNumber: '+16505550002' }] });
    await sandbox.advance(5_000);
    const sync = async (query: string) => {
      const answer = await get(`${SYNC}?${query}`, token);
      const { syncToken } = answer.json.syncInfo as { syncToken: string };
      return { syncToken, records: recordsOf(answer).map(({ subject, availability, readStatus }) => [subject, availability, readStatus]) };
    };

    const full = await sync('syncType=FSync');
    await change('PUT', messagePath(old), { readStatus: 'Unread' });
    await change('DELETE', `${messagePath(gone)}?purge=true`, undefined);
    await sms({ ...GOOD, text: 'new' });
    const next = await sync(`syncType=ISync&syncToken=${full.syncToken}`);
    const last = await sync(`syncType=ISync&syncToken=${next.syncToken}`);

    expect(full.records.map(([subject]) => subject)).toEqual(['quiet', 'gone', 'old']);
    expect(next.records).toEqual([
      ['new', 'Alive', 'Read'],
      ['gone', 'Purged', 'Read'],
      ['old', 'Alive', 'Unread'],
    ]);
    expect(last.records).toEqual([]);
  });

  test('keeps to what was asked for at first', async () => {
    const { sandbox, sms, get, token } = await messaging();
    const first = await get(`${SYNC}?direction=Inbound&messageType=SMS`, token);
    await sms(GOOD);
    await sandbox.receiveMessage({ type: 'SMS', from: STRANGER, to: FRONT_DESK_NUMBER, text: 'in' });
    await sandbox.receiveMessage({ type: 'Fax', from: STRANGER, to: FRONT_DESK_NUMBER });

    const { syncToken } = first.json.syncInfo as { syncToken: string };
    const next = await get(`${SYNC}?syncType=ISync&syncToken=${syncToken}`, token);

    expect(recordsOf(next).map(({ subject }) => subject)).toEqual(['in']);
  });

  test('says where there are older ones', async () => {
    const { sms, get, token } = await messaging();
    await sms(GOOD);
    await sms({ ...GOOD, text: 'newer' });

    const answer = await get(`${SYNC}?recordCount=1`, token);

    expect(recordsOf(answer).map(({ subject }) => subject)).toEqual(['newer']);
    expect(answer.json.syncInfo).toMatchObject({ olderRecordsExist: true, syncType: 'FSync', syncTime: '2026-11-21T12:00:00.000Z' });
  });

  test.each([
    'syncType=ISync',
    'syncType=ISync&syncToken=nonsense',
    'syncType=Sync',
    'recordCount=0',
    'dateFrom=x',
    `syncType=ISync&syncToken=${Buffer.from('null').toString('base64url')}`,
  ])('%s: CMN-101', async (query) => {
    const { get, token } = await messaging();

    expect(codes(await get(`${SYNC}?${query}`, token))).toEqual([400, 'InvalidParameter', 'CMN-101']);
  });
});

function messagePath(id: unknown): string {
  return `${FRONT_DESK_URI}/message-store/${id}`;
}
