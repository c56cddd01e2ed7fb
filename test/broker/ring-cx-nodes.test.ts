import { describe, expect, onTestFinished, test } from 'vitest';
import { RingCxTokens } from '../../src/broker/ring-cx.ts';
import { Tokens } from '../../src/broker/tokens.ts';
import { appFromDraft } from '../../src/domain/app.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createFetch } from '../../src/runtime/fetch.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { DEMO } from '../../src/sandbox/demo.ts';
import { startSandbox } from '../../src/sandbox/start.ts';
import { openInPostgres } from '../contract/postgres-world.ts';
import { openInFile } from '../contract/sqlite-world.ts';
import type { StoreWorld } from '../contract/world.ts';
import { SILENT } from '../silent-log.ts';
import { NOTHING_FROZEN } from '../unfrozen.ts';
import { EXCHANGE_PATH, REFRESH_PATH, ringCxRequests, useRingCxToken } from './ring-cx-world.ts';

const RESCUE = { keep: () => undefined, find: () => undefined, list: () => [], forget: () => undefined };
const NODES = ['A', 'B'] as const;

const DATABASES: readonly (readonly [string, () => Promise<StoreWorld>])[] = [
  ['SQLite file', openInFile],
  ['PostgreSQL database', openInPostgres],
];

/** Two brokers on one database, each with a connection of its own, and the machine's clock. */
async function nodes(open: () => Promise<StoreWorld>) {
  const [database, sandbox, way] = [await open(), await startSandbox(), createFetch()];
  await sandbox.setLimits({ scale: 0 });
  const { store } = database;
  const { clientId, clientSecret } = DEMO.app;
  await store.createApp(appFromDraft({ name: 'demo', platformOrigin: sandbox.origin, clientId, clientSecret: new Secret(clientSecret) }, Date.now()));
  const [{ name, password, ...login } = { name: '', username: '', password: '' }] = DEMO.connections;
  await store.createConnection({ id: name, name, app: 'demo', labels: {}, keep: 'alive', ownerId: undefined, signInNeeded: undefined, createdAt: Date.now() }, [
    { kind: 'password', ...login, password: new Secret(password) },
  ]);
  const brokers = [database.store, database.other].map((mine, index) => broker(mine, NODES[index] ?? '', way.fetch));
  onTestFinished(async () => {
    for (const { ringCx, tokens } of brokers) await Promise.all([ringCx.settled(), tokens.settled()]);
    await way.close();
    await sandbox.close();
    await database.close();
  });
  return { sandbox, store, brokers: brokers.map(({ ringCx }) => ringCx), name };
}

function broker(store: Store, node: string, fetch: ReturnType<typeof createFetch>['fetch']) {
  const grants = { peek: () => undefined, find: (connection: string) => store.findGrant(connection), findApp: (name: string) => store.findApp(name) };
  const trail = { note: async () => undefined };
  const parts = { store, rescue: RESCUE, freezes: NOTHING_FROZEN, grants, trail, clock: systemClock, random: systemRandom, fetch, log: SILENT, node };
  const tokens = new Tokens(parts);
  return { tokens, ringCx: new RingCxTokens({ ...parts, tokens }) };
}

describe.each(DATABASES)('two brokers on one %s', (_database, open) => {
  test('G10: 100 callers in each cause one exchange, all get its token, and it works', async () => {
    const { sandbox, brokers, name } = await nodes(open);
    // Long enough for the other node to find the Lease taken.
    await sandbox.addFault({ match: { path: EXCHANGE_PATH }, times: 1, action: { delayMs: 200 } });

    const grants = await Promise.all(brokers.flatMap((ringCx) => Array.from({ length: 100 }, () => ringCx.usableToken(name))));

    expect(new Set(grants.map((grant) => grant.accessToken.reveal())).size).toBe(1);
    expect(ringCxRequests({ sandbox })).toEqual(['exchange']);
    expect((await useRingCxToken(sandbox.origin, grants[0]?.accessToken.reveal() ?? '')).status).toBe(200);
  });

  test('G6: 100 callers in each that met `Jwt is expired` share one forced Refresh', async () => {
    const { sandbox, brokers, name } = await nodes(open);
    const [present] = await Promise.all(brokers.map((ringCx) => ringCx.usableToken(name)));
    if (!present) throw new TypeError('there are two brokers');
    await sandbox.advance(300_000);
    await sandbox.addFault({ match: { path: REFRESH_PATH }, times: 1, action: { delayMs: 200 } });

    const newer = await Promise.all(brokers.flatMap((ringCx) => Array.from({ length: 100 }, () => ringCx.newerToken(present))));

    expect(new Set(newer.map((grant) => grant?.generation))).toEqual(new Set([2]));
    expect(ringCxRequests({ sandbox })).toEqual(['exchange', 'refresh']);
    expect((await useRingCxToken(sandbox.origin, newer[0]?.accessToken.reveal() ?? '')).status).toBe(200);
  });

  test('G10: a node whose Lease lapsed while it was asking drops its pair where another has won meanwhile', async () => {
    const { sandbox, store, brokers, name } = await nodes(open);
    const [slow, other] = brokers;
    await sandbox.addFault({ match: { path: EXCHANGE_PATH }, times: 1, action: { delayMs: 700 } });

    const late = slow?.usableToken(name);
    while (sandbox.requests(EXCHANGE_PATH).length === 0) await systemClock.sleep(5);
    // Does to the Lease what its time would do.
    await store.giveBackLeases('A');
    const won = await other?.usableToken(name);
    const given = await late;

    expect(ringCxRequests({ sandbox })).toEqual(['exchange', 'exchange']);
    expect(given?.accessToken.reveal()).toBe(won?.accessToken.reveal());
    expect((await store.findRingCxGrant(name))?.generation).toBe(1);
  });

  test('G10: a refused Refresh is believed only after the row was read again: another node had spent the token', async () => {
    const { sandbox, store, brokers, name } = await nodes(open);
    const [slow, other] = brokers;
    const present = await slow?.usableToken(name);
    if (!present) throw new TypeError('there are two brokers');
    await sandbox.addFault({ match: { path: REFRESH_PATH }, times: 1, action: { delayMs: 700, status: 401, body: 'no' } });

    const late = slow?.newerToken(present);
    while (sandbox.requests(REFRESH_PATH).length === 0) await systemClock.sleep(5);
    await store.giveBackLeases('A');
    const won = await other?.newerToken(present);

    expect((await late)?.accessToken.reveal()).toBe(won?.accessToken.reveal());
    expect(ringCxRequests({ sandbox })).toEqual(['exchange', 'refresh', 'refresh']);
    expect((await store.findRingCxGrant(name))?.refreshToken).toBeDefined();
  });

  test('G10: what a process that was killed had taken is free again: stored is what was handed out, or an exchange follows', async () => {
    const { sandbox, store, brokers, name } = await nodes(open);
    const [first, other] = brokers;
    const present = await first?.usableToken(name);
    if (!present?.refreshToken) throw new TypeError('the sandbox gives refresh tokens');
    // The process that held the Lease had RingCX's answer, and died before it was saved.
    const now = Date.now();
    await store.takeRingCxLease(name, 'killed', now + 100, now);
    const body = new URLSearchParams({ refresh_token: present.refreshToken.reveal() });
    await fetch(`${sandbox.origin}${REFRESH_PATH}`, { method: 'POST', body });

    const newer = await other?.newerToken(present);

    expect(newer?.generation).toBe(2);
    expect(ringCxRequests({ sandbox })).toEqual(['exchange', 'refresh', 'refresh', 'exchange']);
    expect((await useRingCxToken(sandbox.origin, newer?.accessToken.reveal() ?? '')).status).toBe(200);
  });

  test('G10: a penalty that one node met keeps the other from asking', async () => {
    const { sandbox, brokers, name } = await nodes(open);
    await sandbox.addFault({ match: { path: EXCHANGE_PATH }, times: 1, action: { status: 429, headers: { 'retry-after': '60' }, body: '{}' } });

    const outcomes = await Promise.allSettled([brokers[0]?.usableToken(name)]);
    const others = await Promise.allSettled([brokers[1]?.usableToken(name)]);

    expect([...outcomes, ...others].map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'ok'))).toEqual(['platform_busy', 'platform_busy']);
    expect(ringCxRequests({ sandbox })).toEqual(['exchange']);
  });
});
