import { describe, expect, test } from 'vitest';
import { Weather } from '../../src/broker/weather.ts';
import { until, type World, world } from '../world.ts';

const DAY_MS = 24 * 3_600_000;
const NAMES = ['back-office', 'front-desk'];

describe('a gateway that was switched off', () => {
  test('11: for six days keeps every idle Grant; for eight it says exactly which died, and asks nobody for those', async () => {
    const at = await world({ connections: NAMES });
    const { tokens, store, clock, tokenRequests } = at;
    for (const name of NAMES) {
      await tokens.usableGrant(name);
      await store.replaceCredentials(name, []);
    }
    const gateway = running(at);

    clock.advance(6 * DAY_MS);
    await until(() => tokenRequests().length === 4);
    await gateway.round();
    const recovered = await generations(at);
    const frontDeskDiesAt = (await store.findGrant('front-desk'))?.refreshExpiresAt;
    clock.advance(3 * DAY_MS);
    await tokens.usableGrant('back-office');
    clock.advance(5 * DAY_MS);
    await gateway.round();
    await gateway.end();
    const { items } = await new Weather({ store, clock }).listDying({ limit: 10 }, 1);

    expect(recovered).toEqual([2, 2]);
    expect(await generations(at)).toEqual([3, 2]);
    expect(tokenRequests().slice(2)).toEqual(['refresh_token', 'refresh_token', 'refresh_token']);
    expect(items).toEqual([{ name: 'front-desk', app: 'demo', cause: 'too-late', at: frontDeskDiesAt }]);
  });
});

async function generations({ store }: World): Promise<(number | undefined)[]> {
  return Promise.all(NAMES.map(async (name) => (await store.findGrant(name))?.generation));
}

/** Its scheduler: while the clock stands still it does nothing, and days that pass at once are days in which it was off. */
function running({ tokens, store, clock }: World) {
  const ending = new AbortController();
  let rounds = 0;
  const { listPressing } = store;
  store.listPressing = async (now) => {
    const pressing = await listPressing(now);
    rounds += 1;
    return pressing;
  };
  const run = tokens.scheduler.run(ending.signal);
  return {
    /** Lets two more rounds pass: what the first begins is done when the second comes. */
    round: async () => {
      for (const before = rounds; rounds < before + 2; await new Promise((resolve) => setImmediate(resolve))) clock.advance(100);
      await tokens.settled();
    },
    end: async () => {
      ending.abort();
      await run;
    },
  };
}
