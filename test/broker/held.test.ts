import { expect, onTestFinished, test } from 'vitest';
import { GrantCache } from '../../src/broker/grant-cache.ts';
import { Tokens } from '../../src/broker/tokens.ts';
import type { Change, EVERYTHING } from '../../src/domain/changes.ts';
import type { Grant } from '../../src/domain/grant.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { SILENT } from '../silent-log.ts';
import { until, world } from '../world.ts';

const HOUR_MS = 3_600_000;
const NAME = 'front-desk';

/** A node that hears of changes when the test says so, while another node holds the Lease on a Connection that is due. */
async function waiting() {
  const { store, tokens: other, clock, rescue, freezes, fetch } = await world();
  const log = SILENT;
  const hearing: ((change: Change | typeof EVERYTHING) => void)[] = [];
  let turns = 0;
  const counted: Store = {
    ...store,
    takeTurn: (...given) => {
      turns += 1;
      return store.takeTurn(...given);
    },
    changes: {
      comes: () => true,
      watch: async (hear) => {
        hearing.push(hear);
        return () => undefined;
      },
    },
  };
  const grants = new GrantCache({ store: counted, clock });
  await grants.watch();
  const parts = { store: counted, rescue, freezes, grants, trail: { note: async () => undefined }, clock, random: systemRandom, fetch, log, node: 'B' };
  const tokens = new Tokens(parts);
  const ending = new AbortController();
  const running = tokens.scheduler.run(ending.signal);
  await until(() => tokens.scheduler.hears);
  onTestFinished(async () => {
    ending.abort();
    await running;
  });

  const old = await other.usableGrant(NAME);
  clock.advance(HOUR_MS);
  const now = clock.now();
  await store.takeLease({ connection: NAME, holder: 'A/1', expiresAt: now + 30_000, generation: 1, firstAttemptAt: now }, now);
  return { store, clock, tokens, old, tell: (change: Change | typeof EVERYTHING) => hearing.map((hear) => hear(change)), turns: () => turns };
}

test('G6: whoever read the row before a forced Refresh, and comes after it, gets the newer token too', async () => {
  const { store, clock, rescue, freezes, fetch } = await world();
  const log = SILENT;
  let held: Promise<void> | undefined;
  const slow: Store = {
    ...store,
    findGrant: async (connection) => {
      const waitFor = held;
      const grant = await store.findGrant(connection);
      await waitFor;
      return grant;
    },
  };
  const grants = new GrantCache({ store: slow, clock });
  const tokens = new Tokens({
    store: slow,
    rescue,
    freezes,
    grants,
    trail: { note: async () => undefined },
    clock,
    random: systemRandom,
    fetch,
    log,
    node: 'B',
  });
  const refused = await tokens.usableGrant(NAME);
  let letGo = (): void => undefined;

  held = new Promise((resolve) => {
    letGo = resolve;
  });
  const late = tokens.newerGrant(refused);
  // As long as it takes until the late one has read.
  await store.findGrant(NAME);
  held = undefined;
  const first = await tokens.newerGrant(refused);
  letGo();

  expect([first?.generation, (await late)?.generation]).toEqual([2, 2]);
});

test('G6: the newer token of another node is given before word of it comes, not the refused one that is remembered', async () => {
  const { store, tokens, old } = await waiting();
  const connection = await store.findConnection(NAME);
  await store.saveGrant(nextOf(old), 1, connection?.id ?? '');
  const remembered = await tokens.usableGrant(NAME);
  await store.saveGrant({ ...nextOf(old), generation: 3, accessToken: new Secret('newest') }, 2, connection?.id ?? '');

  const stale = await tokens.usableGrant(NAME);
  const newer = await tokens.newerGrant(remembered);

  expect([stale, newer].map((grant) => grant?.accessToken.reveal())).toEqual(['newer', 'newest']);
});

function nextOf(old: Grant): Grant {
  const newer = { generation: 2, accessToken: new Secret('newer'), issuedAt: old.issuedAt + HOUR_MS, expiresAt: old.expiresAt + HOUR_MS };
  return { ...old, ...newer };
}

test('G1: who waits for another node has its token when word of it comes, and has not looked for it meanwhile', async () => {
  const { store, clock, tokens, old, tell, turns } = await waiting();

  const asking = tokens.usableGrant(NAME);
  await until(() => clock.isAsleepFor(100));
  const connection = await store.findConnection(NAME);
  await store.saveGrant(nextOf(old), 1, connection?.id ?? '');
  tell({ of: 'grants', name: NAME });

  expect((await asking).accessToken.reveal()).toBe('newer');
  expect(turns()).toBe(1);
});

test('G1: where no word comes, because the other run failed or its node is gone, it looks all the same, ever more rarely', async () => {
  const { store, clock, tokens, turns } = await waiting();

  const asking = tokens.usableGrant(NAME);
  for (const ms of [100, 200, 400, 500]) {
    await until(() => clock.isAsleepFor(ms));
    clock.advance(ms);
  }
  await until(() => turns() === 5);
  await store.giveBackLease(NAME, 'A/1', { unclear: false });
  await until(() => clock.isAsleepFor(500));
  clock.advance(500);

  expect((await asking).generation).toBe(2);
  expect(turns()).toBe(6);
});
