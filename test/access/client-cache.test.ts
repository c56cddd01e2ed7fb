import { expect, onTestFinished, test } from 'vitest';
import { ClientCache } from '../../src/access/client-cache.ts';
import { Clients } from '../../src/access/clients.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { world } from '../world.ts';

const PAGE = 'https://shop.example.com';

test('with what a Client signs in, and which pages may call, counts at once where it was changed, whatever was remembered', async () => {
  const { store: opened, clock } = await world();
  const known = new ClientCache(opened);
  await known.watch();
  onTestFinished(() => known.close());
  const clients = new Clients({ store: known.remembering(opened), clock, random: systemRandom, country: 'US' });
  const seen = async () => [await known.listsOrigin(PAGE), (await known.findClient('crm'))?.bridge?.clientId];
  const before = await seen();

  await clients.createClient({ name: 'crm', connections: ['front-desk'], bridge: { origins: [PAGE] } });
  const created = await seen();
  await clients.changeBridge('crm', { origins: [], clientId: 'its-own' });
  const changed = await seen();
  await clients.changeBridge('crm', { origins: [PAGE] });
  const again = await seen();
  await clients.removeClient('crm');

  expect([before, created, changed, again, await seen()]).toEqual([
    [false, undefined],
    [true, undefined],
    [false, 'its-own'],
    [true, 'its-own'],
    [false, undefined],
  ]);
});

test('a stranger who calls his page ever differently asks the database nothing', async () => {
  const { store } = await world();
  let asked = 0;
  const listBridgeOrigins = async () => {
    asked += 1;
    return [PAGE];
  };
  const known = new ClientCache({ ...store, listBridgeOrigins });
  await known.watch();
  onTestFinished(() => known.close());

  for (let page = 0; page < 1_000; page += 1) await known.listsOrigin(`https://${page}.example.com`);

  expect([await known.listsOrigin(PAGE), asked]).toEqual([true, 1]);
});
