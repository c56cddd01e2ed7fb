import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { emptyDatabase } from '../postgres/databases.ts';
import { until } from '../until.ts';
import { TOKEN_PATH } from '../world.ts';
import { type ChaosNode, type ChaosWorld, chaosWorld, figures } from './world.ts';

const EXPIRIES = figures(3, 20);
const ACCESS_SECONDS = 4;
// A tenth of the lifetime is margin; after that the next caller refreshes.
const DUE_AFTER_MS = ACCESS_SECONDS * 900 + 50;
const HOUR_MS = 3_600_000;
const NOTHING = new Secret('');
const LEASE_MS = 30_000;

const DATABASES: readonly (readonly [string, () => Promise<string | undefined>])[] = [
  ['SQLite file', async () => undefined],
  ['PostgreSQL database', emptyDatabase],
];

describe.each(DATABASES)('two gateway processes on one %s', (_name, database) => {
  test(
    `G1, 1: 100 callers in each at every expiry (${EXPIRIES}) cause one token request, and every use answers 200`,
    async () => {
      const { start, sandbox, tokenRequests } = await chaosWorld(await database());
      await sandbox.setLifetimes({ accessSeconds: ACCESS_SECONDS });
      const nodes = await Promise.all([start(), start()]);
      const perExpiry: number[] = [];

      for (let expiry = 0; expiry < EXPIRIES; expiry += 1) {
        const before = tokenRequests().length;
        const statuses = await Promise.all(nodes.map((node) => node.use('front-desk', 100)));
        expect(new Set(statuses.flat())).toEqual(new Set([200]));
        perExpiry.push(tokenRequests().length - before);
        await delay(DUE_AFTER_MS);
      }

      expect(perExpiry).toEqual(perExpiry.map(() => 1));
      expect(tokenRequests().filter((grantType) => grantType === 'password')).toHaveLength(1);
    },
    figures(30_000, 200_000),
  );

  test('G6: 100 callers in each that meet a refused token share one forced Refresh', async () => {
    const { start, sandbox, tokenRequests } = await chaosWorld(await database());
    const nodes = await Promise.all([start(), start()]);
    await Promise.all(nodes.map((node) => node.use('front-desk')));
    await sandbox.advance(HOUR_MS);

    const statuses = await Promise.all(nodes.map((node) => node.use('front-desk', 100)));

    expect(new Set(statuses.flat())).toEqual(new Set([200]));
    expect(tokenRequests()).toEqual(['password', 'refresh_token']);
  });

  test('G1, 3: stopped past its Lease while another refreshed: its pair is dropped, the newer one lives', async () => {
    const at = await chaosWorld(await database());
    const { start, store, tokenRequests } = at;
    const [stopped, other] = await Promise.all([start(), start()]);

    const { using } = await stopMidRefresh(at, stopped);
    expect(await other.use('front-desk')).toEqual([200]);
    const winner = await store.findGrant('front-desk');
    await delay(figures(500, LEASE_MS + 1_000));
    stopped.process.kill('SIGCONT');
    const late = await using;

    expect((await store.findGrant('front-desk'))?.accessToken.equals(winner?.accessToken ?? NOTHING)).toBe(true);
    expect(winner?.generation).toBe(2);
    // After a stop longer than the deadline the late caller hears that no answer came; nothing else is lost.
    expect([[200], ['platform_unreachable'], ['token_pending']]).toContainEqual(late);
    expect(await Promise.all([stopped.use('front-desk'), other.use('front-desk')])).toEqual([[200], [200]]);
    expect(tokenRequests().filter((grantType) => grantType === 'password')).toHaveLength(1);
  }, 60_000);

  test('G1: stopped past its Lease while nobody refreshed: its pair is the living one, and is saved', async () => {
    const at = await chaosWorld(await database());
    const { start, store, tokenRequests } = at;
    const stopped = await start();

    const { using } = await stopMidRefresh(at, stopped);
    await delay(500);
    stopped.process.kill('SIGCONT');

    expect(await using).toEqual([200]);
    expect((await store.findGrant('front-desk'))?.generation).toBe(2);
    expect(tokenRequests()).toEqual(['password', 'refresh_token']);
  });
});

/** Stops a process while its Refresh is under way, for longer than its Lease lasts. @returns what its caller waits for */
async function stopMidRefresh({ sandbox, lapse, tokenRequests }: ChaosWorld, node: ChaosNode) {
  await node.use('front-desk');
  await sandbox.advance(HOUR_MS);
  await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { delayMs: 300 } });
  const using = node.use('front-desk');
  await until(() => tokenRequests().length === 2, 5);
  node.process.kill('SIGSTOP');
  await lapse('front-desk');
  return { using };
}
