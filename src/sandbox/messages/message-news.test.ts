import { describe, expect, test } from 'vitest';
import { StillClock } from '../../../test/sandbox-world.ts';
import { systemRandom } from '../../runtime/random.ts';
import { DEMO_DATA } from '../demo.ts';
import type { PlatformEvent } from '../events.ts';
import { usualFirstDay } from '../first-day.ts';
import { forgetfulJournal } from '../forgetful-journal.ts';
import { World } from '../world.ts';
import { type Arrival, arrive } from './arrival.ts';

const EXTENSION = '/restapi/v1.0/account/403140004/extension/403141004';
const OWNER = '403141004';
const FROM = '+16505559100';
const TO = '+16505550101';
const NOW = '2026-11-21T12:00:00.000Z';

/** A world, and what its subscriptions hear. */
function listening() {
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const world = new World({
    firstDay: usualFirstDay(DEMO_DATA, 'platform'),
    clock: new StillClock(),
    random: systemRandom,
    log,
    journal: forgetfulJournal(),
    fetch: () => Promise.reject(new Error('nobody is called')),
  });
  world.origin = 'http://127.0.0.1:1';
  const heard: PlatformEvent[] = [];
  world.events.listen((event) => heard.push(event));
  const owner = world.directory.findOwner(OWNER)!;
  return { world, heard, receive: (arrival: Pick<Arrival, 'type' | 'text'>) => arrive(world.messages, owner, { from: FROM, to: TO, ...arrival }) };
}

describe('the news of the message store', () => {
  test('tell of what is new', () => {
    const { heard, receive } = listening();

    const { id } = receive({ type: 'SMS', text: 'Hello' });

    expect(heard[0]).toEqual({
      filter: `${EXTENSION}/message-store`,
      attributes: { type: 'SMS', direction: 'Inbound' },
      ownerId: OWNER,
      body: { extensionId: OWNER, lastUpdated: NOW, changes: [{ type: 'SMS', newCount: 1, newMessageIds: [Number(id)] }], ownerId: OWNER },
    });
  });

  test('tell of what has changed, and of each step on the way to the recipient', () => {
    const { world, heard } = listening();
    const draft = { ownerId: OWNER, type: 'SMS', from: { phoneNumber: TO }, to: [{ phoneNumber: FROM }], subject: 'x', files: [] } as const;

    const message = world.messages.send(draft);
    world.settings.set({ ...world.settings.current, clockOffsetMs: 5_000 });
    world.agenda.runDue();
    world.messages.markRead(world.messages.find(message.id, OWNER)!, 'Unread');

    const counts = heard.map(({ attributes, body }) => [attributes, ...(body as { changes: object[] }).changes]);
    const attributes = { type: 'SMS', direction: 'Outbound' };
    const updated = [attributes, { type: 'SMS', updatedCount: 1 }];
    expect(counts).toEqual([[attributes, { type: 'SMS', newCount: 1, newMessageIds: [Number(message.id)] }], updated, updated, updated]);
  });

  test('tell once of each step, of a fax too that was deleted and taken back before its time', () => {
    const { world, heard } = listening();
    const fax = { resolution: 'High', pageCount: 1, coverIndex: 0 } as const;
    const draft = {
      ownerId: OWNER,
      type: 'Fax',
      from: { phoneNumber: TO },
      to: [{ phoneNumber: FROM }],
      files: [],
      fax,
      leavesAt: world.now() + 60_000,
    } as const;

    const message = world.messages.send(draft);
    world.messages.remove(message, { purge: false });
    world.messages.restoreDeleted(world.messages.find(message.id, OWNER)!);
    world.settings.set({ ...world.settings.current, clockOffsetMs: 120_000 });
    world.agenda.runDue();

    const times = heard.map(({ body }) => (body as { lastUpdated: string }).lastUpdated);
    expect(times).toEqual([NOW, NOW, NOW, '2026-11-21T12:01:05.000Z', '2026-11-21T12:01:10.000Z']);
  });

  test.each([
    ['SMS', '/message-store/instant', { type: 'SMS' }],
    ['Fax', '/fax', { direction: 'Inbound' }],
    ['VoiceMail', '/voicemail', {}],
  ] as const)('tell of a %s that arrives at %s, in full', (type, path, attributes) => {
    const { heard, receive } = listening();

    const { id } = receive({ type, text: 'Hello' });

    expect(heard).toHaveLength(2);
    expect(heard[1]).toMatchObject({
      filter: `${EXTENSION}${path}`,
      attributes,
      ownerId: OWNER,
      body: {
        id: type === 'VoiceMail' ? Number(id) : id,
        type: type === 'VoiceMail' ? 'Voicemail' : type,
        from: { phoneNumber: FROM },
        to: [{ phoneNumber: TO, name: 'Front Desk', target: true }],
        direction: 'Inbound',
        messageStatus: 'Received',
        creationTime: NOW,
        attachments: [{ uri: `http://127.0.0.1:1${EXTENSION}/message-store/${id}/content/${id}` }, ...(type === 'VoiceMail' ? [{}] : [])],
      },
    });
  });

  test('spell the conversation of an SMS as text, and its own text as subject', () => {
    const { heard, receive } = listening();

    const { conversationId } = receive({ type: 'SMS', text: 'Hello' });

    expect(heard[1]?.body).toMatchObject({ conversationId: String(conversationId), conversation: { id: String(conversationId) }, subject: 'Hello' });
  });
});
