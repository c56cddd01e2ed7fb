import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../test/manual-clock.ts';
import { type ClientLimits, DEFAULT_CLIENT_LIMITS } from '../domain/client-limits.ts';
import { ClientBusy } from '../domain/errors.ts';
import { ClientGate, type Pass } from './client-gate.ts';

function gate(limits?: ClientLimits) {
  const clock = new ManualClock();
  const clients = new ClientGate({ clock });
  return { clock, enter: (name = 'billing') => clients.enter({ name, ...(limits && { limits }) }) };
}

function refusal(work: () => unknown): ClientBusy | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof ClientBusy) return error;
    throw error;
  }
}

describe('ClientGate', () => {
  test('39: what is not given has its default, spans in milliseconds', () => {
    expect(gate().enter().limits).toEqual(DEFAULT_CLIENT_LIMITS);
    expect(gate({ durationSeconds: 2, requestsPerSecond: 1.5 }).enter().limits).toEqual({
      ...DEFAULT_CLIENT_LIMITS,
      durationMs: 2_000,
      requestsPerSecond: 1.5,
      burst: 3,
    });
  });

  test('39: a Client has so many requests at once, one more where one has ended, however often that is said; others are not concerned', () => {
    const { enter } = gate({ concurrency: 2 });
    const [first] = [enter(), enter()] as [Pass, Pass];

    const third = refusal(() => enter());
    const other = refusal(() => enter('crm'));
    first.leave();
    first.leave();
    const fourth = refusal(() => enter());
    const fifth = refusal(() => enter());

    expect(third).toMatchObject({ status: 429, code: 'client_busy', retryAfterMs: 1_000 });
    expect([other, fourth, fifth?.code]).toEqual([undefined, undefined, 'client_busy']);
  });

  test('39: a Client that is refused is told when it may come, and may come then', () => {
    const { enter, clock } = gate({ requestsPerSecond: 4, burst: 1 });
    enter().leave();

    const early = refusal(() => enter());
    clock.advance(early?.retryAfterMs ?? 0);

    expect(early).toMatchObject({ code: 'client_busy', retryAfterMs: 250 });
    expect(refusal(() => enter())).toBeUndefined();
  });

  test('39: in no span of time does a Client get more than its burst and its rate allow, nor less where it asks for it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 200 }),
        (burst, requestsPerSecond, pauses) => {
          const { enter, clock } = gate({ burst, requestsPerSecond });
          const got: number[] = [];
          let passed = 0;
          for (const pause of pauses) {
            clock.advance(pause);
            passed += pause;
            if (!refusal(() => enter().leave())) got.push(passed);
          }
          got.forEach((from, first) => {
            got.slice(first).forEach((to, after) => {
              expect(after + 1).toBeLessThanOrEqual(burst + ((to - from) / 1_000) * requestsPerSecond + 1e-6);
            });
          });
          expect(got.length).toBeGreaterThanOrEqual(Math.min(pauses.length, burst));
        },
      ),
    );
  });
});
