import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { DEMO } from '../../src/sandbox/demo.ts';
import { world } from '../world.ts';

const HOUR_MS = 3_600_000;
const BY = { by: 'admin' };

describe('G7: a Connection that is always to have a token ready, whose credentials are of a second App', () => {
  test.each([
    ['has no slot', 'slot'],
    ['is frozen', 'freeze'],
  ] as const)('is not picked again and again while that %s, and signs in once it can', async (_what, obstacle) => {
    const { apps, connections, tokens, store, freezes, sandbox, clock } = await world();
    await tokens.usableGrant('front-desk');
    await connections.changeConnection('front-desk', { keep: 'fresh' });
    const app = { platformOrigin: sandbox.origin, clientId: DEMO.app.clientId, clientSecret: new Secret(DEMO.app.clientSecret) };
    await apps.createApp({ name: 'second', ...app });
    await connections.replaceCredentials('front-desk', [
      { kind: 'password', app: 'second', username: '18889363711', extension: '101', password: new Secret('1234') },
    ]);
    await store.refuseRefreshToken('front-desk', 1, { at: clock.now(), code: 'OAU-213' });
    clock.advance(HOUR_MS);
    if (obstacle === 'freeze') await freezes.freeze('app', 'second', BY);
    await store.setLimit('second', 1, 60_000);
    await store.takeSlot('second', clock.now());
    let taken = 0;
    const { takeNextTurn } = store;
    store.takeNextTurn = async (...given) => {
      const outcome = await takeNextTurn(...given);
      if (outcome.outcome === 'taken') taken += 1;
      return outcome;
    };
    const ending = new AbortController();
    const running = tokens.scheduler.run(ending.signal);
    const pass = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 500) {
        clock.advance(500);
        for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
    };

    await pass(50_000);
    const inVain = taken;
    if (obstacle === 'freeze') await freezes.thaw('app', 'second');
    await pass(30_000);
    ending.abort();
    await running;
    await tokens.settled();

    expect(inVain).toBe(1);
    expect(await store.findGrant('front-desk')).toMatchObject({ generation: 2, app: 'second' });
  });
});
