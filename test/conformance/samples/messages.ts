import { BOUNDARY, FAX, filePart, jsonPart, MMS, multipart, NOTE, PAGER, SMS, STORE, STRANGER, SYNC, type TestPart } from '../../sandbox-messages.ts';
import type { Reply } from '../../sandbox-world.ts';
import { asks, COLLEAGUE, OF_EXTENSION, reads, type Sample, type Samples, type SampleWorld } from './sample.ts';

const FRONT_DESK = '+16505550101';
const TEXT = { from: { phoneNumber: FRONT_DESK }, to: [{ phoneNumber: STRANGER }], text: 'Hello' };
const PNG = filePart('a.png', 'image/png', '\x89PNG');

/** Faxes, text messages, internal messages, voicemails, and the store in which they lie. */
export const MESSAGE_SAMPLES: Samples = {
  [`POST ${OF_EXTENSION}/fax`]: [
    sentFax,
    (world) => sentFax(world, { faxResolution: 'Low', coverIndex: 3, coverPageText: 'For Ann', sendTime: '2026-11-22T12:00:00Z' }),
    async (world) => world.send('POST', FAX, { originalMessageId: (await sentFax(world)).json.id }),
  ],
  [`POST ${OF_EXTENSION}/sms`]: [asks('POST', SMS, TEXT), (world) => inParts(world, SMS, [jsonPart(TEXT), PNG])],
  [`POST ${OF_EXTENSION}/mms`]: [(world) => inParts(world, MMS, [jsonPart(TEXT), PNG])],
  [`POST ${OF_EXTENSION}/company-pager`]: [asks('POST', PAGER, { to: [{ extensionId: String(COLLEAGUE.id) }], text: 'Hello' })],
  [`GET ${OF_EXTENSION}/message-store`]: [
    reads(STORE),
    filled(() => `${STORE}?messageType=Fax`),
    filled(() => `${STORE}?perPage=2&page=2`),
    filled(() => STORE),
  ],
  [`DELETE ${OF_EXTENSION}/message-store`]: [
    async (world) => {
      await fillStore(world);
      return world.send('DELETE', `${STORE}?type=All`);
    },
  ],
  [`GET ${OF_EXTENSION}/message-store/{messageId}`]: [
    ...[0, 1, 2, 3, 4, 5].map((index) => filled((ids) => `${STORE}/${ids[index]}`)),
    filled((ids) => `${STORE}/${ids.join(',')}`),
  ],
  [`PUT ${OF_EXTENSION}/message-store/{messageId}`]: [async (world) => world.send('PUT', `${STORE}/${(await fillStore(world))[0]}`, { readStatus: 'Read' })],
  [`PATCH ${OF_EXTENSION}/message-store/{messageId}`]: [
    async (world) => {
      const path = `${STORE}/${(await fillStore(world))[0]}`;
      await world.send('DELETE', path);
      return world.send('PATCH', path, { readStatus: 'Unread', availability: 'Alive' });
    },
  ],
  [`DELETE ${OF_EXTENSION}/message-store/{messageId}`]: [async (world) => world.send('DELETE', `${STORE}/${(await fillStore(world))[0]}`)],
  [`GET ${OF_EXTENSION}/message-store/{messageId}/content/{attachmentId}`]: [
    async (world) => {
      const { id, attachments } = (await sentFax(world)).json as { readonly id: number; readonly attachments: readonly [{ readonly id: number }] };
      return world.send('GET', `${STORE}/${id}/content/${attachments[0].id}`);
    },
  ],
  [`GET ${OF_EXTENSION}/message-sync`]: [
    filled(() => `${SYNC}?syncType=FSync&recordCount=2`),
    async (world) => {
      const { syncInfo } = (await world.send('GET', `${SYNC}?syncType=FSync`)).json;
      const [id] = await fillStore(world);
      await world.send('DELETE', `${STORE}/${id}?purge=true`);
      return world.send('GET', `${SYNC}?syncType=ISync&syncToken=${(syncInfo as { readonly syncToken: string }).syncToken}`);
    },
  ],
};

function inParts({ ask, token }: SampleWorld, path: string, parts: readonly TestPart[]): Promise<Reply> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
  return ask(path, { method: 'POST', headers, body: multipart(parts) });
}

function sentFax(world: SampleWorld, more: object = {}): Promise<Reply> {
  return inParts(world, FAX, [jsonPart({ to: [{ phoneNumber: STRANGER, name: 'Ann' }], ...more }), NOTE]);
}

/** One message of each kind, sent and received, one of which goes wrong. @returns ids */
async function fillStore(world: SampleWorld): Promise<readonly unknown[]> {
  const { send, postJson, sandbox } = world;
  const arrived = (type: string, more: object = {}) => postJson('/_sandbox/messages', { type, from: STRANGER, to: FRONT_DESK, ...more });
  const made = [
    await sentFax(world, { to: [{ phoneNumber: STRANGER }, { phoneNumber: '+16505550001' }] }),
    await send('POST', SMS, TEXT),
    await send('POST', PAGER, { to: [{ extensionId: String(COLLEAGUE.id) }], text: 'Hello' }),
    await arrived('Fax', { pages: 2 }),
    await arrived('SMS', { text: 'Hello' }),
    await arrived('VoiceMail', { text: 'Call me back' }),
  ];
  await sandbox.advance(60_000);
  return made.map(({ json }) => json.id);
}

function filled(pathOf: (ids: readonly unknown[]) => string): Sample {
  return async (world) => world.send('GET', pathOf(await fillStore(world)));
}
