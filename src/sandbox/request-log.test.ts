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
