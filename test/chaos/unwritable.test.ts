import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { TOKEN_PATH } from '../world.ts';
import { chaosWorld } from './world.ts';

const HOUR_MS = 3_600_000;

describe('a database that cannot be written at the moment of the save', () => {
  test('G2: the pair stands in the rescue journal, and the next start brings it back', async () => {
    const { folder, start, sandbox, store, tokenRequests } = await chaosWorld();
    const doomed = await start();
    await doomed.use('front-desk');
    await sandbox.advance(HOUR_MS);
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { delayMs: 300 } });

    const using = doomed.use('front-desk');
    while (tokenRequests().length < 2) await delay(5);
    const blocker = new BetterSqlite3(join(folder, 'trunkline.db'));
    blocker.exec('begin immediate');
    while (!readdirSync(join(folder, 'rescue')).some((name) => name.endsWith('.rescued'))) await delay(50);
    doomed.process.kill('SIGKILL');
    await using;
    blocker.exec('rollback');
    blocker.close();
    const before = (await store.findGrant('front-desk'))?.generation;
    const next = await start();
    const after = (await store.findGrant('front-desk'))?.generation;

    expect([before, after]).toEqual([1, 2]);
    expect(await next.use('front-desk')).toEqual([200]);
    expect(tokenRequests()).toEqual(['password', 'refresh_token']);
    expect(readdirSync(join(folder, 'rescue'))).toEqual([]);
  }, 60_000);
});
