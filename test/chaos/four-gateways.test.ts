import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { percentile, startCalling, type Tally } from './callers.ts';
import { type FleetGrant, type FleetNode, fleet, soon } from './fleet.ts';
import { figures } from './world.ts';

const CONNECTIONS = figures(40, 1_000);
const CALLERS = figures(10, 250);
const EXPIRIES = figures(2, 20);
// Twenty expiries of a thousand Connections are 37 Refreshes a second then, beside 250 hand-outs: what two cores carry.
const ACCESS_SECONDS = figures(6, 30);
const THINK_MS = figures(500, 4_000);
const KILLS = figures(10, 1_000);
const KILL_EVERY_MS = 300;
const AWAY_MS = figures(3_000, 30_000);
const TOKEN_PATH = '/restapi/oauth/token';
// What callers may hear while the database is away, or a killed process still holds a Lease: to come back in a while.
const COME_BACK = /^(token|replacement) (503 (store_unavailable|token_pending|lease_held)|429 refresh_too_soon)$/;

describe('four gateways on one PostgreSQL', () => {
  test(
    `G1, G5: ${CALLERS} callers in each, ${EXPIRIES} expiries of ${CONNECTIONS} Connections: one token request for each, and no caller fails`,
    async () => {
      const { names, nodes, key, sandbox, tokenRequests, grants } = await fleet({ connections: CONNECTIONS, accessSeconds: ACCESS_SECONDS });
      const generations = async () => (await grants()).map(({ generation }) => generation);

      const started = performance.now();
      const stop = startCalling({ nodes, names, key, sandbox, callers: CALLERS, thinkMs: THINK_MS, roams: false });
      await soon('every expiry', 2 * EXPIRIES * ACCESS_SECONDS * 1_000, async () => Math.min(...(await generations())) > EXPIRIES);
      const tally = await stop();
      const requests = await tokenRequests();

      say(tally, performance.now() - started, requests);
      expect([...tally.failed]).toEqual([]);
      expect(tally.away).toBe(0);
      expect(requests).toEqual({ 'password 200': CONNECTIONS, 'refresh_token 200': sum(await generations()) - CONNECTIONS });
    },
    figures(300_000, 2_400_000),
  );

  test.each(['platform', 'strict'] as const)(
    `G2, 5: a random one is killed ${KILLS} times under that load; the platform's rules are taken as "%s"`,
    async (profile) => {
      const four = await fleet({ connections: CONNECTIONS, accessSeconds: ACCESS_SECONDS, profile });
      const { names, nodes, key, sandbox, tokenRequests, grants, heldLeases } = four;
      const signedIn = await grants();
      const inFlight = new Set<string>();

      const started = performance.now();
      const stop = startCalling({ nodes, names, key, sandbox, callers: CALLERS, thinkMs: THINK_MS, roams: true });
      const restarts: Promise<void>[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        await delay(KILL_EVERY_MS);
        // A start takes longer than 300 ms; where all four are starting there is nothing to be killed at its work.
        await soon('a gateway that is ready', 60_000, () => nodes.some(({ isReady }) => isReady));
        const doomed = nodes[Math.floor(Math.random() * nodes.length)] as FleetNode;
        await doomed.kill();
        for (const held of await heldLeases()) inFlight.add(held);
        restarts.push(doomed.start());
      }
      await Promise.all(restarts);
      const tally = await stop();
      await four.lapse();
      await four.untilAllAnswer(30_000);
      const requests = await tokenRequests();

      say(tally, performance.now() - started, requests);
      const { 'password 200': signIns = 0, 'refresh_token 400': dead = 0 } = requests;
      expect([...tally.failed.keys()].filter((what) => !COME_BACK.test(what))).toEqual([]);
      expect(tally.used).toBeGreaterThan(0);
      if (profile === 'platform') {
        // No Grant was lost: none is of another sign-in than its first.
        expect(signIns).toBe(CONNECTIONS);
        expect((await grants()).map(sessionOf)).toEqual(signedIn.map(sessionOf));
      } else {
        // Only what was under way at a kill may be lost, and its password brings it back. A kill between the refusal and the sign-in, or
        // after it, has the one or the other asked again.
        const lost = (await grants()).filter((grant, index) => sessionOf(grant) !== sessionOf(signedIn[index] as FleetGrant)).length;
        console.log(`${lost} Grants lost, of ${inFlight.size} that were under way at a kill`);
        expect(lost).toBeLessThanOrEqual(signIns - CONNECTIONS);
        expect(signIns - CONNECTIONS).toBeLessThanOrEqual(inFlight.size);
        expect(dead).toBeLessThanOrEqual(inFlight.size);
      }
    },
    figures(300_000, 3_600_000),
  );

  test(
    `G2, 35: PostgreSQL is away for ${AWAY_MS / 1_000} s while Refreshes are under way: nothing is lost, and all goes on by itself`,
    async () => {
      const four = await fleet({ connections: CONNECTIONS, accessSeconds: ACCESS_SECONDS });
      const { names, nodes, key, sandbox, postgres, tokenRequests, grants } = four;
      const signedIn = await grants();
      await four.addFault({ match: { path: TOKEN_PATH }, times: 20, action: { delayMs: 1_500 } });

      const started = performance.now();
      const stop = startCalling({ nodes, names, key, sandbox, callers: CALLERS, thinkMs: THINK_MS, roams: false });
      await soon('Refreshes under way', 60_000, async () => ((await tokenRequests())['refresh_token 0'] ?? 0) >= 3);
      await postgres.stop();
      await soon('a pair in a rescue journal', 15_000, () => rescued(nodes) > 0);
      await delay(AWAY_MS);
      await postgres.start();
      await four.untilAllAnswer(60_000);
      await soon('empty rescue journals', 60_000, () => rescued(nodes) === 0);
      const tally = await stop();
      const requests = await tokenRequests();

      say(tally, performance.now() - started, requests);
      expect([...tally.failed.keys()].filter((what) => !COME_BACK.test(what))).toEqual([]);
      expect(requests['password 200']).toBe(CONNECTIONS);
      expect((await grants()).map(sessionOf)).toEqual(signedIn.map(sessionOf));
    },
    figures(300_000, 600_000),
  );
});

function rescued(nodes: readonly FleetNode[]): number {
  return sum(nodes.map((node) => node.rescued()));
}

function sessionOf({ connection, session_id }: { readonly connection: string; readonly session_id: string }): string {
  return `${connection} ${session_id}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function say({ used, late, away, failed, cachedMs }: Tally, ms: number, requests: Readonly<Record<string, number>>): void {
  const seconds = ms / 1_000;
  console.log(
    `${Math.round(seconds)} s: ${used} tokens used (${Math.round(used / seconds)}/s), ${late} late, ${away} away, failed ${JSON.stringify([...failed])}; ` +
      `from cache p50 ${percentile(cachedMs, 0.5)} ms, p99 ${percentile(cachedMs, 0.99)} ms; token requests ${JSON.stringify(requests)}`,
  );
}
