import { describe, expect, test } from 'vitest';
import type { Fetch } from '../../src/runtime/fetch.ts';
import { ManualClock } from '../manual-clock.ts';
import { TOKEN_PATH, until, world } from '../world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const EXTENSION = '/restapi/v1.0/account/~/extension/~';
const START = Date.parse('2026-11-21T12:00:00Z');

/** A gateway whose clock is set while the platform's goes on. */
async function apart({ skewMs = 0 } = {}) {
  const platform = new ManualClock(START + skewMs);
  const presented: string[] = [];
  const at = await world({ platformClock: platform, through: (fetch) => noting(fetch, presented) });
  return {
    ...at,
    /** Each refresh token that was sent, as often as it was. */
    presented,
    pass: (ms: number) => {
      platform.advance(ms);
      at.clock.advance(ms);
    },
    /** Five callers at once, who use what they get: what the platform says to it. */
    use: async () =>
      Promise.all(
        Array.from({ length: 5 }, async () => {
          const { accessToken } = await at.tokens.usableGrant('front-desk');
          return (await fetch(at.sandbox.origin + EXTENSION, { headers: { authorization: `Bearer ${accessToken.reveal()}` } })).status;
        }),
      ),
  };
}

function noting(fetch: Fetch, presented: string[]): Fetch {
  return (url, init) => {
    const token = new URLSearchParams(String(init?.body ?? '')).get('refresh_token');
    if (token !== null) presented.push(token);
    return fetch(url, init);
  };
}

describe('a clock that is set', () => {
  test.each([
    ['on by an hour', [HOUR_MS]],
    ['back by an hour', [-HOUR_MS]],
    ['on by an hour and back again', [HOUR_MS, -HOUR_MS]],
    ['back by an hour and on again', [-HOUR_MS, HOUR_MS]],
    ['on by an hour three times', [HOUR_MS, HOUR_MS, HOUR_MS]],
  ])('reliability 12: %s: no refresh token is sent twice, and every token that is handed out is good', async (_what, steps) => {
    const { clock, pass, use, presented, tokenRequests } = await apart();
    const answers = await use();

    for (const step of [...steps, 0]) {
      for (let minutes = 0; minutes < 50; minutes += 10) {
        pass(10 * MINUTE_MS);
        answers.push(...(await use()));
      }
      clock.step(step);
      answers.push(...(await use()));
    }

    expect(new Set(answers)).toEqual(new Set([200]));
    expect(new Set(presented).size).toBe(presented.length);
    // Each hour of the platform's needs one, and each step one more.
    expect(presented.length).toBeLessThanOrEqual(2 * steps.length + 1);
    expect(tokenRequests().filter((grantType) => grantType === 'password')).toHaveLength(1);
  });

  test.each([5 * MINUTE_MS, -5 * MINUTE_MS])(
    'reliability 12: a platform that is %i ms ahead: what it hands out is good for as long as it says',
    async (skewMs) => {
      const { pass, use, presented } = await apart({ skewMs });
      const answers = await use();

      // Not in the very instant from which on it is due: then it waits a moment for those who have the old one.
      for (let passed = 0; passed < 3 * HOUR_MS; passed += 61_000) {
        pass(61_000);
        answers.push(...(await use()));
      }

      expect(new Set(answers)).toEqual(new Set([200]));
      // Every 59 minutes: the margin is no less and no more for the skew.
      expect([presented.length, new Set(presented).size]).toEqual([3, 3]);
    },
  );

  test.each([HOUR_MS, -HOUR_MS])('reliability 12: set by %i ms while a Refresh is under way: nobody sends it a second time', async (step) => {
    const { clock, sandbox, pass, use, presented, tokens } = await apart();
    await use();
    pass(HOUR_MS);
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { delayMs: 300 } });

    const early = tokens.usableGrant('front-desk');
    await until(() => presented.length === 1);
    clock.step(step);
    const others = Array.from({ length: 5 }, () => tokens.usableGrant('front-desk'));
    for (let looked = 0; looked < 50; looked += 1) await new Promise((resolve) => setImmediate(resolve));
    const meanwhile = presented.length;
    pass(300);
    await Promise.all([early, ...others]);

    expect(meanwhile).toBe(1);
    expect(await use()).toEqual(Array(5).fill(200));
    expect(new Set(presented).size).toBe(presented.length);
  });

  test('reliability 12, G7: set back by an hour during a penalty: it lasts no longer for that', async () => {
    const { clock, sandbox, pass, tokens, use } = await apart();
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { status: 429, headers: { 'retry-after': '60' } } });
    await expect(tokens.usableGrant('front-desk')).rejects.toMatchObject({ code: 'platform_busy' });

    clock.step(-HOUR_MS);
    pass(MINUTE_MS + 1_000);

    expect(await use()).toEqual(Array(5).fill(200));
  });

  test('reliability 12, 8: set back by an hour while a Connection is left alone after a failure: that ends all the same', async () => {
    const { clock, sandbox, pass, tokens, use } = await apart();
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 2, action: { status: 500 } });
    await expect(tokens.usableGrant('front-desk')).rejects.toMatchObject({ code: 'platform_unreachable' });

    clock.step(-HOUR_MS);
    pass(MINUTE_MS);

    expect(await use()).toEqual(Array(5).fill(200));
  });
});
