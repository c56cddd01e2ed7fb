import { describe, expect, test } from 'vitest';
import { type EndingParts, endRuns } from '../../src/broker/end-runs.ts';
import { Unsaved } from '../../src/broker/unsaved.ts';
import { StoreUnavailable } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { ManualClock } from '../manual-clock.ts';
import { until, type World, world } from '../world.ts';

const HOUR_MS = 3_600_000;
const PATIENCE_MS = 3_000;

describe('endRuns', () => {
  test('31: a pair that is in memory while the database is away keeps the process, and is saved as soon as the database is back', async () => {
    const at = await world();
    const { store, rescue, clock } = at;
    const back = await winWhileAway(at);
    const begun = clock.monotonic();
    const logged: string[] = [];

    const ending = endRuns(parts(at, logged), PATIENCE_MS);
    let ended = false;
    void ending.then(() => {
      ended = true;
    });
    await pass(clock, () => clock.monotonic() - begun >= 40_000);
    const early = ended;
    back();
    await pass(clock, () => ended);

    expect([early, rescue.connections, (await store.findGrant('front-desk'))?.generation]).toEqual([false, [], 2]);
    expect(clock.monotonic() - begun).toBeLessThan(45_000);
    expect(logged).toEqual(['close.waits_for_database']);
    expect(rescue.find('front-desk')).toBeUndefined();
    expect(await isFree(at)).toBe(true);
  });

  test('31: a database that stays away keeps it a minute and no longer; the journal has the pair', async () => {
    const at = await world();
    const { rescue, clock } = at;
    const back = await winWhileAway(at);
    const begun = clock.monotonic();
    const logged: string[] = [];

    let ended = false;
    void endRuns(parts(at, logged), PATIENCE_MS).then(() => {
      ended = true;
    });
    await pass(clock, () => ended);
    back();

    expect(clock.monotonic() - begun).toBeGreaterThanOrEqual(60_000);
    expect(clock.monotonic() - begun).toBeLessThan(63_000);
    expect(logged).toEqual(['close.waits_for_database', 'close.unsaved']);
    expect(rescue.find('front-desk')?.grant.generation).toBe(2);
  });

  test('31: a pair that neither database nor journal has taken does not keep it once its run is over', async () => {
    const clock = new ManualClock();
    const full = () => {
      throw new Error('the disk is full');
    };
    const rescue = new Unsaved({ keep: full, find: () => undefined, list: () => [], forget: () => undefined });
    expect(() => rescue.keep({ grant: GRANT, expectedGeneration: 0, connectionId: 'id' })).toThrow();
    const logged: string[] = [];

    await endRuns(
      {
        tokens: { settled: async () => undefined },
        rescue,
        store: { giveBackLeases: async () => 0 } as unknown as Store,
        clock,
        random: systemRandom,
        log: log(logged),
        node: 'A',
      },
      1,
    );

    expect(logged).toEqual(['close.waits_for_database', 'close.unsaved']);
  });

  test('31: without anything unsaved it waits for its patience only, and says that a run was left', async () => {
    const clock = new ManualClock();
    const rescue = new Unsaved({ keep: () => undefined, find: () => undefined, list: () => [], forget: () => undefined });
    const logged: string[] = [];
    const tokens = { settled: () => new Promise<void>(() => undefined) };

    const ending = endRuns(
      { tokens, rescue, store: { giveBackLeases: async () => 0 } as unknown as Store, clock, random: systemRandom, log: log(logged), node: 'A' },
      PATIENCE_MS,
    );
    await until(() => clock.isAsleepFor(PATIENCE_MS));
    clock.advance(PATIENCE_MS);
    await ending;

    expect(logged).toEqual(['close.run_left']);
  });
});

const GRANT = {
  connection: 'front-desk',
  app: 'demo',
  generation: 1,
  accessToken: new Secret('a'),
  issuedAt: 0,
  expiresAt: 1,
  refreshToken: undefined,
  refreshExpiresAt: undefined,
  ownerId: undefined,
  scope: '',
  endpointId: undefined,
  sessionId: undefined,
  refreshRefused: undefined,
};

function parts({ tokens, rescue, store, clock }: World, logged: string[]): EndingParts {
  return { tokens, rescue, store, clock, random: systemRandom, log: log(logged), node: 'A' };
}

function log(events: string[]) {
  return { info: () => undefined, warn: (event: string) => void events.push(event), error: (event: string) => void events.push(event) };
}

/** A pair has been won that the database does not take. @returns brings the database back */
async function winWhileAway({ tokens, store, rescue, clock }: World): Promise<() => void> {
  await tokens.usableGrant('front-desk');
  clock.advance(HOUR_MS);
  const { saveGrant } = store;
  store.saveGrant = async () => {
    throw new StoreUnavailable('the database is away');
  };
  // Its caller is told to come back after ten seconds.
  tokens.usableGrant('front-desk').catch(() => undefined);
  await until(() => rescue.connections.length === 1 && clock.isAsleepFor(500));
  return () => {
    store.saveGrant = saveGrant;
  };
}

/** Lets time pass in small steps, with room for what it wakes. */
async function pass(clock: ManualClock, enough: () => boolean): Promise<void> {
  while (!enough()) {
    clock.advance(500);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function isFree({ store, clock }: World): Promise<boolean> {
  const now = clock.now();
  return (await store.takeLease({ connection: 'front-desk', holder: 'B/1', expiresAt: now + 1, generation: 2, firstAttemptAt: now }, now)) !== undefined;
}
