import { describe, expect, test } from 'vitest';
import { gateway } from './gateway.ts';

const TOKEN_PATH = 'connections/front-desk/token';

async function withClient() {
  const at = await gateway();
  const first = await at.key();
  return { ...at, first, use: async (key: string) => (await at.ask('GET', TOKEN_PATH, key)).status };
}

describe('the gateway keys of a Client', () => {
  test('S2: two are good while one is rotated, and the removed one is not from then on', async () => {
    const { manage, use, first } = await withClient();

    const { status, body, text } = await manage('POST', 'clients/crm/keys');
    const next = String(body.key);
    const during = [await use(first), await use(next)];
    const listed = await manage('GET', 'clients/crm/keys');
    const removed = await manage('DELETE', 'clients/crm/keys/1');
    const after = [await use(first), await use(next)];

    expect(status).toBe(201);
    expect(next).toMatch(/^tlk_[\w-]{43}$/);
    expect(text).not.toContain('hash');
    expect(during).toEqual([200, 200]);
    expect(listed.body.items).toMatchObject([{ id: '1' }, { id: '2' }]);
    expect(listed.text).not.toContain('tlk_');
    expect(removed.status).toBe(204);
    expect(after).toEqual([401, 200]);
  });

  test('with an overlap the present one ends by itself', async () => {
    const { manage, use, first, clock } = await withClient();

    const { body } = await manage('POST', 'clients/crm/keys', { overlapSeconds: 60 });
    const during = await use(first);
    clock.advance(60_000);
    const after = [await use(first), await use(String(body.key))];

    expect(during).toBe(200);
    expect(after).toEqual([401, 200]);
    expect((await manage('GET', 'clients/crm')).body.keys).toMatchObject([{ id: '1', expiresAt: expect.any(Number) }, { id: '2' }]);
  });

  test('an overlap of nothing ends a key that leaked at once', async () => {
    const { manage, use, first } = await withClient();

    await manage('POST', 'clients/crm/keys', { overlapSeconds: 0 });

    expect(await use(first)).toBe(401);
  });

  test('a third, the end of the only one, and what is not there are refused; both lines stand in the audit trail', async () => {
    const { manage } = await withClient();
    const only = await manage('DELETE', 'clients/crm/keys/1');
    await manage('POST', 'clients/crm/keys');

    const answers = [
      await manage('POST', 'clients/crm/keys'),
      await manage('DELETE', 'clients/crm/keys/9'),
      await manage('POST', 'clients/nobody/keys'),
      await manage('GET', 'clients/nobody/keys'),
      await manage('POST', 'clients/crm/keys', { overlapSeconds: -1 }),
    ];

    expect(only).toMatchObject({ status: 400, body: { errors: [{ field: 'id' }] } });
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [400, 'invalid_request'],
      [404, 'client_key_not_found'],
      [404, 'client_not_found'],
      [404, 'client_not_found'],
      [400, 'invalid_request'],
    ]);
    const { body } = await manage('GET', 'audit');
    expect(body.items).toContainEqual(expect.objectContaining({ action: 'addClientKey', object: 'clients/crm', result: 'ok' }));
    expect(JSON.stringify(body)).not.toContain('tlk_');
  });
});
