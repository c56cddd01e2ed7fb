import { describe, expect, test } from 'vitest';
import type { AuditLine } from '../domain/audit.ts';
import { Refusals } from './refusals.ts';

const LINE = { who: 'unknown', action: 'getToken', object: 'connections/front-desk', address: '192.0.2.7', result: 'client_unknown', requestId: 'r' };
const MINUTE_MS = 60_000;

function refusals() {
  const written: (AuditLine & { times: number })[] = [];
  const time = { now: 1_000_000 };
  return { written, time, refusals: new Refusals(async (line, times) => void written.push({ ...line, times }), { now: () => time.now }) };
}

describe('refusals of somebody unknown', () => {
  test('67: the first stands there at once, those of the ten minutes after it in one line with their number', async () => {
    const { refusals: to, written, time } = refusals();

    for (let index = 0; index < 1_000; index += 1) await to.add(LINE);
    const atOnce = [...written];
    time.now += 10 * MINUTE_MS;
    await to.sumUp();

    expect(atOnce).toEqual([{ ...LINE, times: 1 }]);
    expect(written.slice(1)).toEqual([{ ...LINE, requestId: '', times: 999 }]);
  });

  test('the numbers add up, and whoever goes on has two lines in ten minutes', async () => {
    const { refusals: to, written, time } = refusals();

    for (let second = 0; second < 3_600; second += 1) {
      await to.add(LINE);
      time.now += 1_000;
    }
    await to.sumUp(true);

    expect(written).toHaveLength(12);
    expect(written.reduce((sum, { times }) => sum + times, 0)).toBe(3_600);
  });

  test('one alone makes one line', async () => {
    const { refusals: to, written, time } = refusals();

    await to.add(LINE);
    time.now += 10 * MINUTE_MS;
    await to.sumUp(true);

    expect(written).toHaveLength(1);
  });

  test('whoever asks for one thing after the other is told as that', async () => {
    const { refusals: to, written } = refusals();

    await to.add(LINE);
    await to.add({ ...LINE, object: 'connections/back-office' });
    await to.add({ ...LINE, action: 'replaceToken' });
    await to.sumUp(true);

    expect(written.at(-1)).toEqual({ ...LINE, action: 'several', object: 'several', requestId: '', times: 2 });
  });

  test('a flood hides neither another source nor another kind of credential', async () => {
    const { refusals: to, written } = refusals();
    for (let index = 0; index < 100; index += 1) await to.add(LINE);

    await to.add({ ...LINE, address: '192.0.2.8' });
    await to.add({ ...LINE, result: 'admin_token_wrong' });

    expect(written.slice(1)).toMatchObject([{ address: '192.0.2.8' }, { result: 'admin_token_wrong' }]);
  });

  test('an IPv6 network is one source', async () => {
    const { refusals: to, written } = refusals();

    for (let index = 1; index < 1_000; index += 1) await to.add({ ...LINE, address: `2001:db8:1:2::${index.toString(16)}` });

    expect(written).toHaveLength(1);
  });

  test('however many sources there are, lines and memory are bounded, and none is uncounted', async () => {
    const { refusals: to, written, time } = refusals();

    for (let index = 0; index < 50_000; index += 1) await to.add({ ...LINE, address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}` });
    time.now += 10 * MINUTE_MS;
    await to.sumUp();

    expect(written).toHaveLength(102);
    expect(written.at(-1)).toMatchObject({ address: 'several', times: 50_000 - 101 });
    expect(written.reduce((sum, { times }) => sum + times, 0)).toBe(50_000);
  });

  test('a clock that is set back keeps no window open', async () => {
    const { refusals: to, written, time } = refusals();
    await to.add(LINE);
    await to.add(LINE);

    time.now -= 60 * MINUTE_MS;
    await to.sumUp();

    expect(written).toMatchObject([{ times: 1 }, { times: 1 }]);
  });
});
