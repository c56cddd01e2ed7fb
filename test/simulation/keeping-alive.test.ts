import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { GatewayError } from '../../src/domain/errors.ts';
import type { TokenPair } from '../../src/domain/grant.ts';
import { figures } from '../chaos/world.ts';
import { NaiveLoop } from './naive-loop.ts';
import { brokerOf, livingIn, namesFor, type Simulation, simulation } from './world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SLOTS_PER_MS = 5 / 60_000;
const LONG_MS = 60 * 60_000;

/** The platform's own week in the long form; in the short one 3 hours, of which the deadlines are known to the hour only. */
const REFRESH_MS = figures(3 * HOUR_MS, 7 * DAY_MS);
const THEORY = Math.floor(REFRESH_MS * SLOTS_PER_MS);
// A quarter of a second more than the platform's minute, some jitter, and half a hundredth for what nobody plans: 1.1 %. In the
// short form what was planned to the hour is out by up to a sixth of a lifetime, and what is used of the budget is not.
const TOLERANCE = figures(0.04, 0.02);
const MANY = figures(1_500, 100_000);
const ACTIVE = figures(50, 500);
// Callers are left a fifth; with more than this the budget would not suffice.
const IDLE = Math.floor(THEORY * figures(0.6, 0.75));
const NAIVE_WITHIN_MS = REFRESH_MS / 7;

const rows: (string | number)[][] = [];

describe('G7: what a budget of 5 token requests a minute keeps alive', () => {
  test('as many Grants as there are slots in a lifetime, over two lifetimes', { timeout: LONG_MS }, async () => {
    const { simulated, named, start } = signedIn(MANY);
    const broker = await brokerOf(simulated, named);
    const kept: number[] = [];

    for (const lifetimes of [1, 2]) {
      await simulated.playUntil(start + lifetimes * REFRESH_MS);
      kept.push((await livingIn(broker.store, [...named.keys()], simulated.clock.now())).length);
    }

    rows.push(['Trunkline, no callers', MANY, THEORY, kept.join(' / '), '-', simulated.answers.get(200) ?? 0, simulated.answers.get(429) ?? 0]);
    expect(simulated.answers.get(429)).toBeUndefined();
    for (const living of kept) expect(living).toBeGreaterThanOrEqual(THEORY * (1 - TOLERANCE));
    expect(simulated.countLiving()).toBe(kept[1]);
  });

  test('a plain loop over the same tokens loses what does not fit into its last hours', { timeout: LONG_MS }, async () => {
    const { simulated, named, start } = signedIn(MANY);
    const loop = naive(simulated, named);

    await simulated.playUntil(start + REFRESH_MS);
    const kept = [loop.living().length];
    await simulated.playUntil(start + 2 * REFRESH_MS);
    kept.push(loop.living().length);

    rows.push(['plain loop, no callers', MANY, THEORY, kept.join(' / '), '-', simulated.answers.get(200) ?? 0, simulated.answers.get(429) ?? 0]);
    expect(kept[0]).toBeLessThan(THEORY / 2);
  });

  test('callers who ask all day: no idle Grant dies, and they have all the rest', { timeout: LONG_MS }, async () => {
    const { simulated, named, start } = signedIn(IDLE + ACTIVE);
    const broker = await brokerOf(simulated, named);
    const names = [...named.keys()];
    const active = names.slice(0, ACTIVE);
    const callers = callAllDay(simulated, active, async (name) => {
      try {
        await broker.tokens.usableGrant(name, { client: 'all-day' });
        return 0;
      } catch (error) {
        return (error as GatewayError).retryAfterMs ?? 1_000;
      }
    });

    await simulated.playUntil(start + REFRESH_MS + HOUR_MS);
    const living = new Set(await livingIn(broker.store, names, simulated.clock.now()));
    const idleDead = names.slice(ACTIVE).filter((name) => !living.has(name)).length;

    const requests = simulated.answers.get(200) ?? 0;
    rows.push([
      `Trunkline, ${ACTIVE} callers`,
      IDLE + ACTIVE,
      IDLE,
      living.size,
      `${callers.served} of ${callers.asked}`,
      requests,
      simulated.answers.get(429) ?? 0,
    ]);
    expect(idleDead).toBe(0);
    expect(simulated.answers.get(429)).toBeUndefined();
    // Nothing of the budget is left lying.
    expect(requests).toBeGreaterThanOrEqual((REFRESH_MS + HOUR_MS) * SLOTS_PER_MS * (1 - TOLERANCE));
  });

  test('callers and a plain loop who each wait for as long as they are told are in a penalty for ever', { timeout: LONG_MS }, async () => {
    const { simulated, named, start } = signedIn(IDLE + ACTIVE);
    const loop = naive(simulated, named);
    const callers = callAllDay(simulated, [...named.keys()].slice(0, ACTIVE), (name) => loop.use(name));

    await simulated.playUntil(start + REFRESH_MS + HOUR_MS);
    const living = loop.living().length;

    rows.push([
      `plain loop, ${ACTIVE} callers`,
      IDLE + ACTIVE,
      IDLE,
      living,
      `${callers.served} of ${callers.asked}`,
      simulated.answers.get(200) ?? 0,
      simulated.answers.get(429) ?? 0,
    ]);
    expect(living).toBeLessThan(IDLE / 2);
  });

  afterAll(() => {
    const heads = ['', 'Grants', 'theory', 'living after each lifetime', 'callers served', '200', '429'];
    console.log([heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'));
  });
});

function signedIn(count: number): { simulated: Simulation; named: ReadonlyMap<string, TokenPair>; start: number } {
  const simulated = simulation({ sessions: count, refreshMs: REFRESH_MS });
  const pairs = simulated.signIn(count);
  return { simulated, named: namesFor(pairs), start: simulated.clock.now() };
}

function naive(simulated: Simulation, named: ReadonlyMap<string, TokenPair>): NaiveLoop {
  const loop = new NaiveLoop(simulated, named);
  const ending = new AbortController();
  const running = loop.run(NAIVE_WITHIN_MS, ending.signal);
  onTestFinished(async () => {
    ending.abort();
    await running;
  });
  return loop;
}

const LOOKS_AGAIN_MS = 300_000;

/** Each asks for its Connection's token every five minutes, or when it was told to come back: how often they did, and got one. */
function callAllDay({ clock }: Simulation, connections: readonly string[], ask: (connection: string) => Promise<number>): { asked: number; served: number } {
  const count = { asked: 0, served: 0 };
  // They sleep for ever once nobody moves the clock.
  const callAll = async (connection: string, first: number) => {
    for (let waitMs = first; ; waitMs ||= LOOKS_AGAIN_MS) {
      await clock.sleep(waitMs);
      count.asked += 1;
      waitMs = await ask(connection);
      if (waitMs === 0) count.served += 1;
    }
  };
  for (const [index, connection] of connections.entries()) void callAll(connection, (index * LOOKS_AGAIN_MS) / connections.length);
  return count;
}
