import { describe, expect, onTestFinished, test } from 'vitest';
import { PlatformUnreachable } from '../../src/domain/errors.ts';
import type { Store } from '../../src/domain/store.ts';
import type { PlatformAnswer } from '../../src/ringcentral/calls/request.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { openInFile } from '../contract/sqlite-world.ts';
import { withConnections } from '../contract/world.ts';
import { ManualClock } from '../manual-clock.ts';
import { LOGIN, refusal, ringOutAnswer, world } from './world.ts';

const CALL = `cmd=call&${LOGIN}&to=6505551230&from=6505551231&clid=8889363711&prompt=1`;
const WINDOW_MS = 5_000;
// What a claim lasts beyond the last word of its holder.
const CLAIM_MS = 9_000;
const LOOK_AGAIN_MS = 50;
const KEEP_MS = 1_000;
const FAILED = 'FAILED Service Unavailable';
const OK = /^OK \d+ 3$/;

describe('rule 15: the same call asked for on two nodes with one database', () => {
  test('at the same instant: it is placed once, and both are answered with its session', async () => {
    const { a, b, asked, answerCall, run } = await nodes();
    for (let round = 0; round < 20; round += 1) {
      const call = CALL.replace('6505551230', `65055512${round + 10}`);

      const asking = [a.ask(call), b.ask(call), a.ask(call), b.ask(call)];
      await answerCall(ringOutAnswer());
      const answers = await run(Promise.all(asking));

      expect(answers[0]).toMatch(OK);
      expect(new Set(answers).size).toBe(1);
      expect(asked()).toBe(round + 1);
    }
  });

  test('the first has placed it between the reading and the taking of the second', async () => {
    const { a, b, asked, answerCall, run } = await nodes();
    const held = b.hold('takeClaim');

    const second = b.ask(CALL);
    await held.reached;
    const first = a.ask(CALL);
    await answerCall(ringOutAnswer());
    const answer = await run(first);
    held.release();

    expect(await run(second)).toBe(answer);
    expect(asked()).toBe(1);
  });

  test('the first has placed it between the taking and the looking of the second', async () => {
    const { a, b, asked, answerCall, run } = await nodes();
    const first = a.ask(CALL);
    await expect.poll(asked).toBe(1);
    const held = b.hold('findClaim');

    const second = b.ask(CALL);
    await held.reached;
    await answerCall(ringOutAnswer());
    const answer = await run(first);
    held.release();

    expect(await run(second)).toBe(answer);
    expect(asked()).toBe(1);
  });

  test('the first is refused: the one that waited places it', async () => {
    const { a, b, asked, answerCall, run } = await nodes();
    const first = a.ask(CALL);
    await expect.poll(asked).toBe(1);
    const second = b.ask(CALL);

    await answerCall(refusal(400, 'CMN-101'));
    const answer = await run(first);
    const placing = run(second);
    await answerCall(ringOutAnswer());

    expect(answer).toBe('FAILED Invalid Phone Number');
    expect(await placing).toMatch(OK);
    expect(asked()).toBe(2);
  });

  test('the first gets no answer, so it may ring: the one that waited is told at once, and nobody places it for 5 s', async () => {
    const { a, b, clock, asked, answerCall, run } = await nodes();
    const first = a.ask(CALL);
    await expect.poll(asked).toBe(1);
    const second = b.ask(CALL);

    // From here at the latest; how far the clock goes until both have failed is not the same in every run.
    const unclearAt = clock.now();
    await answerCall(new PlatformUnreachable('https://platform.example', undefined));
    const failed = [await run(first), await run(second)];
    clock.advance(unclearAt + WINDOW_MS - LOOK_AGAIN_MS - clock.now());
    const early = [await b.ask(CALL), await a.ask(CALL)];
    clock.advance(LOOK_AGAIN_MS);
    const late = run(b.ask(CALL));
    await answerCall(ringOutAnswer());

    expect([...failed, ...early]).toEqual([FAILED, FAILED, FAILED, FAILED]);
    expect(await late).toMatch(OK);
    expect(asked()).toBe(2);
  });

  test('the first dies between placing and saving: the one that waited never places it, a later one does', async () => {
    const { a, b, clock, asked, answerCall, run } = await nodes();
    const dying = a.ask(CALL);
    await expect.poll(asked).toBe(1);
    a.die();
    const waiting = b.ask(CALL);

    const start = clock.now();
    const told = await run(waiting);
    const after = clock.now() - start;
    const later = b.ask(CALL);
    await expect.poll(asked).toBe(2);
    await answerCall(ringOutAnswer());

    expect(told).toBe(FAILED);
    expect(after).toBeGreaterThanOrEqual(WINDOW_MS);
    expect(after).toBeLessThanOrEqual(CLAIM_MS + LOOK_AGAIN_MS);
    expect(await run(later)).toMatch(OK);
    expect(asked()).toBe(2);
    void dying;
  });

  test('the first dies before it asks the platform: a later one places it', async () => {
    const { a, b, clock, asked, answerCall, run } = await nodes();
    const held = a.hold('permit');
    void a.ask(CALL);
    await held.reached;
    a.die();

    clock.advance(CLAIM_MS);
    const later = b.ask(CALL);
    await answerCall(ringOutAnswer());

    expect(await run(later)).toMatch(OK);
    expect(asked()).toBe(1);
  });

  test('the first dies between saving and releasing: the second is answered with its session', async () => {
    const { a, b, asked, answerCall, run } = await nodes();
    const held = a.hold('releaseClaim');
    void a.ask(CALL);
    await answerCall(ringOutAnswer());
    await held.reached;
    a.die();

    expect(await run(b.ask(CALL))).toMatch(OK);
    expect(asked()).toBe(1);
  });

  test('the first takes its time: while it lives nobody else places it', async () => {
    const { a, b, clock, asked, answerCall, run } = await nodes();
    const first = a.ask(CALL);
    await expect.poll(asked).toBe(1);

    for (let second = 0; second < 15; second += 1) {
      await expect.poll(() => clock.isAsleepFor(KEEP_MS)).toBe(true);
      clock.advance(KEEP_MS);
    }
    const late = b.ask(CALL);
    await answerCall(ringOutAnswer());
    const answers = await run(Promise.all([first, late]));

    expect(answers[0]).toMatch(OK);
    expect(answers[1]).toBe(answers[0]);
    expect(asked()).toBe(1);
  });

  test('who waits longer than an old program does is told that it failed', async () => {
    const { a, b, clock, asked, run } = await nodes();
    void a.ask(CALL);
    await expect.poll(asked).toBe(1);

    const start = clock.now();
    const told = await run(b.ask(CALL));

    expect(told).toBe(FAILED);
    expect(clock.now() - start).toBeGreaterThanOrEqual(20_000);
    expect(clock.now() - start).toBeLessThan(30_000);
    expect(asked()).toBe(1);
  });

  test('the first is stopped until another has placed it, before it asked the platform: it does not place it', async () => {
    const { a, b, clock, asked, answerCall, run } = await nodes();
    const held = a.hold('findFirstRepeat');
    const stopped = a.ask(CALL);
    await held.reached;
    a.die();
    clock.advance(CLAIM_MS + WINDOW_MS);
    const placed = b.ask(CALL);
    await answerCall(ringOutAnswer());
    const answer = await run(placed);
    clock.advance(WINDOW_MS);

    a.wake();
    held.release();

    expect(answer).toMatch(OK);
    expect(await run(stopped)).toBe(FAILED);
    expect(asked()).toBe(1);
  });
});

type Point = 'takeClaim' | 'findClaim' | 'releaseClaim' | 'permit' | 'findFirstRepeat';

/** Two gateways on stores of their own in one file, one clock, and a platform that answers when the test says. */
async function nodes() {
  const opened = await openInFile();
  onTestFinished(() => opened.close());
  await withConnections(opened.store, 'front-desk', 'back-office');
  const clock = new ManualClock();
  const waiting: { answer(given: PlatformAnswer): void; fail(error: Error): void }[] = [];
  let calls = 0;
  const call = () => {
    calls += 1;
    return new Promise<PlatformAnswer>((answer, fail) => waiting.push({ answer, fail }));
  };
  return {
    a: node(opened.store, clock, call),
    b: node(opened.other, clock, call),
    clock,
    /** How many calls the platform was asked to place. */
    asked: () => calls,
    /** Answers the latest of the calls that wait, once there is one. */
    answerCall: async (given: PlatformAnswer | Error) => {
      await expect.poll(() => waiting.length, { interval: 5 }).toBeGreaterThan(0);
      const { answer, fail } = waiting.pop()!;
      if (given instanceof Error) fail(given);
      else answer(given);
    },
    /** Lets time pass until it resolves. */
    run: async <Result>(work: Promise<Result>): Promise<Result> => {
      let done = false;
      const ended = work.finally(() => {
        done = true;
      });
      ended.catch(() => undefined);
      while (!done) {
        if (clock.isAsleepFor(LOOK_AGAIN_MS)) clock.advance(LOOK_AGAIN_MS);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return ended;
    },
  };
}

/** One gateway, which stops where it is told to, and can die. */
function node(store: Store, clock: ManualClock, call: () => Promise<PlatformAnswer>) {
  const gates = new Map<Point, { reach(): void; readonly released: Promise<void> }>();
  const through = async (point: Point): Promise<void> => {
    const gate = gates.get(point);
    gates.delete(point);
    gate?.reach();
    await gate?.released;
  };
  let woken = Promise.resolve();
  let wake = () => {};
  let claimed = false;
  // What a process that is dead asks of its database never arrives; what a stopped one asks does when it wakes up.
  const living = async <Result>(work: () => Promise<Result>): Promise<Result> => woken.then(work);
  const { api } = world({
    sessions: {
      ...store,
      findRepeat: async (...given) => {
        if (claimed) await through('findFirstRepeat');
        return store.findRepeat(...given);
      },
    },
    claims: {
      ...store,
      takeClaim: async (...given) => {
        await through('takeClaim');
        claimed = await store.takeClaim(...given);
        return claimed;
      },
      findClaim: async (...given) => {
        await through('findClaim');
        return store.findClaim(...given);
      },
      keepClaim: (...given) => living(() => store.keepClaim(...given)),
      releaseClaim: async (...given) => {
        await through('releaseClaim');
        return living(() => store.releaseClaim(...given));
      },
    },
    access: {
      findLegacyLogin: async () => ({ client: 'crm', connection: 'front-desk' }),
      permit: async () => {
        if (claimed) await through('permit');
      },
    },
    call,
    clock,
    random: systemRandom,
    repeatWindowMs: WINDOW_MS,
  });
  return {
    ask: (query: string) => api.answer(Object.fromEntries(new URLSearchParams(query)), { address: '192.0.2.7' }),
    /** Stops the next one that comes to this point, until it is released. */
    hold: (point: Point) => {
      let reach = () => {};
      let release = () => {};
      const reached = new Promise<void>((resolve) => {
        reach = resolve;
      });
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      gates.set(point, { reach, released });
      return { reached, release: () => release() };
    },
    die: () => {
      woken = new Promise((resolve) => {
        wake = resolve;
      });
    },
    wake: () => wake(),
  };
}
