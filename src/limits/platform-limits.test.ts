import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { PlatformLimited } from '../domain/errors.ts';
import type { LimitGroup, Permit } from '../domain/platform-limits.ts';
import { PlatformLimits } from './platform-limits.ts';

const WINDOW_MS = 60_000;

/** The platform as its documents describe it: a sliding window per group, and a penalty that each request in it begins anew. */
class Platform {
  readonly takenAt: number[] = [];
  penaltyEndsAt = 0;
  refused = 0;
  inPenalty = 0;
  readonly limit: number;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock, limit: number) {
    this.#clock = clock;
    this.limit = limit;
  }

  /** A request arrives. */
  arrive(group = 'medium'): { readonly status: number; readonly headers: Record<string, string> } {
    const now = this.#clock.now();
    while (this.takenAt[0] !== undefined && this.takenAt[0] <= now - WINDOW_MS) this.takenAt.shift();
    const refused = now < this.penaltyEndsAt || this.takenAt.length >= this.limit;
    if (now < this.penaltyEndsAt) this.inPenalty += 1;
    if (refused) {
      this.refused += 1;
      this.penaltyEndsAt = now + WINDOW_MS;
    } else this.takenAt.push(now);
    const remaining = refused ? 0 : this.limit - this.takenAt.length;
    const stated = { group, limit: this.limit, remaining, window: 60 };
    const headers = Object.fromEntries(Object.entries(stated).map(([name, value]) => [`x-rate-limit-${name}`, String(value)]));
    return refused ? { status: 429, headers: { ...headers, 'retry-after': '60' } } : { status: 200, headers };
  }
}

function world({ limit = 40 }: { limit?: number } = {}) {
  const clock = new ManualClock();
  const limits = new PlatformLimits({ clock });
  const platform = new Platform(clock, limit);
  const ask = (client = 'a', waitMs?: number, group: LimitGroup = 'medium') =>
    limits.admit({ app: 'main', connection: 'front-desk', group, client, ...(waitMs !== undefined && { waitMs }) });
  const roundTrip = (permit: Permit, group?: LimitGroup) => {
    const { headers, status } = platform.arrive(group);
    permit.answered(headers, status);
  };
  return { clock, limits, platform, ask, roundTrip };
}

/** What was asked for: leaves at once, waits, or was refused. */
function outcome(ask: () => Permit | Promise<Permit>): 'left' | 'waits' | PlatformLimited {
  try {
    const asked = ask();
    if (!(asked instanceof Promise)) return 'left';
    asked.catch(() => undefined);
    return 'waits';
  } catch (error) {
    return error as PlatformLimited;
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('PlatformLimits', () => {
  test.each([
    ['light', 50],
    ['medium', 40],
    ['heavy', 10],
  ] as const)('P4: before anything is known, %s lets %i leave at once; the next waits for what their answers say', async (group, limit) => {
    const { ask, roundTrip, clock } = world({ limit });

    const left = await Promise.all(Array.from({ length: limit }, () => ask('a', undefined, group)));
    const next = ask('a', undefined, group) as Promise<Permit>;
    for (const permit of left) roundTrip(permit, group);
    const another = outcome(() => ask('a', undefined, group));
    const refused = next.catch((error: unknown) => error);
    clock.advance(10_000);

    // They are not asked twice: there is no room for a minute.
    expect(another).toMatchObject({ status: 429, retryAfterMs: 60_100 });
    expect(await refused).toMatchObject({ status: 429, retryAfterMs: 50_100 });
  });

  test('P4: what waited for the first answers leaves where they state no limit, or one that nobody reaches', async () => {
    for (const headers of [
      {},
      { 'x-rate-limit-group': 'medium', 'x-rate-limit-limit': '20000', 'x-rate-limit-remaining': '19999', 'x-rate-limit-window': '60' },
    ]) {
      const { ask, limits } = world();
      const [first] = await Promise.all(Array.from({ length: 40 }, () => ask()));
      const waiting = Array.from({ length: 100 }, () => ask());

      first?.answered({ get: (name) => (headers as Record<string, string>)[name] ?? null }, 200);
      for (const permit of await Promise.all(waiting)) permit.answered({ get: (name) => (headers as Record<string, string>)[name] ?? null }, 200);

      expect([...limits.buckets()].map(({ limit }) => limit)).toEqual([undefined]);
    }
  });

  test('P4: a request that has to wait a little waits, and leaves when the window has slid; not a moment later', async () => {
    const { ask, roundTrip, clock, platform } = world();
    for (let sent = 0; sent < 40; sent += 1) roundTrip(await ask());
    clock.advance(55_000);

    const waiting = ask() as Promise<Permit>;
    let left = false;
    void waiting.then(() => {
      left = true;
    });
    clock.advance(5_000);
    await settle();
    const before = left;
    clock.advance(101);
    roundTrip(await waiting);

    expect([before, left, platform.refused]).toEqual([false, true, 0]);
  });

  test('P4: a request that may wait for no time is refused at once, also where a moment would do', async () => {
    const { ask, roundTrip, clock } = world();
    for (let sent = 0; sent < 40; sent += 1) roundTrip(await ask());
    clock.advance(59_999);

    expect(outcome(() => ask('a', 0))).toMatchObject({ code: 'platform_limited', retryAfterMs: 101 });
  });

  test('P4: after a 429 nothing leaves until Retry-After and a second more are over, and nothing begins the penalty anew', async () => {
    const { ask, roundTrip, clock, platform, limits } = world();
    roundTrip(await ask());
    platform.penaltyEndsAt = clock.now() + 1;
    roundTrip(await ask());

    const refused = outcome(() => ask());
    const elsewhere = outcome(() => limits.admit({ app: 'main', connection: 'back-office', group: 'medium', client: 'a' }));
    clock.advance(60_999);
    const within = outcome(() => ask('a', 0));
    clock.advance(1);
    const after = outcome(() => ask('a', 0));

    expect(refused).toMatchObject({ status: 429, retryAfterMs: 61_000 });
    expect([elsewhere, within instanceof PlatformLimited, after, platform.inPenalty]).toEqual(['left', true, 'left', 1]);
  });

  test('P4: what the platform states counts, for every Connection of the App: its limit, its window, its group', async () => {
    const { ask, limits } = world();
    const first = (await ask()) as Permit;
    first.answered({ 'x-rate-limit-group': 'heavy', 'x-rate-limit-limit': '3', 'x-rate-limit-remaining': '2', 'x-rate-limit-window': '30' }, 200);

    const heavy = [0, 1, 2].map(() => outcome(() => ask('a', undefined, 'heavy')));
    const other = [0, 1, 2, 3].map(() => outcome(() => limits.admit({ app: 'main', connection: 'b', group: 'heavy', client: 'a' })));
    const medium = Array.from({ length: 40 }, () => outcome(() => ask()));

    expect(heavy.map((each) => each instanceof PlatformLimited)).toEqual([false, false, true]);
    expect(other.map((each) => each instanceof PlatformLimited)).toEqual([false, false, false, true]);
    expect(new Set(medium)).toEqual(new Set(['left']));
  });

  test('P4: what others use of the limit shows in what is left, and is not used a second time', async () => {
    const { ask, roundTrip, platform } = world();
    roundTrip(await ask());
    for (let others = 0; others < 30; others += 1) platform.arrive();
    roundTrip(await ask());

    const outcomes = Array.from({ length: 9 }, () => outcome(() => ask('a', 0)));

    expect(outcomes.map((each) => each === 'left')).toEqual([...Array<boolean>(8).fill(true), false]);
  });

  test('P4: while requests are under way, what the platform says is left may be theirs', async () => {
    const { ask, roundTrip, platform } = world();
    const underWay = [];
    for (let sent = 0; sent < 5; sent += 1) underWay.push(await ask());
    for (let others = 0; others < 30; others += 1) platform.arrive();
    roundTrip(underWay[0]!);

    const outcomes = Array.from({ length: 9 }, () => ask.bind(undefined, 'a', 0)).map((one) => {
      try {
        underWay.push(one() as Permit);
        return 'left';
      } catch {
        return 'refused';
      }
    });
    for (const permit of underWay.slice(1)) roundTrip(permit);

    expect(outcomes).toEqual([...Array<string>(5).fill('left'), ...Array<string>(4).fill('refused')]);
    expect([platform.takenAt.length, platform.refused]).toEqual([40, 0]);
  });

  test('a limit that three answers in a row do not state is none; one that is stated again counts again', async () => {
    const { ask, roundTrip } = world();
    for (let sent = 0; sent < 3; sent += 1) (await ask()).answered({}, 200);

    const many = Array.from({ length: 500 }, () => ask());
    for (const permit of many) roundTrip(await permit);

    expect(many.some((permit) => permit instanceof Promise)).toBe(false);
    expect(outcome(() => ask('a', 0))).toBeInstanceOf(PlatformLimited);
  });

  test('an operation without a limit is never held back', () => {
    const { limits } = world();

    const outcomes = Array.from({ length: 1_000 }, () => outcome(() => limits.admit({ app: 'main', connection: 'a', group: undefined, client: 'a' })));

    expect(new Set(outcomes)).toEqual(new Set(['left']));
  });

  test('P4: the room of a request that never left goes to who waits', async () => {
    const { ask, roundTrip, clock } = world();
    for (let sent = 0; sent < 39; sent += 1) roundTrip(await ask());
    clock.advance(55_000);
    const last = (await ask()) as Permit;
    const [first, second] = [ask(), ask()] as Promise<Permit>[];

    last.unused();

    expect(await Promise.race([first, settle().then(() => 'nobody')])).not.toBe('nobody');
    expect(await Promise.race([second, settle().then(() => 'nobody')])).toBe('nobody');
  });

  test('a request whose caller is gone waits no more, and its turn is the next one’s', async () => {
    const { ask, roundTrip, clock, limits } = world();
    for (let sent = 0; sent < 40; sent += 1) roundTrip(await ask());
    clock.advance(55_000);
    const gone = new AbortController();
    const first = limits.admit({ app: 'main', connection: 'front-desk', group: 'medium', client: 'a', signal: gone.signal }) as Promise<Permit>;
    const second = ask() as Promise<Permit>;

    gone.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    clock.advance(5_101);

    roundTrip(await second);
  });

  test('P4: of three Clients, one greedy, each gets its share; what the two do not want goes to the greedy one', async () => {
    const { ask, roundTrip, clock, platform } = world();
    const got = { greedy: 0, a: 0, b: 0 };
    const refused = { greedy: 0, a: 0, b: 0 };
    const send = (client: keyof typeof got) => {
      try {
        const asked = ask(client);
        if (!(asked instanceof Promise)) {
          got[client] += 1;
          roundTrip(asked);
          return;
        }
        asked.then(
          (permit) => {
            got[client] += 1;
            roundTrip(permit);
          },
          () => {
            refused[client] += 1;
          },
        );
      } catch {
        refused[client] += 1;
      }
    };
    // Ten minutes: the greedy one asks ten times a second, the others every six seconds.
    for (let second = 0; second < 600; second += 1) {
      for (let times = 0; times < 10; times += 1) send('greedy');
      if (second % 6 === 0) {
        send('a');
        send('b');
      }
      clock.advance(1_000);
      await settle();
    }

    expect([platform.refused, platform.inPenalty]).toEqual([0, 0]);
    expect([got.a, got.b, refused.a, refused.b]).toEqual([100, 100, 0, 0]);
    // Ten windows have room for 400; one for each of the others is kept free.
    expect(got.greedy).toBeGreaterThan(150);
  });

  test('P4: no order of requests, answers, losses and others’ use has a request meet a limit that was known, or a penalty', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('ask' as const), client: fc.constantFrom('a', 'b', 'c') }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('arrive' as const), at: fc.nat(50) }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const), at: fc.nat(50) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), at: fc.nat(50) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('unused' as const), at: fc.nat(50) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 20_000 }) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 300 }), fc.integer({ min: 1, max: 12 }), async (steps, limit) => {
        const { clock, platform, ask, roundTrip, limits } = world({ limit });
        roundTrip(await ask());
        type Sent = { permit: Permit; answer?: ReturnType<Platform['arrive']> };
        const sent: Sent[] = [];
        for (const each of steps) {
          if (each.do === 'ask') {
            try {
              const asked = ask(each.client);
              if (asked instanceof Promise)
                asked.then(
                  (permit) => sent.push({ permit }),
                  () => undefined,
                );
              else sent.push({ permit: asked });
            } catch (error) {
              expect(error).toBeInstanceOf(PlatformLimited);
            }
          } else if (each.do === 'pass') {
            clock.advance(each.ms);
            await settle();
          } else {
            const one = sent[each.at % Math.max(1, sent.length)];
            if (!one) continue;
            if (each.do === 'arrive') one.answer ??= platform.arrive();
            else if (each.do === 'answer' && one.answer) {
              one.permit.answered(one.answer.headers, one.answer.status);
              sent.splice(sent.indexOf(one), 1);
            } else if (each.do === 'lose') {
              one.permit.lost();
              sent.splice(sent.indexOf(one), 1);
            } else if (each.do === 'unused' && !one.answer) {
              one.permit.unused();
              sent.splice(sent.indexOf(one), 1);
            }
          }
        }
        expect([platform.refused, platform.inPenalty]).toEqual([0, 0]);
        for (const bucket of limits.buckets()) expect(bucket.inFlight).toBe(sent.length);
      }),
      { numRuns: 150 },
    );
  });
});
