import { describe, expect, test } from 'vitest';
import type { Fetch } from '../../src/runtime/fetch.ts';
import { figures } from '../figures.ts';
import { brokerOf, livingIn, namesFor, simulation } from './world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
const WEEK_MS = 7 * DAY_MS;
const TIMEOUT_MS = 3_600_000;
const MOST = 5;

describe('Grants that die in the same minute', () => {
  test.each([
    ['of an App without a limit: five a second', 0, SECOND_MS, figures(500, 10_000)],
    ['at the platform’s own limit: five a minute', 1, MINUTE_MS, figures(300, 6_000)],
  ])('reliability 10, G7: %s, and none dies', { timeout: TIMEOUT_MS }, async (_whose, limitScale, spanMs, many) => {
    const simulated = simulation({ sessions: many, refreshMs: WEEK_MS, limitScale });
    const { clock } = simulated;
    const named = namesFor(simulated.signIn(many));
    const dies = clock.now() + WEEK_MS;
    await simulated.playUntil(dies - DAY_MS);
    const sent: number[] = [];
    const fetch: Fetch = (url, init) => {
      sent.push(clock.now());
      return simulated.fetch(url, init);
    };

    const broker = await brokerOf({ ...simulated, fetch }, named);
    // The rate that is theirs, and a third: long before they would die.
    await simulated.playUntil(dies - DAY_MS + ((many / MOST) * spanMs * 4) / 3 + 10 * MINUTE_MS);

    expect(sent).toHaveLength(many);
    // Whoever comes five later comes a span later, whichever five they are.
    expect(sent.filter((at, index) => index >= MOST && at - (sent[index - MOST] ?? 0) < spanMs)).toEqual([]);
    expect(await livingIn(broker.store, [...named.keys()], dies + 1)).toHaveLength(many);
  });
});
