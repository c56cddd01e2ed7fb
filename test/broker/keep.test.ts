import { describe, expect, test } from 'vitest';
import { LIMIT, limitedWorld, SPAN_MS } from './budget-world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
// A token of an hour is handed out for so long.
const USABLE_MS = 59 * MINUTE_MS;

describe('keep', () => {
  test('G7: fresh: a token is ready before anybody asks, and the next as soon as one is over', async () => {
    const { clock, names, ask, pass, met } = await limitedWorld({ connections: 3, keep: 'fresh' });
    const start = clock.now();
    await pass(6_000);

    for (let tokens = 1; tokens <= 3; tokens += 1) {
      expect(met(), 'before anybody asks').toHaveLength(tokens * names.length);
      const asked = await Promise.all(names.map((name) => ask(name)));
      expect(asked.map(({ at, refused }) => [at, refused])).toEqual(names.map(() => [clock.now(), undefined]));
      expect(met()).toHaveLength(tokens * names.length);
      clock.advance(start + tokens * USABLE_MS - clock.now());
      await pass(12_000);
    }

    // None is rotated early: it is good for as long as it said.
    expect(met().filter(({ at }) => (at - start) % USABLE_MS > 12_000)).toEqual([]);
  });

  test('G7: fresh: more of them than a minute has slots for follow one another, behind a caller who waits', async () => {
    const { names, ask, pass, met, signedIn } = await limitedWorld({ connections: 8, keep: 'fresh' });
    await pass(6_000);
    const [first, left] = [signedIn(), names.filter((name) => !signedIn().includes(name))];

    const told = ask(left.at(-1) ?? '');
    await pass(SPAN_MS);
    await told;

    expect([first.length, left.length]).toEqual([LIMIT, 3]);
    expect(signedIn().slice(LIMIT)).toEqual([left[2], left[0], left[1]]);
    expect(met().map(({ status }) => status)).toEqual(Array(names.length).fill(200));
  });

  test('G7: alive: not before somebody asks, then when somebody uses it, else a day before it would die', async () => {
    const { clock, names, ask, pass, met, store } = await limitedWorld({ connections: 1 });
    const [name = ''] = names;
    const refreshes: string[] = [];
    const note = (what: string, before: number) => {
      if (met().length > before) refreshes.push(what);
    };
    const idle = async (hours: number) => {
      for (let hour = 1; hour <= hours; hour += 1) {
        const before = met().length;
        clock.advance(HOUR_MS);
        await pass(6_000);
        note(`after ${Math.round((clock.now() - issuedAt) / HOUR_MS)} h`, before);
      }
    };
    await pass(6_000);
    note('unasked', 0);
    await ask(name);
    let issuedAt = clock.now();

    await idle(100);
    const before = met().length;
    await ask(name);
    note('asked', before);
    issuedAt = clock.now();
    await idle((7 * DAY_MS) / HOUR_MS);

    expect(refreshes).toEqual(['asked', 'after 144 h']);
    expect((await store.findGrant(name))?.refreshExpiresAt).toBeGreaterThan(clock.now() + 5 * DAY_MS);
  });
});
