import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { describe, expect, inject, test } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { gateway } from '../http/gateway.ts';
import { until } from '../world.ts';
import { databaseWithTables, onDatabase, placeOf } from './databases.ts';

const KEEPS_MS = 5_000;
const LOOK_MS = 2_000;

async function onServer() {
  const url = await databaseWithTables();
  const { server, clock } = await gateway({ open: () => openPostgresStore(placeOf(url)) });
  const get = async (path: string) => {
    const { statusCode, payload } = await server.inject({ url: path });
    return { status: statusCode, body: JSON.parse(payload) as Record<string, unknown> };
  };
  return {
    url,
    clock,
    get,
    look: () => {
      clock.advance(KEEPS_MS);
      return get('/readyz');
    },
  };
}

describe('/readyz on PostgreSQL', () => {
  test('35: a server that takes no writes any more, as a standby: not ready, with the reason; ready again when it does', async () => {
    const { url, get, look } = await onServer();
    const name = new URL(url).pathname.slice(1);
    const sessionsEnd = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`;
    const before = await look();

    await onDatabase(inject('postgresUrl'), `alter database ${name} set default_transaction_read_only = on`, sessionsEnd);
    const during = await soon(look, ({ body }) => /read-only/.test(String(body.detail)));
    const alive = await get('/healthz');
    await onDatabase(inject('postgresUrl'), `alter database ${name} reset default_transaction_read_only`);
    const after = await soon(look, ({ status }) => status === 200);

    expect([before.status, during.status, alive.status, after.status]).toEqual([200, 503, 200, 200]);
    expect(during.body).toMatchObject({ reason: 'store_unavailable', detail: expect.stringMatching(/read-only, as a standby is/) });
  });

  test('35: a table that somebody holds locked: not ready within two seconds; ready again when it is free', async () => {
    const { url, clock, get, look } = await onServer();
    const blocker = new Client({ connectionString: url });
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('lock table ring_out_claims in access exclusive mode');

    const asking = look();
    await until(() => clock.isAsleepFor(LOOK_MS));
    // Where nothing held it, it would be ready by now.
    await delay(500);
    clock.advance(LOOK_MS);
    const during = await asking;
    const alive = await get('/healthz');
    await blocker.query('rollback');
    await blocker.end();
    const after = await look();

    expect([during.status, alive.status, after.status]).toEqual([503, 200, 200]);
    expect(during.body).toMatchObject({ reason: 'store_unavailable', detail: expect.stringMatching(/not taken a write within 2 s/) });
  });
});

const MOST_LOOKS = 20;

/** The first look that is as wanted, or the last: sessions of the pool may still meet their end. */
async function soon<Seen>(look: () => Promise<Seen>, wanted: (seen: Seen) => boolean): Promise<Seen> {
  let seen = await look();
  for (let looks = 1; looks < MOST_LOOKS && !wanted(seen); looks += 1) {
    await delay(50);
    seen = await look();
  }
  return seen;
}
