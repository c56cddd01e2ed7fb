import { describe, expect, test } from 'vitest';
import { gateway, TOKEN } from './gateway.ts';

const TRUSTED = { trustProxy: { blocks: ['127.0.0.0/8', '10.0.0.0/8'], header: 'x-forwarded-for' } } as const;
const TOKEN_PATH = 'connections/front-desk/token';
const behind = (chain: string) => ({ 'x-forwarded-for': chain });

describe('behind a trusted proxy', () => {
  test('31: ipAllow is asked about the address that the proxy saw, whatever stands left of it', async () => {
    const { ask, key } = await gateway(TRUSTED);
    const mine = await key({ token: true, ipAllow: ['192.0.2.0/24'] });

    const statuses = await Promise.all(
      ['192.0.2.7', '198.51.100.1', '192.0.2.7, 198.51.100.1', '198.51.100.1, 192.0.2.7, 10.0.0.2'].map(
        async (chain) => (await ask('GET', TOKEN_PATH, mine, undefined, '127.0.0.1', behind(chain))).status,
      ),
    );
    const stranger = await ask('GET', TOKEN_PATH, mine, undefined, '203.0.113.9', behind('192.0.2.7'));

    expect(statuses).toEqual([200, 403, 403, 200]);
    expect(stranger.status).toBe(403);
  });

  test('31, S7: the audit line has that address', async () => {
    const { ask } = await gateway(TRUSTED);

    await ask('GET', TOKEN_PATH, 'tlk_wrong', undefined, '127.0.0.1', behind('192.0.2.99'));

    const { body } = await ask('GET', 'audit', TOKEN);
    expect(body.items).toContainEqual(expect.objectContaining({ action: 'getToken', address: '192.0.2.99' }));
  });

  test('42: whoever a proxy of this machine speaks for needs the admin token for the metrics, trusted or not', async () => {
    const [trusting, plain] = await Promise.all([gateway(TRUSTED), gateway()]);

    const statuses = [
      (await trusting.ask('GET', '/metrics', undefined, undefined, '127.0.0.1', behind('192.0.2.7'))).status,
      (await plain.ask('GET', '/metrics', undefined, undefined, '127.0.0.1', behind('192.0.2.7'))).status,
      (await plain.ask('GET', '/metrics', undefined)).status,
    ];

    expect(statuses).toEqual([401, 401, 200]);
  });
});

describe('without a trusted proxy', () => {
  test('31, S6: no header changes where a request comes from', async () => {
    const { ask, key } = await gateway();
    const mine = await key({ token: true, ipAllow: ['192.0.2.0/24'] });

    const answer = await ask('GET', TOKEN_PATH, mine, undefined, '127.0.0.1', { ...behind('192.0.2.7'), forwarded: 'for=192.0.2.7' });

    expect(answer.status).toBe(403);
  });
});
