import { describe, expect, test } from 'vitest';
import type { Fetch } from '../../src/runtime/fetch.ts';
import { ManualClock } from '../manual-clock.ts';
import { JITTER_MS, LIMIT, limitedWorld, mostWithin, SPAN_MS, WINDOW_MS } from './budget-world.ts';

const PENALTY_MS = 60_000;
const MARGIN_MS = 1_000;

describe('somebody else who uses the same App', () => {
  test('G7: what they took is learned from the first answer; nobody meets the limit because of them', async () => {
    const { clock, names, ask, pass, signInElsewhere, met } = await limitedWorld({ connections: 3 });
    const start = clock.now();
    for (let taken = 1; taken < LIMIT; taken += 1) await signInElsewhere();

    const [first = '', ...others] = names;
    const served = await ask(first);
    const waiting = others.map((name) => ask(name));
    await pass(SPAN_MS + JITTER_MS);
    await Promise.all(waiting);

    expect(served.refused).toBeUndefined();
    expect(met().map(({ status }) => status)).toEqual(Array(LIMIT + others.length).fill(200));
    for (const { at } of met().slice(LIMIT)) expect(at - start).toBeGreaterThanOrEqual(SPAN_MS);
  });

  test('G7: who meets their penalty asks nothing within it, says how long it lasts, and then goes on', async () => {
    const { clock, names, ask, pass, signInElsewhere, met } = await limitedWorld({ connections: 6 });
    for (let taken = 0; taken < LIMIT; taken += 1) await signInElsewhere();
    const start = clock.now();

    const told = [await ask(names[0] ?? '')];
    for (let second = 0; second < 60; second += 5) {
      await pass(5_000);
      told.push(await ask(names[1 + (second % 5)] ?? ''));
    }
    const during = met().length;
    const ends = told.map(({ at, refused }) => at + (refused?.retryAfterMs ?? 0) - start);
    await pass(start + Math.max(...ends) - clock.now());
    const returning = names.map((name) => ask(name));
    await pass(SPAN_MS + JITTER_MS);
    const after = await Promise.all(returning);

    expect(new Set(told.map(({ refused }) => `${refused?.status} ${refused?.code}`))).toEqual(new Set(['503 platform_busy']));
    expect(new Set(ends)).toEqual(new Set([PENALTY_MS + MARGIN_MS]));
    expect(during).toBe(LIMIT + 1);
    expect(after.filter(({ refused }) => refused)).toHaveLength(1);
    expect(met().filter(({ status }) => status !== 200)).toHaveLength(1);
    expect(met()).toHaveLength(LIMIT + 1 + names.length);
  });

  test('G7: their penalty that they start anew and anew costs us one request a minute, never one within what we were told', async () => {
    const { names, ask, pass, signInElsewhere, met, tokenRequests } = await limitedWorld({ connections: 1 });
    for (let taken = 0; taken < LIMIT; taken += 1) await signInElsewhere();
    const ours: number[] = [];

    for (let second = 0; second < 300; second += 1) {
      const before = tokenRequests().length;
      await ask(names[0] ?? '');
      if (tokenRequests().length > before) ours.push(second);
      if (second % 20 === 10) await signInElsewhere();
      await pass(1_000);
    }

    expect(ours.length).toBeGreaterThanOrEqual(4);
    for (const [index, second] of ours.slice(1).entries()) expect(second - (ours[index] ?? 0)).toBeGreaterThanOrEqual((PENALTY_MS + MARGIN_MS) / 1_000);
    expect(met().filter(({ status }) => status === 200)).toHaveLength(LIMIT);
  });
});

describe('whose limit it is', () => {
  test('G7: the App’s, unless answers say otherwise: 12 users sign in within the limit of one', async () => {
    const { names, ask, pass, met } = await limitedWorld({ connections: 12 });

    const asking = names.map((name) => ask(name));
    await pass(3 * SPAN_MS);
    await Promise.all(asking);

    expect(met().map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(
      mostWithin(
        met().map(({ at }) => at),
        WINDOW_MS,
      ),
    ).toBe(LIMIT);
  });

  test('G7: each user’s own, where the answers say so: then 40 users sign in at once, and one 429 ends that', async () => {
    const { names, ask, pass, store, sandbox, met } = await limitedWorld({ connections: 40, rules: { authLimit: 'user' } });
    const [late = '', ...others] = names;

    const asking = others.map((name) => ask(name));
    await pass(1_000);
    const learned = await store.findBudget('demo', 0);
    const asked = await Promise.all(asking);
    await sandbox.addFault({ match: { path: '/restapi/oauth/token' }, times: 1, action: { status: 429, headers: LIMITED } });
    await ask(late);
    const after = await store.findBudget('demo', 0);

    expect(asked.filter(({ refused }) => refused)).toEqual([]);
    expect(met().filter(({ status }) => status === 200)).toHaveLength(others.length);
    expect([learned.limit, after.limit]).toEqual([undefined, LIMIT]);
  });

  test('G7: the App’s also where the first answers took long: what left a minute ago does not count', async () => {
    const clock = { current: new ManualClock() };
    const slow = { ms: 600 };
    const { names, ask, pass, met, ...at } = await limitedWorld({ connections: 15, through: (fetch) => late(fetch, () => clock.current, slow) });
    clock.current = at.clock;

    const asking = names.map((name) => ask(name));
    await pass(SPAN_MS / 2);
    slow.ms = 0;
    await pass(3 * SPAN_MS);
    await Promise.all(asking);

    expect(met().map(({ status }) => status)).toEqual(Array(15).fill(200));
    expect((await at.store.findBudget('demo', 0)).limit).toBe(LIMIT);
  });
});

const LIMITED = {
  'retry-after': '60',
  'x-rate-limit-group': 'auth',
  'x-rate-limit-limit': String(LIMIT),
  'x-rate-limit-remaining': '0',
  'x-rate-limit-window': String(WINDOW_MS / 1_000),
};

/** Answers that take as long as this on their way back. */
function late(fetch: Fetch, clock: () => ManualClock, slow: { readonly ms: number }): Fetch {
  return async (url, init) => {
    const answer = await fetch(url, init);
    if (slow.ms > 0) await clock().sleep(slow.ms);
    return answer;
  };
}
