import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { emptyDatabase, onDatabase } from '../postgres/databases.ts';
import { command, manage, place, runUntil, text } from './trunkline.ts';

const LIST = 'ringout.asp?cmd=list&username=18889363711&ext=101&password=1234';

// One test starts some processes after each other.
vi.setConfig({ testTimeout: 120_000 });

describe('trunkline on PostgreSQL', () => {
  test('the newcomer’s start, a second node on the same database, doctor, and an end that leaves no connection', async () => {
    const [first, second] = [await place(), await place()];
    const url = await emptyDatabase();
    const env = { TRUNKLINE_DATABASE: url };

    const node = await runUntil('Ctrl-C stops both.', first, ['start'], env);
    mkdirSync(join(second.folder, 'data'));
    copyFileSync(join(first.folder, 'data', 'vault.key'), join(second.folder, 'data', 'vault.key'));
    const other = await runUntil('Trunkline is ready.', second, ['serve'], env);
    const numbers = [await text(`${first.gateway}/${LIST}`), await text(`${second.gateway}/${LIST}`)];
    const made = await manage(second, 'POST', 'clients', { name: 'billing', connections: ['front-desk'] });
    const seen = await manage(first, 'GET', 'clients/billing');
    const key = { headers: { authorization: `Bearer ${made.body.key}` } };
    const tokens = await Promise.all(
      [first, second].map(async ({ gateway }) => JSON.parse(await text(`${gateway}/trunkline/api/connections/front-desk/token`, key))),
    );
    const doctor = await command(first, ['doctor'], { env });
    const ends = [await node.stop(), await other.stop()];
    const [left] = await onDatabase(
      url,
      "select count(*)::int as count from pg_stat_activity where datname = current_database() and application_name = 'trunkline'",
    );

    expect(numbers[0]).toMatch(/^OK 6505553711;Home;/);
    expect(numbers[1]).toBe(numbers[0]);
    expect([made.status, seen.status]).toEqual([201, 200]);
    expect(tokens[0].access_token).toBe(tokens[1].access_token);
    expect(doctor.stdout).toMatch(/^ok {3}database: trunkline_test_\w+ at 127\.0\.0\.1:\d+ can be read and written$/m);
    expect(doctor.status).toBe(0);
    expect(ends).toEqual([0, 0]);
    expect(left).toEqual([{ count: 0 }]);
  });

  test('35: a server that is not there is one line, without the password; and a database without tables is not made by looking', async () => {
    const at = await place();
    const url = await emptyDatabase();

    const serving = await command(at, ['serve', '--database', 'postgres://trunkline:canary@127.0.0.1:1/trunkline']);
    const doctor = await command(at, ['doctor'], { env: { TRUNKLINE_DATABASE: url } });
    const listing = await command(at, ['app', 'list', '--database', url]);
    const [tables] = await onDatabase(url, "select count(*)::int as count from pg_tables where schemaname = 'public'");

    expect(serving.status).toBe(1);
    expect(serving.stderr).toMatch(/trunkline at 127\.0\.0\.1:1 does not answer; start the server, or correct TRUNKLINE_DATABASE \(ECONNREFUSED\)\.\n$/);
    expect(serving.stderr + serving.stdout + doctor.stdout + listing.stderr).not.toMatch(/canary|for-tests/);
    expect(doctor.stdout).toMatch(/^fail database: trunkline_test_\w+ at 127\.0\.0\.1:\d+ is empty; /m);
    expect(listing.stderr).toMatch(/There is no database trunkline_test_/);
    expect(tables).toEqual([{ count: 0 }]);
  });
});
