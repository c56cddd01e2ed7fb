import { describe, expect, test } from 'vitest';
import { outside } from '../../../test/sandbox-world.ts';

const EVENTS = '/_sandbox/events';
const FILTER = '/restapi/v1.0/account/~/extension/~/message-store';
const OWNER = '403141004';

describe('POST /_sandbox/events', () => {
  test('answers with the filter that was meant, real ids in the place of ~', async () => {
    const { postJson } = await outside();

    const answer = await postJson(EVENTS, { filter: FILTER, ownerId: OWNER, body: {} });

    expect([answer.status, answer.json]).toEqual([200, { filter: '/restapi/v1.0/account/403140004/extension/403141004/message-store' }]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['no filter', { filter: undefined }, 'filter'],
    ['a filter that is no path', { filter: 'message-store' }, 'filter'],
    ['a filter with a query: attributes are for that', { filter: `${FILTER}?type=SMS` }, 'filter'],
    ["an owner's name", { ownerId: 'front-desk' }, 'ownerId'],
    ['an owner that there is not', { ownerId: '1' }, 'ownerId'],
    ['no body', { body: undefined }, 'body'],
    ['a body that is no object', { body: 'text' }, 'body'],
    ['an attribute that is no text', { attributes: { type: 1 } }, 'attributes.type'],
    ['something else', { event: FILTER }, 'event'],
  ])('%s: 400 names the field', async (_what, more, field) => {
    const { postJson } = await outside();

    const answer = await postJson(EVENTS, { filter: FILTER, ownerId: OWNER, body: {}, ...more });

    expect([answer.status, answer.json.errors]).toEqual([400, [{ field, message: expect.any(String) }]]);
  });
});
