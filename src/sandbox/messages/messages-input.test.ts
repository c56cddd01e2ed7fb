import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BOUNDARY,
  COLLEAGUES,
  FAX,
  FRONT_DESK_NUMBER,
  jsonPart,
  MMS,
  messaging,
  multipart,
  NOTE,
  PAGER,
  SMS,
  STORE,
  STRANGER,
  SYNC,
} from '../../../test/sandbox-messages.ts';

// Names that something looks at, and values that make careless code stumble.
const name = fc.constantFrom(
  'from',
  'to',
  'text',
  'phoneNumber',
  'country',
  'id',
  'isoCode',
  'extensionId',
  'extensionNumber',
  'replyOn',
  'readStatus',
  'availability',
  'body',
  'resourceId',
  'sendTime',
  'coverIndex',
  'coverPageText',
  'faxResolution',
  'originalMessageId',
  'toString',
  '__proto__',
);
const leaf = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    STRANGER,
    FRONT_DESK_NUMBER,
    '102',
    'Read',
    'Alive',
    '1',
    1,
    -1,
    1.5,
    1e300,
    '2026-11-21',
    '9999-99-99T99:99:99Z',
    '+275760-09-13T00:00:00Z',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.dictionary(name, tie('value'), { maxKeys: 5 }), fc.array(tie('value'), { maxLength: 3 })),
}));

test('whatever the body, the platform answers it and never fails', async () => {
  const { ask, token, sandbox } = await messaging({ data: COLLEAGUES });
  const { id } = await sandbox.receiveMessage({ type: 'SMS', from: STRANGER, to: FRONT_DESK_NUMBER, text: 'x' });
  const target = fc.constantFrom(
    ['POST', FAX],
    ['POST', SMS],
    ['POST', MMS],
    ['POST', PAGER],
    ['PUT', `${STORE}/${id}`],
    ['PATCH', `${STORE}/${id},1`],
    ['PUT', `${STORE}/*`],
    ['DELETE', `${STORE}/*`],
  );
  const type = fc.constantFrom('application/json', 'application/vnd.ringcentral.multipart+json', 'multipart/mixed', 'multipart/form-data');

  await fc.assert(
    fc.asyncProperty(target, type, value, async ([method = '', path = ''], contentType, content) => {
      const inParts = contentType.startsWith('multipart');
      const body = inParts ? multipart([jsonPart(content), NOTE]) : JSON.stringify(content);
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': inParts ? `${contentType}; boundary=${BOUNDARY}` : contentType,
        'content-length': String(Buffer.byteLength(body)),
      };

      const { status, text } = await ask(path, { method, headers, body });

      expect(status).toBeLessThan(500);
      expect(text).not.toMatch(/\bat .*\.ts:|TypeError/);
    }),
    { numRuns: 400 },
  );
}, 30_000);

// A text made of the first throws.
const STUMBLING_BLOCKS: readonly unknown[] = [{ toString: 1, valueOf: 1 }, [], [[]], {}, null, true, -1, 1e300, '', '\u0000', '\ud800', 'x'.repeat(2_000)];
const PARTY = { phoneNumber: STRANGER, name: 'Ann' };
const GOOD_BODIES: readonly (readonly [string, string, object])[] = [
  ['POST', FAX, { to: [PARTY], faxResolution: 'High', sendTime: '2026-11-21', isoCode: 'US', coverIndex: 1, coverPageText: 'x', country: { id: '1' } }],
  ['POST', FAX, { originalMessageId: 1, to: [PARTY], sendTime: '2026-11-21' }],
  ['POST', SMS, { from: { phoneNumber: FRONT_DESK_NUMBER }, to: [PARTY], text: 'x', country: { id: '1' } }],
  ['POST', PAGER, { from: { extensionNumber: '101', extensionId: '403141004' }, to: [{ extensionNumber: '101' }], text: 'x' }],
  ['POST', PAGER, { replyOn: 1, text: 'x' }],
  ['PATCH', `${STORE}/1`, { readStatus: 'Read', availability: 'Alive' }],
  ['PUT', `${STORE}/*`, [{ resourceId: '1', body: { readStatus: 'Read' } }]],
  ['DELETE', `${STORE}/*`, ['1']],
];

/** The value with each of what it holds replaced once by each of the blocks. */
function* stumbling(good: unknown): Iterable<unknown> {
  if (typeof good !== 'object' || good === null) return;
  for (const [key, held] of Object.entries(good)) {
    for (const changed of [...STUMBLING_BLOCKS, ...stumbling(held)])
      yield Array.isArray(good) ? (good as readonly unknown[]).with(Number(key), changed) : { ...good, [key]: changed };
  }
}

test.each(GOOD_BODIES)('%s %s, %#: whatever stands in one place of a good body, the platform answers it', async (method, path, good) => {
  const { ask, token } = await messaging({ data: COLLEAGUES });
  const isFax = path === FAX && !('originalMessageId' in good);
  const failures: unknown[] = [];

  for (const content of stumbling(good)) {
    const body = isFax ? multipart([jsonPart(content), NOTE]) : JSON.stringify(content);
    const type = isFax ? `multipart/mixed; boundary=${BOUNDARY}` : path.endsWith('*') ? 'application/vnd.ringcentral.multipart+json' : 'application/json';
    const headers = { authorization: `Bearer ${token}`, 'content-type': type, 'content-length': String(Buffer.byteLength(body)) };
    if ((await ask(path, { method, headers, body })).status >= 500) failures.push(content);
  }

  expect(failures).toEqual([]);
});

test('whatever the query, the platform answers it and never fails', async () => {
  const { ask, token } = await messaging();
  const parameter = fc.constantFrom(
    'availability',
    'conversationId',
    'dateFrom',
    'dateTo',
    'direction',
    'distinctConversations',
    'messageType',
    'readStatus',
    'page',
    'perPage',
    'phoneNumber',
    'syncToken',
    'syncType',
    'recordCount',
    'purge',
    'type',
    'contentDisposition',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom(
      '',
      'Alive',
      'true',
      'ISync',
      '0',
      '99999999999',
      '2026-11-21',
      '-271821-04-20',
      'eyJyZXZpc2lvbiI6MCwicXVlcnkiOnsiZGlyZWN0aW9uIjpbbnVsbF19fQ',
    ),
  );
  const path = fc.constantFrom(
    STORE,
    SYNC,
    `${STORE}/1`,
    `${STORE}/,,`,
    `${STORE}/%2e%2e`,
    `${STORE}/1/content/..%2f1`,
    `${STORE}/__proto__/content/constructor`,
  );

  await fc.assert(
    fc.asyncProperty(path, fc.array(fc.tuple(parameter, text), { maxLength: 5 }), fc.constantFrom('GET', 'DELETE'), async (target, parameters, method) => {
      const query = new URLSearchParams(parameters.map(([key, given]): [string, string] => [key, given]));

      const { status } = await ask(`${target}?${query}`, { method, headers: { authorization: `Bearer ${token}` } });

      expect(status).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
}, 30_000);
