import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FaxEventName } from '../../src/domain/fax.ts';
import { FAX_PATH, MESSAGES_PATH, type OutboxWorld, outboxWorld } from './world.ts';

const SETTLE_MS = 30_000;

/** Time passes in steps, and what is due at each is done. */
async function pass({ clock, work }: OutboxWorld, ms: number, stepMs = 1_000): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    clock.advance(stepMs);
    await work();
  }
}

describe('a fax in the Outbox', () => {
  test('is handed to the platform with its documents, its options and the names of its recipients, and followed to its end', async () => {
    const at = await outboxWorld();
    const { accept, work, find, history, sent, clock, contentOf, call } = at;
    const content = randomBytes(700_000);
    const recipients = [{ phoneNumber: '+16505551230', name: 'John Doe' }, { phoneNumber: '+16505551231' }];
    const documents = [
      { fileName: 'a.pdf', contentType: 'application/pdf', bytes: 300_000 },
      { fileName: 'ä b.tif', contentType: 'image/tiff', bytes: 400_000 },
    ];

    const id = await accept(content, { recipients, documents, coverPage: 'clasmod', coverPageText: 'Hello\nthere', resolution: 'Low' });
    await work();
    const handed = await find(id);
    clock.advance(10_000);
    await work();

    const [message] = sent();
    const record = JSON.parse((await call('front-desk', { method: 'GET', path: `${MESSAGES_PATH}/${message?.id}`, permission: '' })).text);
    expect(handed).toMatchObject({ state: 'sent', attempts: 1, messageStatus: 'Queued', messageId: message?.id });
    expect(record).toMatchObject({ to: recipients, coverIndex: 4, coverPageText: 'Hello\nthere', faxResolution: 'Low' });
    expect(message?.attachments.map(({ fileName, contentType }) => [fileName, contentType])).toEqual([
      ['a.pdf', 'application/pdf'],
      ['ä b.tif', 'image/tiff'],
    ]);
    expect((await contentOf(message!)).equals(content)).toBe(true);
    expect(await find(id)).toMatchObject({
      state: 'delivered',
      isErased: true,
      results: [
        { phoneNumber: '+16505551230', name: 'John Doe', messageStatus: 'Delivered' },
        { phoneNumber: '+16505551231', messageStatus: 'Delivered' },
      ],
    });
    expect(await history(id)).toEqual(['accepted', 'sending', 'sent', 'delivered', 'erased']);
  });

  test('one that reaches only some of its recipients has failed, and says at whom and why', async () => {
    const at = await outboxWorld();
    const recipients = [{ phoneNumber: '+16505551230' }, { phoneNumber: '+16505550001' }];

    const id = await at.accept(undefined, { recipients });
    await at.work();
    await pass(at, 20_000, 10_000);

    expect(await at.find(id)).toMatchObject({
      state: 'failed',
      code: 'LineBusy',
      results: [{ messageStatus: 'Delivered' }, { phoneNumber: '+16505550001', messageStatus: 'SendingFailed', faxErrorCode: 'LineBusy' }],
    });
  });

  test('a scheduled one is with the platform at once, and asked about after its time', async () => {
    const at = await outboxWorld();
    const sendAt = at.clock.now() + 3_600_000;

    const id = await at.accept(undefined, { sendAt });
    await at.work();
    const asked = at.sandbox.requests(MESSAGES_PATH).length;
    await pass(at, 3_600_000, 600_000);
    const before = at.sandbox.requests(`${MESSAGES_PATH}/*`).length;
    await pass(at, 60_000, 10_000);

    expect(at.sent()[0]?.leavesAt).toBe(sendAt);
    expect([asked, before]).toEqual([0, 0]);
    expect((await at.find(id)).state).toBe('delivered');
  });

  test.each([
    [undefined, 7],
    ['None', 0],
    ['none', 0],
    ['Default', 7],
    ['CLASMOD', 4],
    ['13', 13],
  ])('the cover page %s is number %i of the dictionary', async (coverPage, index) => {
    const at = await outboxWorld();

    await at.accept(undefined, coverPage === undefined ? {} : { coverPage });
    await at.work();

    const record = JSON.parse((await at.call('front-desk', { method: 'GET', path: `${MESSAGES_PATH}/${at.sent()[0]?.id}`, permission: '' })).text);
    expect(record.coverIndex).toBe(index);
  });

  test.each(['No such page', '99', '-1'])('a cover page that nobody knows, %s, is ignored and noted', async (coverPage) => {
    const at = await outboxWorld();

    const id = await at.accept(undefined, { coverPage });
    await at.work();

    expect(await at.history(id)).toEqual(['accepted', 'sending', 'cover_page_unknown', 'sent']);
  });

  test.each([
    [400, 'CMN-101'],
    [403, 'MSG-341'],
    [415, 'MSG-348'],
    [413, 'MSG-338'],
  ])('what the platform refuses (%i %s) is over at once, and is not sent again', async (status, code) => {
    const at = await outboxWorld();
    await at.sandbox.addFault({ match: { path: FAX_PATH }, times: 1, action: { status, body: { errorCode: 'X', errors: [{ errorCode: code }] } } });

    const id = await at.accept();
    await at.work();
    await pass(at, 120_000, 10_000);

    expect(await at.find(id)).toMatchObject({ state: 'failed', code, attempts: 1 });
    expect(at.sent()).toEqual([]);
  });

  test.each([
    [429, { 'retry-after': '120' }, 121_000],
    [503, { 'retry-after': '60' }, 61_000],
    [503, {}, 1_000],
  ])('a platform that is busy (%i) is asked again when it says, and not before', async (status, headers, waitMs) => {
    const at = await outboxWorld();
    await at.sandbox.addFault({ match: { path: FAX_PATH }, times: 1, action: { status, headers, body: { errorCode: 'CMN-301' } } });

    const id = await at.accept();
    await at.work();
    const waiting = await at.find(id);
    await pass(at, waiting.dueAt - at.clock.now() - 100, waiting.dueAt - at.clock.now() - 100);
    const early = at.sent().length;
    await pass(at, 2_000);

    expect(waiting.state).toBe('queued');
    expect(waiting.dueAt - waiting.createdAt).toBeGreaterThanOrEqual(waitMs / 2);
    if (status === 429) expect(waiting.dueAt - waiting.createdAt).toBeGreaterThanOrEqual(waitMs);
    expect([early, at.sent().length]).toEqual([0, 1]);
  });

  test.each([
    ['before', 2, ['accepted', 'sending', 'unclear', 'not_found', 'sending', 'sent']],
    ['after', 1, ['accepted', 'sending', 'unclear', 'found']],
  ] as const)('P5: a connection that dies %s the fax took effect: it is looked for, and is there once', async (drop, attempts, events) => {
    const at = await outboxWorld();
    await at.sandbox.addFault({ match: { path: FAX_PATH }, times: 1, action: { drop } });

    const id = await at.accept();
    await at.work();
    await pass(at, SETTLE_MS + 1_000);

    expect(await at.find(id)).toMatchObject({ attempts });
    expect((await at.history(id)).slice(0, events.length)).toEqual(events);
    expect(at.sent()).toHaveLength(1);
  });

  test.each([500, 502, 504])('P5: an answer of %i leaves it open whether it was sent: it is looked for before it is sent again', async (status) => {
    const at = await outboxWorld();
    await at.sandbox.addFault({ match: { path: FAX_PATH }, times: 1, action: { status } });

    const id = await at.accept();
    await at.work();
    const posts = at.sandbox.requests(FAX_PATH).length;
    await pass(at, SETTLE_MS - 2_000);
    const early = at.sandbox.requests(FAX_PATH).length;
    await pass(at, 4_000);

    expect([posts, early, at.sent().length]).toEqual([1, 1, 1]);
    expect(await at.history(id)).toContain('not_found');
  });

  test('the one that is looked for is none of the others that are like it, nor one of another program that came before', async () => {
    const at = await outboxWorld();
    // Both to the same number; the first is ours already, the second is another program's, a minute before.
    await at.accept();
    await at.work();
    await at.call('front-desk', { method: 'POST', path: FAX_PATH, json: { originalMessageId: at.sent()[0]?.id }, permission: '' });
    at.clock.advance(60_000);
    await at.sandbox.addFault({ match: { path: FAX_PATH }, times: 1, action: { drop: 'before' } });

    const id = await at.accept();
    await at.work();
    await pass(at, SETTLE_MS + 2_000);

    expect(at.sent()).toHaveLength(3);
    expect(await at.find(id)).toMatchObject({ messageId: at.sent()[2]?.id });
  });

  test('where the message store may not be read, an unclear fax is not sent again: it has failed, and says so', async () => {
    const at = await outboxWorld();
    await at.sandbox.addFault({ match: { path: FAX_PATH }, times: 1, action: { drop: 'after' } });
    await at.sandbox.addFault({ match: { path: MESSAGES_PATH }, times: 1, action: { status: 403, body: { errorCode: 'CMN-401' } } });

    const id = await at.accept();
    await at.work();
    await pass(at, 60_000, 5_000);

    expect(await at.find(id)).toMatchObject({ state: 'failed', code: 'outcome_unknown', attempts: 1 });
    expect(at.sent()).toHaveLength(1);
  });

  test('nothing of the Connection is sent while one is looked for; other Connections go on', async () => {
    const at = await outboxWorld();
    await at.sandbox.addFault({ match: { path: FAX_PATH }, times: 1, action: { drop: 'before' } });

    const first = await at.accept();
    await at.work();
    const second = await at.accept();
    const elsewhere = await at.accept(undefined, {}, undefined, 'fax-desk');
    await at.work();

    const states = async () => [(await at.find(first)).state, (await at.find(second)).state, (await at.find(elsewhere)).state];
    expect(await states()).toEqual(['unclear', 'queued', 'sent']);
    await pass(at, SETTLE_MS + 2_000);
    const order = at.sent().map(({ id }) => id);
    expect([order.indexOf((await at.find(first)).messageId!) < order.indexOf((await at.find(second)).messageId!), order.length]).toEqual([true, 3]);
  });

  test('one that fails again and again does not hold up the others', async () => {
    const at = await outboxWorld();
    await at.sandbox.addFault({ match: { path: FAX_PATH }, times: 3, action: { status: 500 } });

    const poison = await at.accept();
    await at.work();
    const other = await at.accept();
    await pass(at, 4 * SETTLE_MS + 20_000, 2_000);
    await pass(at, 120_000, 2_000);

    const [first, second] = [await at.find(poison), await at.find(other)];
    expect([first.attempts >= 3, second.messageId]).toEqual([true, at.sent()[0]?.id]);
    expect(at.sent()).toHaveLength(2);
  });

  test('one that cannot be sent until its deadline is given up', async () => {
    const at = await outboxWorld({ rules: { deadlineMs: 600_000 } });
    await at.sandbox.addFault({ match: { path: FAX_PATH }, times: 1_000, action: { status: 503 } });

    const id = await at.accept();
    await at.work();
    await pass(at, 700_000, 20_000);

    expect(await at.find(id)).toMatchObject({ state: 'failed', isErased: true });
    expect(at.sent()).toEqual([]);
  });

  test('a Connection that is gone fails its faxes; one that needs a sign-in keeps them', async () => {
    const at = await outboxWorld();

    const gone = await at.accept(undefined, {}, undefined, 'no-such');
    await at.store.revokeGrant('fax-desk', { id: 'x', at: at.clock.now() }).catch(() => undefined);
    await at.sandbox.addFault({
      match: { path: '/restapi/oauth/token' },
      times: 50,
      action: { status: 400, body: { error: 'invalid_grant', error_description: 'OAU-140' } },
    });
    const kept = await at.accept(undefined, {}, undefined, 'fax-desk');
    await at.work();

    expect([(await at.find(gone)).state, (await at.find(kept)).state]).toEqual(['failed', 'queued']);
  });
});

describe('the same fax again', () => {
  test('check 23: within the window it is the first one, whoever asks; after it, or where anything differs, it is another', async () => {
    const at = await outboxWorld({ rules: { repeatWindowMs: 60_000 } });
    const content = randomBytes(100);

    const first = await at.accept(content);
    const again = [await at.accept(content), await at.accept(content, {}, at.node('B'))];
    const others = [
      await at.accept(randomBytes(100)),
      await at.accept(content, { resolution: 'High' }),
      await at.accept(content, { recipients: [{ phoneNumber: '+16505559999' }] }),
      await at.accept(content, {}, undefined, 'fax-desk'),
    ];
    at.clock.advance(60_001);
    const late = await at.accept(content);

    expect(again).toEqual([first, first]);
    expect(new Set([first, ...others, late]).size).toBe(6);
  });
});

describe('a fax that is withdrawn', () => {
  test('is not sent where it still waits', async () => {
    const at = await outboxWorld();
    const id = await at.accept();

    const withdrawn = await at.outbox.withdraw(id);
    await at.work();

    expect([withdrawn?.state, at.sent()]).toEqual(['withdrawn', []]);
  });

  test.each([
    ['after', 'it is found, and cancelled there', 1, 'Deleted'],
    ['before', 'it is not there, and is not sent again', 0, undefined],
  ] as const)('sync: of an unclear one whose connection died %s, %s', async (drop, _what, messages, availability) => {
    const at = await outboxWorld();
    await at.sandbox.addFault({ match: { path: FAX_PATH }, times: 1, action: { drop } });
    const id = await at.accept();
    await at.work();

    await at.outbox.withdraw(id);
    await pass(at, SETTLE_MS + 2_000);

    expect((await at.find(id)).state).toBe('withdrawn');
    expect(at.sent().map((message) => message.availability)).toEqual(availability === undefined ? [] : [availability]);
    expect([at.sandbox.requests(FAX_PATH).length, at.sent().length]).toEqual([1, messages]);
  });

  test('one that has gone by then is told as it is', async () => {
    const at = await outboxWorld();
    await at.sandbox.addFault({ match: { path: FAX_PATH }, times: 1, action: { drop: 'after' } });
    const id = await at.accept();
    await at.work();

    await at.outbox.withdraw(id);
    at.clock.advance(20_000);
    await at.work();
    await pass(at, 20_000, 10_000);

    expect(await at.find(id)).toMatchObject({ state: 'delivered', isWithdrawn: true });
    expect(await at.history(id)).toContain('withdrawn_too_late' satisfies FaxEventName);
  });
});

describe('what is sent how often', () => {
  test('whatever dies in whatever order, each fax is on the platform once, in the order of its Connection', async () => {
    const action = fc.constantFrom(undefined, { drop: 'before' as const }, { drop: 'after' as const }, { status: 500 }, { status: 503 }, { status: 429 });

    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 6 }), async (actions) => {
        const at = await outboxWorld();
        const contents = actions.map(() => randomBytes(64));
        const ids: string[] = [];
        for (const [index, one] of actions.entries()) {
          if (one) await at.sandbox.addFault({ match: { path: FAX_PATH }, times: 1, action: one });
          ids.push(await at.accept(contents[index]));
        }
        await at.work();
        await pass(at, 10 * SETTLE_MS, 5_000);

        const messages = at.sent();
        expect(messages).toHaveLength(actions.length);
        const sentIds = (await Promise.all(ids.map((id) => at.find(id)))).map(({ messageId }) => messageId);
        // One that was lost three times has let the others go first.
        const isInOrder = actions.filter((one) => one && ('drop' in one ? one.drop === 'before' : one.status === 500)).length < 3;
        expect(isInOrder ? sentIds : sentIds.toSorted()).toEqual(isInOrder ? messages.map(({ id }) => id) : messages.map(({ id }) => id).toSorted());
        for (const message of messages) {
          const content = contents[sentIds.indexOf(message.id)]!;
          expect((await at.contentOf(message)).equals(content)).toBe(true);
        }
      }),
      { numRuns: 15 },
    );
  });
});
