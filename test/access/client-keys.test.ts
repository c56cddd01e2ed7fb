import { expect, onTestFinished, test } from 'vitest';
import { ClientCache } from '../../src/access/client-cache.ts';
import { Clients } from '../../src/access/clients.ts';
import { GatewayKeys } from '../../src/access/gateway-keys.ts';
import { ClientUnknown } from '../../src/domain/errors.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { world } from '../world.ts';

test('S2: a key that was removed, or given an end, is out at once where that was done, whatever was remembered', async () => {
  const { store: opened, clock } = await world();
  const known = new ClientCache(opened);
  await known.watch();
  onTestFinished(() => known.close());
  const clients = new Clients({ store: known.remembering(opened), clock, random: systemRandom, country: 'US' });
  const keys = new GatewayKeys(known, clock);
  const { key: first } = await clients.createClient({ name: 'crm', connections: ['front-desk'] });
  await keys.findClient(first);

  const { key: second } = await clients.addKey('crm');
  await Promise.all([keys.findClient(first), keys.findClient(second)]);
  await clients.removeKey('crm', '1');
  await expect(keys.findClient(first)).rejects.toBeInstanceOf(ClientUnknown);
  await keys.findClient(second);
  const { key: third } = await clients.addKey('crm', 0);

  await expect(keys.findClient(second)).rejects.toBeInstanceOf(ClientUnknown);
  expect(await keys.findClient(third)).toMatchObject({ name: 'crm' });
});
