import { describe, expect, test } from 'vitest';
import { codes, EXTENSION, outside, RING_OUT } from '../../../test/sandbox-world.ts';

const CALL = { from: { phoneNumber: '+16505551231' }, to: { phoneNumber: '+16505551230' } };

describe('a POST that means another method', () => {
  test.each([
    ['by its header', '', { 'x-http-method-override': 'DELETE' }],
    ['by its query', '?_method=delete', {}],
    ['by both', '?_method=DELETE', { 'x-http-method-override': 'DELETE' }],
  ])('is that one: %s', async (_how, query, headers) => {
    const { ask, postJson, get, signIn } = await outside();
    const { access_token } = await signIn();
    const { id } = (await postJson(RING_OUT, CALL, access_token)).json;

    const { status } = await ask(`${RING_OUT}/${id}${query}`, { method: 'POST', headers: { authorization: `Bearer ${access_token}`, ...headers } });

    expect(status).toBe(204);
    expect((await get(`${RING_OUT}/${id}`, access_token)).status).toBe(404);
  });

  test.each([
    ['two that differ', '?_method=PUT', { 'x-http-method-override': 'DELETE' }, 'CMN-407'],
    ['one that is not tunnelled, by its header', '', { 'x-http-method-override': 'GET' }, 'CMN-407'],
    ['one that is not tunnelled, by its query', '?_method=TRACE', {}, 'CMN-101'],
  ])('is refused: %s', async (_what, query, headers, code) => {
    const { ask, signIn } = await outside();
    const { access_token } = await signIn();

    const answer = await ask(`${EXTENSION}${query}`, { method: 'POST', headers: { authorization: `Bearer ${access_token}`, ...headers } });

    expect([answer.status, codes(answer)[2]]).toEqual([400, code]);
  });

  test('only a POST does: a GET stays one', async () => {
    const { ask, signIn } = await outside();
    const { access_token } = await signIn();

    expect((await ask(EXTENSION, { headers: { authorization: `Bearer ${access_token}`, 'x-http-method-override': 'DELETE' } })).status).toBe(200);
  });
});
