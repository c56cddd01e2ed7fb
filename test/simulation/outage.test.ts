import { describe, expect, test } from 'vitest';
import type { GatewayError } from '../../src/domain/errors.ts';
import type { Fetch } from '../../src/runtime/fetch.ts';
import { figures } from '../figures.ts';
import { brokerOf, livingIn, namesFor, type Simulation, simulation } from './world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TIMEOUT_MS = 300_000;

const WEEK_MS = 7 * DAY_MS;
const OUTAGE_MS = figures(3 * HOUR_MS, DAY_MS);
const LEFT_MS = 2 * HOUR_MS;
// As many as are refreshed within what is left after it, at five a minute, with a third in hand.
const GRANTS = 400;
const CALLERS = 5;
const ANSWER_MS = 200;
// A node looks again every five seconds at what nobody there waits for.
const ROUND_MS = 5_500;
const CAP_MS = MINUTE_MS;

interface Attempt {
  readonly at: number;
  readonly refreshToken: string;
}

describe('the token endpoint is away for a day', () => {
  test.each<readonly [string, () => Response]>([
    ['answers 500', () => new Response('', { status: 500 })],
    [
      'is not there',
      () => {
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });
      },
    ],
  ])(
    'reliability 8, G3: it %s: asked ever more rarely, nothing is given up, and all recover within the budget',
    { timeout: TIMEOUT_MS },
    async (_how, fail) => {
      const simulated = simulation({ sessions: GRANTS, refreshMs: WEEK_MS });
      const named = namesFor(simulated.signIn(GRANTS));
      const names = [...named.keys()];
      const { clock } = simulated;
      const begins = clock.now() + WEEK_MS - OUTAGE_MS - LEFT_MS;
      const ends = begins + OUTAGE_MS;
      await simulated.playUntil(begins);
      const away = endpointAway(simulated, ends, fail);
      const broker = await brokerOf({ ...simulated, fetch: away.fetch }, named);
      const heard = callEachMinute(simulated, names.slice(0, CALLERS), (name) => broker.tokens.usableGrant(name));

      await simulated.playUntil(ends);
      const attempts = [...away.attempts];
      const said = [...heard.refusals];
      const [untouched, budget] = [await broker.store.listGrantOutlines(names), await broker.store.findBudget('main', clock.now())];
      await simulated.playUntil(ends + LEFT_MS);

      expect(away.mostAtOnce(), 'attempts for one Connection at a time').toBe(1);
      expectSpread(attempts);
      expect(budget.failures).toBeGreaterThan(OUTAGE_MS / MINUTE_MS);
      expect(untouched.filter(({ generation }) => generation !== 1)).toEqual([]);
      expect(said.filter(({ code }) => !/^(platform_away|platform_unreachable|token_pending)$/.test(code))).toEqual([]);
      expect(said.length).toBeGreaterThan((CALLERS * OUTAGE_MS) / MINUTE_MS / 2);
      // Whoever waits for a slot is told by its place.
      for (const { retryAfterMs = 0 } of said.filter(({ code }) => code === 'platform_away')) expect(retryAfterMs).toBeLessThanOrEqual(CAP_MS);
      expect(broker.events.get('grant.refresh_token_dead'), 'Grants marked dead').toBeUndefined();
      expect(broker.events.get('connection.needs_sign_in'), 'people called for').toBeUndefined();
      expect(await livingIn(broker.store, names, clock.now() + 1)).toHaveLength(GRANTS);
      expect([...simulated.answers.keys()]).toEqual([200]);
    },
  );
});

/** Runs ask twice at once where the budget lets them. Between two runs lies a time drawn at random, and what the budget adds to it. */
function expectSpread(attempts: readonly Attempt[]): void {
  const starts = attempts.filter(({ at }, index) => index === 0 || at - (attempts[index - 1]?.at ?? 0) > SECOND_MS).map(({ at }) => at);
  const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
  const quarters = [0, 1, 2, 3].map((quarter) => gaps.filter((gap) => Math.min(3, Math.floor(gap / (CAP_MS / 4))) === quarter).length / gaps.length);
  expect(gaps.length).toBeGreaterThan(OUTAGE_MS / CAP_MS);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(CAP_MS + ROUND_MS + ANSWER_MS);
  for (const share of quarters) expect(share, `of ${quarters.join(', ')}`).toBeGreaterThan(0.02);
}

/** The platform, whose token endpoint fails until then. */
function endpointAway({ clock, fetch }: Simulation, until: number, fail: () => Response) {
  const attempts: Attempt[] = [];
  const underWay = new Map<string, number>();
  let most = 0;
  const failing: Fetch = async (url, init) => {
    if (clock.now() >= until) return fetch(url, init);
    const refreshToken = new URLSearchParams(String(init?.body ?? '')).get('refresh_token') ?? '';
    attempts.push({ at: clock.now(), refreshToken });
    underWay.set(refreshToken, (underWay.get(refreshToken) ?? 0) + 1);
    most = Math.max(most, underWay.get(refreshToken) ?? 0);
    await clock.sleep(ANSWER_MS);
    underWay.set(refreshToken, (underWay.get(refreshToken) ?? 1) - 1);
    return fail();
  };
  return { fetch: failing, attempts, mostAtOnce: () => most };
}

function callEachMinute({ clock }: Simulation, names: readonly string[], use: (name: string) => Promise<unknown>): { readonly refusals: GatewayError[] } {
  const refusals: GatewayError[] = [];
  // They sleep for ever once nobody moves the clock.
  const call = async (name: string) => {
    for (;;) {
      await clock.sleep(MINUTE_MS);
      await use(name).catch((error: GatewayError) => refusals.push(error));
    }
  };
  for (const name of names) void call(name);
  return { refusals };
}
