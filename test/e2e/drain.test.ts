import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { until } from '../until.ts';
import { control, manage, type Place, place, type RunningTrunkline, runUntil, text } from './trunkline.ts';

const LIST = '/ringout.asp?cmd=list&username=18889363711&ext=101&password=1234';
const FAULTS = 1_000;
const SERVES = 'Trunkline is ready.';

describe('a gateway that is told to end', () => {
  test('31: under load with slow answers in flight: not ready at once, every accepted request is answered, exit 0', async () => {
    const at = await place();
    const gateway = await together(at, { TRUNKLINE_DRAIN: '1.5' });
    await text(at.gateway + LIST);
    const slow = await order(at, '/restapi/v1.0/*', 2_500);
    const inFlight = Array.from({ length: 4 }, () => text(at.gateway + LIST));
    await slow.met(4);

    gateway.process.kill('SIGTERM');
    const begun = Date.now();
    await until(async () => (await fetch(`${at.gateway}/readyz`)).status === 503);
    const notReadyAfterMs = Date.now() - begun;
    const unready = await (await fetch(`${at.gateway}/readyz`)).json();
    const health = await fetch(`${at.gateway}/healthz`);
    const late = Array.from({ length: 2 }, () => text(at.gateway + LIST));
    const answers = await Promise.all([...inFlight, ...late]);
    const status = await gateway.ended;

    expect(notReadyAfterMs).toBeLessThan(1_000);
    expect(unready).toMatchObject({ status: 'not ready', reason: 'draining' });
    expect([health.status, health.headers.get('connection')]).toEqual([200, 'close']);
    expect(answers.filter((answer) => !answer.startsWith('OK '))).toEqual([]);
    expect(status).toBe(0);
    expect(Date.now() - begun).toBeLessThan(35_000);
  }, 150_000);

  test('31: a Refresh in flight ends and is saved, its caller is answered, and the Lease is free for the next node at once', async () => {
    const at = await place();
    const gateway = await together(at);
    const { key } = (await manage(at, 'POST', 'clients', { name: 'crm', connections: ['front-desk'] })).body;
    const token = () => fetch(`${at.gateway}/trunkline/api/connections/front-desk/token`, { headers: { authorization: `Bearer ${key}` } });
    await control(at, 'lifetimes', { accessSeconds: 1 });
    // The demo is signed in already, for an hour.
    await manage(at, 'POST', 'connections/front-desk/refresh');
    await delay(1_000);
    await control(at, 'lifetimes', { accessSeconds: 3_600 });
    const slow = await order(at, '/restapi/oauth/token', 3_000);
    const waiting = token();
    await slow.met(1);

    gateway.process.kill('SIGTERM');
    const answer = await waiting;
    const status = await gateway.ended;
    const leases = leasesOf(at);
    // The platform of this test has ended with its gateway: a token that had to be won could not be.
    await runUntil(SERVES, at, ['serve']);
    const begun = Date.now();
    const next = await token();

    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    expect(status).toBe(0);
    expect(leases.every(({ expires_at }) => expires_at === 0)).toBe(true);
    expect(((await next.json()) as { access_token: string }).access_token).toBe(((await answer.json()) as { access_token: string }).access_token);
    expect(Date.now() - begun).toBeLessThan(2_000);
  }, 150_000);

  test('31: a platform that never answers does not keep it: exit 0 within 30 s, its Leases given back', async () => {
    const { at, serve } = await apart();
    const gateway = await serve();
    await control(at, 'lifetimes', { accessSeconds: 1 });
    await text(at.gateway + LIST);
    await delay(1_000);
    const dead = await order(at, '/restapi/*', 600_000);
    const waiting = text(at.gateway + LIST).catch(() => 'closed');
    await dead.met(1);

    const begun = Date.now();
    const status = await gateway.stop();

    expect(status).toBe(0);
    expect(Date.now() - begun).toBeLessThan(30_000);
    expect(leasesOf(at).every(({ expires_at }) => expires_at === 0)).toBe(true);
    expect(await waiting).toMatch(/^(FAILED|closed)/);
  }, 150_000);

  test('31: a connection that is kept alive hears that it ends, and half a request does not keep the gateway', async () => {
    const at = await place();
    const gateway = await together(at, { TRUNKLINE_DRAIN: '1' });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = await headersOf(`${at.gateway}/healthz`, agent);
    const { hostname, port } = new URL(at.gateway);
    const half = connect(Number(port), hostname);
    half.on('error', () => undefined).write('POST /trunkline/api/apps HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{');
    await once(half, 'connect');

    const begun = Date.now();
    gateway.process.kill('SIGTERM');
    await until(async () => (await fetch(`${at.gateway}/readyz`)).status === 503);
    const after = await headersOf(`${at.gateway}/healthz`, agent);
    const status = await gateway.ended;
    agent.destroy();

    expect([before.connection, after.connection]).toEqual(['keep-alive', 'close']);
    expect(status).toBe(0);
    expect(Date.now() - begun).toBeLessThan(15_000);
  }, 150_000);

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '31: a second %s ends it at once, whatever is in flight',
    async (signal) => {
      const at = await place();
      const gateway = await together(at);
      await text(at.gateway + LIST);
      const dead = await order(at, '/restapi/v1.0/*', 600_000);
      const waiting = text(at.gateway + LIST).catch(() => 'closed');
      await dead.met(1);

      gateway.process.kill('SIGTERM');
      await delay(700);
      const begun = Date.now();
      const status = await gateway.stop(signal);

      expect(status).toBe(signal === 'SIGTERM' ? 143 : 130);
      expect(Date.now() - begun).toBeLessThan(1_000);
      expect(await waiting).toBe('closed');
    },
    60_000,
  );
});

/** The demo: a gateway with its sandbox. */
async function together(at: Place, env?: Record<string, string>): Promise<RunningTrunkline> {
  const running = await runUntil('Ctrl-C stops both.', at, ['start'], env);
  await control(at, 'limits', { scale: 0 });
  return running;
}

/** The demo's data, its sandbox, and the gateway as a process of its own. */
async function apart(): Promise<{ at: Place; serve(): Promise<RunningTrunkline> }> {
  const at = await place();
  const made = await runUntil('Ctrl-C stops both.', at, ['start']);
  await made.stop();
  await runUntil('Ctrl-C stops it.', at, ['sandbox']);
  await control(at, 'limits', { scale: 0 });
  return { at, serve: () => runUntil(SERVES, at, ['serve']) };
}

/** Orders a failure; resolves when so many requests have met it. */
async function order(at: Place, path: string, delayMs: number): Promise<{ met(count: number): Promise<unknown> }> {
  await control(at, 'faults', { match: { path }, times: FAULTS, action: { delayMs } });
  return {
    met: (count) =>
      until(async () => {
        const { faults } = (await control(at, 'faults')) as { faults: { times: number }[] };
        return (faults[0]?.times ?? 0) <= FAULTS - count;
      }),
  };
}

function leasesOf(at: Place): { expires_at: number }[] {
  const database = new BetterSqlite3(join(at.folder, 'data/trunkline.db'), { readonly: true });
  try {
    return database.prepare<[], { expires_at: number }>('select expires_at from leases').all();
  } finally {
    database.close();
  }
}

function headersOf(url: string, agent: Agent): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume().on('end', () => resolve(response.headers));
    }).on('error', reject);
  });
}
