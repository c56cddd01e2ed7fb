import { describe, expect, test } from 'vitest';
import { type Asked, JITTER_MS, LIMIT, limitedWorld, mostWithin, SPAN_MS, WINDOW_MS } from './budget-world.ts';

const CALLER_WAIT_MS = 10_000;
const SLOT_MS = 12_000;

describe('who waits for a slot at the platform’s own limit', () => {
  test.each([6, 9, 14, 23])(
    'G5: of %i callers at once, each who is not served is told when by its place, and coming back exactly then is served',
    async (many) => {
      const { clock, names, ask, pass, met } = await limitedWorld({ connections: many });
      const start = clock.now();

      const asking = names.map((name) => ask(name));
      await pass(CALLER_WAIT_MS);
      const first = await Promise.all(asking);
      const told = first.filter(isTold);
      const returning = told.map(async ({ name, at, refused }) => {
        await clock.sleep(at + Math.ceil((refused.retryAfterMs ?? 0) / 1_000) * 1_000 - clock.now());
        return { back: clock.now(), ...(await ask(name)) };
      });
      await pass(Math.ceil(many / LIMIT) * SPAN_MS + 1_000);
      const second = await Promise.all(returning);

      expect(first.length - told.length).toBe(LIMIT);
      expect(new Set(told.map(({ refused }) => `${refused.status} ${refused.code}`))).toEqual(new Set(['503 token_pending']));
      for (const [place, { at, refused }] of told.entries()) {
        expect(at - start, 'nobody waits longer').toBeLessThanOrEqual(CALLER_WAIT_MS);
        expect(at + (refused.retryAfterMs ?? 0) - start, `place ${place}`).toBe(SPAN_MS * (1 + Math.floor(place / LIMIT)));
      }
      expect(second.filter(({ refused }) => refused)).toEqual([]);
      for (const { back, at } of second) expect(at - back).toBeLessThanOrEqual(2 * JITTER_MS);
      expect(met().map(({ status }) => status)).toEqual(Array(many).fill(200));
    },
  );

  test('G7: a Client that asks for 50 Connections does not keep another from its one: that one has the next slot, or the one after', async () => {
    const { clock, names, ask, pass, signedIn, met } = await limitedWorld({ connections: 51 });
    const [modest = '', ...many] = names;
    const start = clock.now();

    // One each twelve seconds: so the slots come free one by one.
    for (const name of many.slice(0, LIMIT)) {
      await ask(name, 'greedy');
      await pass(SLOT_MS);
    }
    const greedy = many.slice(LIMIT).map((name) => ask(name, 'greedy'));
    await pass(100);
    const one = ask(modest, 'modest');
    await pass(CALLER_WAIT_MS);
    await Promise.all(greedy);
    const [served] = await Promise.all([one, pass(start + 2 * SPAN_MS - clock.now())]);

    const order = signedIn();
    expect(order.indexOf(modest) - LIMIT).toBeLessThanOrEqual(1);
    expect(served.refused?.retryAfterMs ?? 0).toBeLessThanOrEqual(2 * SLOT_MS);
    // All others have what is left, in their order.
    expect(order.filter((name) => name !== modest)).toEqual(many.slice(0, order.length - 1));
    expect(order).toHaveLength(2 * LIMIT);
    expect(met().filter(({ status }) => status !== 200)).toEqual([]);
  });

  test('G7: a minute’s slots go to a Client each, whatever they ask for, and no minute has more than the limit', async () => {
    const { names, ask, pass, signedIn, met } = await limitedWorld({ connections: 40 });
    const clientOf = (index: number) => ['one', 'two', 'three', 'four'][Math.min(3, index < 25 ? 0 : index < 35 ? 1 : index < 39 ? 2 : 3)] ?? '';

    const asking = names.map((name, index) => ask(name, clientOf(index)));
    await pass(4 * SPAN_MS);
    await Promise.all(asking);

    const turns = signedIn()
      .slice(LIMIT, 3 * LIMIT)
      .map((name) => clientOf(names.indexOf(name)));
    const count = (client: string) => turns.filter((turn) => turn === client).length;
    expect([count('four'), count('three') >= 3, count('two') >= 3, count('one') <= 4]).toEqual([1, true, true, true]);
    const times = met().map(({ at }) => at);
    expect(mostWithin(times, WINDOW_MS)).toBe(LIMIT);
  });
});

function isTold(asked: Asked): asked is Required<Asked> {
  return asked.refused !== undefined;
}
