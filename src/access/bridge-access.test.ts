import { expect, test } from 'vitest';
import { InvalidRequest } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import { bridgeChange } from './bridge-access.ts';

test('a secret for a client id that was taken away meanwhile changes nothing', async () => {
  const change = await bridgeChange({ listBridgeClients: async () => [] }, { clientSecret: new Secret('s') }, 'its-own');

  expect(() => change({ clientId: undefined, secretHash: undefined, redirectUris: [], origins: [] })).toThrow(InvalidRequest);
});
