import { describe, expect, test } from 'vitest';
import { revokeNext } from '../../src/broker/revocations.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { until } from '../world.ts';
import { JITTER_MS, LIMIT, limitedWorld, SPAN_MS } from './budget-world.ts';

const CALLER_WAIT_MS = 10_000;
const APP = 'demo';

/** What takes a slot besides winning tokens, as the rooms above the broker do it. */
async function kindsWorld(connections: number) {
  const at = await limitedWorld({ connections });
  const { tokens, sandbox, store, clock } = at;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return {
    ...at,
    revoke: () =>
      revokeNext({
        store,
        clock,
        random: systemRandom,
        fetch: at.fetch,
        log,
        trail: { note: async () => undefined },
        mayAsk: (app) => tokens.budgets.mayAsk(app),
      }),
    /** A request of somebody who cannot come back later; of RingCentral's group Auth. */
    send: async (method: string, path: string, connection: string) => {
      await tokens.budgets.waitForSlot(APP, CALLER_WAIT_MS);
      const token = (await store.findGrant(connection))?.accessToken.reveal();
      return (await fetch(sandbox.origin + path, { method, headers: { authorization: `Bearer ${token}` } })).status;
    },
    /** What the platform answered to whatever counts against the limit. */
    counted: () => sandbox.requests('/restapi/oauth/*').map(({ path, status }) => `${path.split('/').at(-1)} ${status}`),
  };
}

describe('G7: what counts in the budget of token requests', () => {
  test('sign-ins, Refreshes, revocations, userinfo and wstoken are of one minute’s five, and a revocation waits for the next', async () => {
    const { names, tokens, connections, revoke, send, pass, counted } = await kindsWorld(2);
    const [first = '', second = ''] = names;

    const grant = await tokens.usableGrant(first);
    await tokens.newerGrant(grant);
    const statuses = [await send('GET', '/restapi/oauth/userinfo', first), await send('POST', '/restapi/oauth/wstoken', first)];
    await tokens.usableGrant(second);
    const spent = counted();
    await connections.removeConnection(second);
    await revoke();
    const meanwhile = counted().length;
    await pass(SPAN_MS);
    await revoke();

    expect(statuses).toEqual([200, 200]);
    expect(spent).toEqual(['token 200', 'token 200', 'userinfo 200', 'wstoken 200', 'token 200']);
    expect(meanwhile).toBe(LIMIT);
    expect(counted().slice(LIMIT)).toEqual(['revoke 200']);
  });

  test('a revocation takes a slot from those who wait', async () => {
    const { names, ask, connections, revoke, pass, counted } = await kindsWorld(LIMIT);
    const [gone = '', ...others] = names;
    await ask(gone);
    await connections.removeConnection(gone);
    await revoke();

    const asking = others.map((name) => ask(name));
    await pass(CALLER_WAIT_MS);
    const told = (await Promise.all(asking)).filter(({ refused }) => refused);
    await pass(SPAN_MS + JITTER_MS - CALLER_WAIT_MS);

    expect(told).toHaveLength(1);
    expect(counted()).toEqual(['token 200', 'revoke 200', ...others.map(() => 'token 200')]);
  });

  test('who has no slot for such a request within its patience is told when there is one, and then has it', async () => {
    const { names, ask, send, clock, pass } = await kindsWorld(LIMIT);
    const start = clock.now();
    await Promise.all(names.map((name) => ask(name)));

    const waiting = send('GET', '/restapi/oauth/userinfo', names[0] ?? '').catch((error: unknown) => error);
    await until(() => clock.isAsleepFor(CALLER_WAIT_MS));
    await pass(CALLER_WAIT_MS);
    const told = (await waiting) as { retryAfterMs?: number };
    await pass(told.retryAfterMs ?? 0);
    const later = await send('GET', '/restapi/oauth/userinfo', names[0] ?? '');

    expect(told).toMatchObject({ status: 503, code: 'platform_busy' });
    expect([clock.now() - start, later]).toEqual([SPAN_MS, 200]);
  });
});
