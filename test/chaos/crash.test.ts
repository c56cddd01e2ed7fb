import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { chaosWorld, figures } from './world.ts';

const HOUR_MS = 3_600_000;
const POINTS = ['before the call', 'after the answer', 'before the save', 'after the save', 'before the Lease is given back'];
const TIMES = figures(2, 50);
const RANDOM_INSTANTS = figures(6, 200);

describe('a gateway process that is killed', () => {
  test.each(POINTS)(
    'G2, 5: %s: after a restart the Connection works without a new sign-in',
    async (point) => {
      const { start, sandbox, lapse, tokenRequests } = await chaosWorld();
      await (await start()).use('front-desk');

      for (let round = 0; round < TIMES; round += 1) {
        await sandbox.advance(HOUR_MS);
        const doomed = await start(point);
        expect(await doomed.use('front-desk')).toEqual(['killed']);
        await lapse('front-desk');
        expect(await (await start()).use('front-desk')).toEqual([200]);
      }

      expect(tokenRequests().filter((grantType) => grantType !== 'refresh_token')).toEqual(['password']);
    },
    figures(30_000, 900_000),
  );

  test(
    'G2, 5: at random instants of its refreshes: after a restart every Connection works without a new sign-in',
    async () => {
      const { start, sandbox, lapse, tokenRequests } = await chaosWorld();
      const names = ['front-desk', 'back-office', 'fax-desk'];
      const first = await start();
      await Promise.all(names.map((name) => first.use(name)));

      for (let round = 0; round < RANDOM_INSTANTS; round += 1) {
        await sandbox.advance(HOUR_MS);
        const doomed = await start();
        const using = names.map((name) => doomed.use(name, 5));
        await delay(Math.random() * 60);
        doomed.process.kill('SIGKILL');
        await Promise.all([...using, doomed.ended]);
        await lapse(...names);
        const next = await start();
        const after = await Promise.all(names.map((name) => next.use(name)));
        expect(after).toEqual([[200], [200], [200]]);
        next.process.disconnect();
      }

      expect(tokenRequests().filter((grantType) => grantType !== 'refresh_token')).toEqual(['password', 'password', 'password']);
    },
    figures(60_000, 900_000),
  );
});
