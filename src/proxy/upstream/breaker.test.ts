import { describe, expect, test } from 'vitest';
import { Breaker } from './breaker.ts';

const OPTIONS = { failures: 3, coolMs: 1_000, maxCoolMs: 3_000 };

describe('Breaker', () => {
  test('opens after failures in a row only', () => {
    const breaker = new Breaker(OPTIONS);

    breaker.failed(0);
    breaker.failed(0);
    breaker.succeeded();
    expect([breaker.failed(0), breaker.failed(0)]).toEqual([false, false]);
    expect(breaker.admit(0)).toBe('go');

    expect(breaker.failed(0)).toBe(true);
    expect(breaker.admit(0)).toBe(1_000);
  });

  test('lets one request through when its time is over, and waits longer each time that fails', () => {
    const breaker = new Breaker(OPTIONS);
    for (let i = 0; i < 3; i += 1) breaker.failed(0);

    expect(breaker.admit(999)).toBe(1);
    expect(breaker.admit(1_000)).toBe('probe');
    expect(breaker.admit(1_000)).toBe(1_000);
    breaker.failed(1_000);
    expect(breaker.admit(1_000)).toBe(2_000);
    expect(breaker.admit(3_000)).toBe('probe');
    breaker.failed(3_000);
    expect(breaker.admit(3_000)).toBe(3_000);
  });

  test('closes when the probe is answered, and begins with the short time again', () => {
    const breaker = new Breaker(OPTIONS);
    for (let i = 0; i < 3; i += 1) breaker.failed(0);
    breaker.admit(1_000);
    breaker.failed(1_000);
    breaker.admit(3_000);

    breaker.succeeded();

    expect(breaker.state).toBe('closed');
    for (let i = 0; i < 3; i += 1) breaker.failed(5_000);
    expect(breaker.admit(5_000)).toBe(1_000);
  });

  test('failures of requests from before it opened do not lengthen it', () => {
    const breaker = new Breaker(OPTIONS);
    for (let i = 0; i < 10; i += 1) breaker.failed(0);

    expect(breaker.admit(1_000)).toBe('probe');
  });

  test('a probe that shows nothing makes room for another one', () => {
    const breaker = new Breaker(OPTIONS);
    for (let i = 0; i < 3; i += 1) breaker.failed(0);
    breaker.admit(1_000);

    breaker.unproven();

    expect(breaker.admit(1_000)).toBe('probe');
  });
});
