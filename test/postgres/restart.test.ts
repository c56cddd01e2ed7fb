import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Change, EVERYTHING } from '../../src/domain/changes.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { gateway } from '../http/gateway.ts';
import { TOKEN_PATH, until, world } from '../world.ts';
import { onDatabase, placeOf } from './databases.ts';
import { type PostgresServer, startPostgres } from './server.ts';

const HOUR_MS = 3_600_000;

// A server of its own: it is stopped while others go on.
let server: PostgresServer;
let databases = 0;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

async function openOnServer() {
  databases += 1;
  const url = new URL(server.url);
  url.pathname = `/restart_${databases}`;
  await onDatabase(server.url, `create database restart_${databases}`);
  return openPostgresStore(placeOf(url.href));
}

function worldOnServer() {
  return world({ open: openOnServer });
}

describe('a PostgreSQL server that restarts', () => {
  test('35: meanwhile everyone hears that the database is away and when to come back; afterwards all goes on', async () => {
    const { tokens, store } = await worldOnServer();
    const grant = await tokens.usableGrant('front-desk');
    const before = await store.findGrant('front-desk');

    await server.stop();
    const meanwhile = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 ? tokens.usableGrant('front-desk') : store.listApps({ limit: 10 })).catch((error: unknown) => error)),
    );
    const writing = await store.removeConnection('front-desk').catch((error: unknown) => error);
    await server.start();
    const after = await Promise.all(Array.from({ length: 50 }, () => tokens.usableGrant('front-desk')));

    for (const error of [...meanwhile, writing]) expect(error).toMatchObject({ code: 'store_unavailable', status: 503, retryAfterMs: 5_000 });
    expect(before?.generation).toBe(1);
    for (const { accessToken } of after) expect(accessToken.equals(grant.accessToken)).toBe(true);
  });

  test('35: a program gets 503 with Retry-After, and its answer when it comes back', async () => {
    const { ask, key, server: gatewayServer } = await gateway({ open: openOnServer });
    const tlk = await key();
    const before = await ask('GET', 'connections/front-desk/token', tlk);

    await server.stop();
    const meanwhile = await ask('GET', 'connections/front-desk/token', tlk);
    const ready = await gatewayServer.inject({ url: '/readyz' });
    await server.start();
    const after = await ask('GET', 'connections/front-desk/token', tlk);

    expect([before.status, meanwhile.status, ready.statusCode, after.status]).toEqual([200, 503, 503, 200]);
    expect(meanwhile.headers['retry-after']).toBe('5');
    expect(meanwhile.body.code).toBe('store_unavailable');
    expect(meanwhile.text).not.toMatch(/for-tests/);
    expect(after.body.access_token).toBe(before.body.access_token);
  });

  test('35: a transaction that it ends is undone, and said by the name of what happened', async () => {
    const { store } = await worldOnServer();
    const clients = Array.from({ length: 30 }, (_, index) => ({
      name: `client-${index}`,
      connections: ['front-desk'],
      policy: undefined,
      keys: [],
      rewriteLinks: false,
      legacyLogins: [],
      createdAt: 1,
    }));

    const creating = Promise.allSettled(clients.map((client) => store.createClient(client)));
    await delay(10);
    await server.stop();
    const outcomes = await creating;
    await server.start();
    const { items } = await store.listClients({ limit: 100 });

    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'store_unavailable' });
    const succeeded = clients.filter((_, index) => outcomes[index]?.status === 'fulfilled').map(({ name }) => name);
    expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining(succeeded));
    for (const { connections } of items) expect(connections).toEqual(['front-desk']);
  });

  test('G2: a pair that was won meanwhile stands in the rescue journal until the server takes it', async () => {
    const { tokens, rescue, clock, sandbox, store, tokenRequests } = await worldOnServer();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { delayMs: 300 } });

    const waiting = tokens.usableGrant('front-desk');
    await until(() => tokenRequests().length === 2);
    await server.stop();
    clock.advance(300);
    await until(() => clock.isAsleepFor(500));
    const rescued = rescue.find('front-desk');
    clock.advance(500);
    await delay(100);
    await server.start();
    await until(() => clock.isAsleepFor(500));
    clock.advance(500);
    const grant = await waiting;

    expect(rescued?.grant.generation).toBe(2);
    expect(grant.generation).toBe(2);
    expect((await store.findGrant('front-desk'))?.accessToken.equals(grant.accessToken)).toBe(true);
    expect(rescue.find('front-desk')).toBeUndefined();
    expect(tokenRequests()).toEqual(['password', 'refresh_token']);
  });

  test('whoever remembers something is told to forget it when word is lost, and again when it comes anew', async () => {
    const { store, connections } = await worldOnServer();
    const heard: (Change | typeof EVERYTHING)[] = [];
    await store.changes.watch((change) => heard.push(change));

    await server.stop();
    await soon(() => heard.length > 0);
    const lost = heard.splice(0);
    await server.start();
    await soon(() => heard.length > 0);
    const again = heard.splice(0);
    await connections.createConnection({ name: 'new-desk', app: 'demo', credentials: [] });
    await soon(() => heard.length > 0);

    expect(lost).toEqual([EVERYTHING]);
    expect(again).toEqual([EVERYTHING]);
    expect(heard).toContainEqual({ of: 'connections', name: 'new-desk' });
  });
});

async function soon(condition: () => boolean): Promise<void> {
  const late = Date.now() + 5_000;
  while (!condition() && Date.now() < late) await delay(5);
}
