import { describe, expect, test } from 'vitest';
import { Weather } from '../../src/broker/weather.ts';
import { everyItem } from '../../src/domain/page.ts';
import { figures } from '../figures.ts';
import { brokerOf, livingIn, namesFor, simulation } from './world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const TIMEOUT_MS = 3_600_000;
const MANY = figures(300, 6_000);

describe('a gateway that was switched off', () => {
  test('reliability 11, G7: for 6 days: every idle Grant is refreshed in the day that is left, within the budget', { timeout: TIMEOUT_MS }, async () => {
    const simulated = simulation({ sessions: MANY, refreshMs: WEEK_MS });
    const named = namesFor(simulated.signIn(MANY));
    const dies = simulated.clock.now() + WEEK_MS;
    await simulated.playUntil(dies - DAY_MS);

    const broker = await brokerOf(simulated, named);
    await simulated.playUntil(dies);

    expect(await livingIn(broker.store, [...named.keys()], dies)).toHaveLength(MANY);
    expect([...simulated.answers]).toEqual([[200, MANY]]);
  });

  test('reliability 11: for 8 days: what died is reported, exactly that, before anybody uses it; the rest lives', { timeout: TIMEOUT_MS }, async () => {
    const simulated = simulation({ sessions: MANY, refreshMs: WEEK_MS });
    const { clock } = simulated;
    const start = clock.now();
    const dead = namesFor(simulated.signIn(MANY / 2), 'dead');
    await simulated.playUntil(start + 2 * DAY_MS);
    const living = namesFor(simulated.signIn(MANY / 2), 'living');
    await simulated.playUntil(start + 8 * DAY_MS);

    const broker = await brokerOf(simulated, new Map([...dead, ...living]));
    const weather = new Weather({ store: broker.store, clock });
    const reported = await dyingBy(weather);
    await simulated.playUntil(start + 9 * DAY_MS + HOUR_MS);
    const later = await dyingBy(weather);
    const used = await broker.tokens.usableGrant([...dead.keys()][0] ?? '').catch((error: unknown) => error);

    expect(reported).toEqual([...dead.keys()].map((name) => `${name} too-late`));
    expect(later).toEqual(reported);
    expect(await livingIn(broker.store, [...living.keys()], clock.now())).toHaveLength(MANY / 2);
    expect([...simulated.answers]).toEqual([[200, MANY / 2]]);
    expect(used).toMatchObject({ code: 'grant_dead' });
  });
});

async function dyingBy(weather: Weather): Promise<readonly string[]> {
  const dying: string[] = [];
  for await (const { name, cause } of everyItem((page) => weather.listDying(page, 0))) dying.push(`${name} ${cause}`);
  return dying;
}
