import { expect, test } from 'vitest';
import { RequestLog } from './request-log.ts';

test('the request log holds the last 10,000 requests, and no path that is longer than the platform has', () => {
  const log = new RequestLog();

  for (let index = 0; index < 25_000; index += 1) log.add(index, 'GET', `/${'x'.repeat(index % 1_000)}`);

  const entries = log.list();
  expect(entries).toHaveLength(10_000);
  expect([entries[0]?.at, entries.at(-1)?.at]).toEqual([15_000, 24_999]);
  expect(Math.max(...entries.map(({ path }) => path.length))).toBe(500);
});

test('the request log keeps nothing of what stands behind a path', () => {
  const log = new RequestLog();
  const before = process.memoryUsage().heapUsed;

  for (let index = 0; index < 10_000; index += 1) {
    const target = Buffer.from(`/restapi/v1.0/nothing?${'x'.repeat(15_000)}${index}`).toString();
    log.add(index, 'GET', target.slice(0, target.indexOf('?')));
  }

  expect((process.memoryUsage().heapUsed - before) / 1e6).toBeLessThan(100);
  expect(log.list()).toHaveLength(10_000);
});
