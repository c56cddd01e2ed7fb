import { expect, onTestFinished, test } from 'vitest';
import { sweepBridgeSessions } from '../../src/bridge/sweep.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import { sampleBridgeSession } from '../contract/bridge-session-store.ts';
import { openInMemory } from '../contract/sqlite-world.ts';
import { NOW, sampleClient, withConnections } from '../contract/world.ts';
import { ManualClock } from '../manual-clock.ts';
import { SILENT } from '../silent-log.ts';

const HOUR = 60 * 60_000;
const MINUTE = 60_000;
const WEEK = 7 * 24 * HOUR;

/** A store with a session, a code and a sign-in of this age each, named after it. */
async function stored(store: Store, name: string, at: number): Promise<void> {
  await store.createBridgeSession(sampleBridgeSession({ id: name, current: { ...sampleBridgeSession().current, accessExpiresAt: at, refreshExpiresAt: at } }));
  const code = { client: 'billing', clientId: 'id', redirectUri: 'https://shop.example.com/', isRedirectUriNamed: true, connection: 'front-desk' };
  await store.createBridgeCode({ ...code, hash: name, expiresAt: at, presentedAt: undefined, session: undefined });
  await store.createAttempt(
    {
      ...{ stateHash: name, connection: '', app: 'main', labels: {}, redirectUri: '' },
      invitation: undefined,
      browserHash: undefined,
      issuer: undefined,
      expiresAt: at,
      usedAt: undefined,
    },
    { verifier: new Secret('v'), link: undefined },
  );
}

async function left(store: Store, name: string): Promise<readonly boolean[]> {
  return [
    (await store.findBridgeSession(name)) !== undefined,
    (await store.takeBridgeCode(name, NOW)) !== undefined,
    (await store.findAttempt(name)) !== undefined,
  ];
}

test('every hour what is over goes: sessions at once, codes and sign-ins ten minutes later, as long as those may come again', async () => {
  const { store, close } = await openInMemory();
  onTestFinished(close);
  await withConnections(store, 'front-desk');
  await store.createClient(sampleClient());
  const clock = new ManualClock(NOW + WEEK);
  for (const [name, age] of [
    ['over', 11 * MINUTE],
    ['just over', 5 * MINUTE],
    ['alive', -90 * MINUTE],
  ] as const)
    await stored(store, name, NOW + WEEK - age);
  const ending = new AbortController();

  const sweeping = sweepBridgeSessions({ store, clock, log: SILENT }, ending.signal);
  await asleep(clock);
  const first = await Promise.all(['over', 'just over', 'alive'].map((name) => left(store, name)));
  clock.advance(HOUR);
  await asleep(clock);
  const second = await Promise.all(['just over', 'alive'].map((name) => left(store, name)));
  ending.abort();
  await sweeping;

  expect(first).toEqual([
    [false, false, false],
    [false, true, true],
    [true, true, true],
  ]);
  expect(second).toEqual([
    [false, false, false],
    [true, true, true],
  ]);
});

test('a sweep that fails is said, and the next one comes', async () => {
  const clock = new ManualClock();
  const ending = new AbortController();
  const said: string[] = [];
  let tries = 0;
  const store = {
    removeBridgeSessionsOver: async () => {
      tries += 1;
      throw new Error('the database is busy');
    },
    removeBridgeCodesOver: async () => undefined,
    removeAttemptsOver: async () => undefined,
  };

  const sweeping = sweepBridgeSessions({ store, clock, log: { ...SILENT, warn: (event) => void said.push(event) } }, ending.signal);
  await asleep(clock);
  clock.advance(HOUR);
  await asleep(clock);
  ending.abort();
  await sweeping;

  expect([tries, said]).toEqual([2, ['bridge.sweep_failed', 'bridge.sweep_failed']]);
});

async function asleep(clock: ManualClock): Promise<void> {
  while (!clock.isAsleepFor(HOUR)) await new Promise((resolve) => setTimeout(resolve, 2));
}
