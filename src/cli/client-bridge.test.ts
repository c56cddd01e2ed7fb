import { describe, expect, test } from 'vitest';
import { bridgeChangeBody } from './client-bridge.ts';

const canary = async () => 'canary';
const nobody = async () => {
  throw new Error('a secret was asked for');
};

describe('client bridge', () => {
  test.each([
    ['nothing', {}, 'Give what to change'],
    ['all and some', { off: true, origin: ['https://shop.example.com'] }, '--off takes all away'],
    ['a secret and none', { public: true, newSecret: true }, 'contradict each other'],
    ['a secret of no client id', { clientId: false, newSecret: true }, 'With --no-client-id there is no secret'],
  ] as const)('%s is refused before anybody is asked for a secret', async (_what, flags, message) => {
    await expect(bridgeChangeBody(flags, nobody)).rejects.toThrow(message);
  });

  test('the flags, and the secret that is asked for, become the body that the management API takes', async () => {
    const bodies = await Promise.all([
      bridgeChangeBody({ clientId: 'id' }, canary),
      bridgeChangeBody({ clientId: 'id', public: true }, nobody),
      bridgeChangeBody({ clientId: false }, nobody),
      bridgeChangeBody({ newSecret: true }, canary),
      bridgeChangeBody({ public: true }, nobody),
      bridgeChangeBody({ redirectUri: ['https://a.example.com/'], origin: ['https://a.example.com'] }, nobody),
      bridgeChangeBody({ redirectUri: false, origin: false }, nobody),
      bridgeChangeBody({ off: true }, nobody),
    ]);

    expect(bodies).toEqual([
      { bridge: { clientId: 'id', clientSecret: 'canary' } },
      { bridge: { clientId: 'id', clientSecret: null } },
      { bridge: { clientId: null } },
      { bridge: { clientSecret: 'canary' } },
      { bridge: { clientSecret: null } },
      { bridge: { redirectUris: ['https://a.example.com/'], origins: ['https://a.example.com'] } },
      { bridge: { redirectUris: [], origins: [] } },
      { bridge: null },
    ]);
  });
});
