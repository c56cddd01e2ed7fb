import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outside } from '../../test/sandbox-world.ts';
import { Latencies } from './latencies.ts';

describe('latencies', () => {
  test('the first that means a request is the one it has; without any there is none', () => {
    const latencies = new Latencies([
      { method: 'post', path: '/a', minMs: 1 },
      { path: '/a*', minMs: 2 },
      { method: 'DELETE', minMs: 3 },
    ]);

    const found = [
      latencies.next('POST', '/a'),
      latencies.next('GET', '/a'),
      latencies.next('GET', '/ab'),
      latencies.next('DELETE', '/b'),
      latencies.next('GET', '/b'),
    ];

    expect(found).toEqual([1, 2, 2, 3, 0]);
  });

  test('a range is kept to, and drawn alike in every run', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), (minMs, more) => {
        const [one, other] = [new Latencies([{ minMs, maxMs: minMs + more }]), new Latencies([{ minMs, maxMs: minMs + more }])];
        const draws = (latencies: Latencies) => Array.from({ length: 50 }, () => latencies.next('GET', '/'));

        const drawn = draws(one);

        expect(draws(other)).toEqual(drawn);
        expect(Math.min(...drawn)).toBeGreaterThanOrEqual(minMs);
        expect(Math.max(...drawn)).toBeLessThanOrEqual(minMs + more);
        one.reset();
        expect(draws(one)).toEqual(drawn);
      }),
    );
  });

  test('every value of a range comes', () => {
    const latencies = new Latencies([{ minMs: 0, maxMs: 9 }]);

    expect(new Set(Array.from({ length: 500 }, () => latencies.next('GET', '/'))).size).toBe(10);
  });

  test('a request is held as long, and by a fault besides', async () => {
    const { sandbox, clock, ask } = await outside({ scenario: { latencies: [{ path: '/restapi', minMs: 40 }] } });
    await sandbox.addFault({ match: {}, times: 1, action: { delayMs: 2 } });

    const waiting = ask('/restapi');
    while (clock.sleeping().length === 0) await new Promise((resolve) => setImmediate(resolve));
    const asleep = clock.sleeping();
    clock.wakeAll();

    expect(asleep).toEqual([42]);
    expect((await waiting).status).toBe(200);
    expect((await ask('/restapi/v1.0')).status).toBe(200);
  });
});
