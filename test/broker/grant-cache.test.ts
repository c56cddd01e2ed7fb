import { describe, expect, onTestFinished, test } from 'vitest';
import { GrantCache } from '../../src/broker/grant-cache.ts';
import type { Store } from '../../src/domain/store.ts';
import { openInMemory } from '../contract/sqlite-world.ts';
import { CONNECTION_ID, NOW, sampleGrant, withConnections } from '../contract/world.ts';
import { ManualClock } from '../manual-clock.ts';

/** A cache on a database whose readings of Grants are counted; word comes when the test says so. */
async function cached() {
  const { store, close } = await openInMemory();
  onTestFinished(close);
  await withConnections(store, 'front-desk');
  await store.saveGrant(sampleGrant(), 0, CONNECTION_ID);
  let reads = 0;
  const clock = new ManualClock(NOW);
  const counted: Store = {
    ...store,
    findGrant: (connection) => {
      reads += 1;
      return store.findGrant(connection);
    },
    changes: { comes: () => true, watch: async () => () => undefined },
  };
  const grants = new GrantCache({ store: counted, clock });
  await grants.watch();
  return { store, grants, clock, reads: () => reads };
}

describe('GrantCache', () => {
  test('a Grant is read once, for as long as its token may be handed out; G5: after that the database is asked', async () => {
    const { grants, clock, reads } = await cached();
    await grants.find('front-desk');
    clock.advance(3_600_000 - 60_001);
    await grants.find('front-desk');
    const usable = reads();

    clock.advance(1);
    await grants.find('front-desk');
    await grants.find('front-desk');

    expect([usable, reads()]).toEqual([1, 3]);
  });

  test('what is saved here is there at once, and what is revoked or removed here is not', async () => {
    const { store, grants, reads } = await cached();
    const own = grants.remembering(store);
    await grants.find('front-desk');

    await own.saveGrant(sampleGrant({ generation: 2 }), 1, CONNECTION_ID);
    const saved = await grants.find('front-desk');
    const before = reads();
    await own.revokeGrant('front-desk', { id: 'one', at: NOW });
    const revoked = await grants.find('front-desk');
    await own.removeConnection('front-desk');

    expect([saved?.generation, before]).toEqual([2, 1]);
    expect(revoked?.accessToken.reveal()).toBe('');
    expect(await grants.find('front-desk')).toBeUndefined();
  });

  test('when somebody wanted it is told to the database with the pair', async () => {
    const { store, grants } = await cached();
    const told: unknown[] = [];
    const own = grants.remembering<Store>({
      ...store,
      saveGrant: async (...given) => {
        told.push(given[3]);
        return store.saveGrant(...given);
      },
    });

    await own.saveGrant(sampleGrant({ generation: 2 }), 1, CONNECTION_ID, { usedAt: NOW });

    expect(told).toEqual([{ usedAt: NOW }]);
  });

  test('a save that lost is not remembered', async () => {
    const { store, grants } = await cached();
    const own = grants.remembering(store);

    const saved = await own.saveGrant(sampleGrant({ generation: 8 }), 7, CONNECTION_ID);

    expect([saved, (await grants.find('front-desk'))?.generation]).toEqual([false, 1]);
  });
});
