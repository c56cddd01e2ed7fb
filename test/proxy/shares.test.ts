import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { gateway } from '../http/gateway.ts';

const RING_OUT = '/restapi/v1.0/account/~/extension/~/ring-out';
// Of the platform's group Heavy: 10 in 60 s.
const SHARE = 3;
// A share in one window, and what the answers took on a machine that is busy: a request counts from when its answer came.
const EVERY = 23;
const SECONDS = 180;

describe('limits of the platform, at their real figures', () => {
  test('P4, 16: of three Clients of one Connection, one greedy, the others get their share; the platform never has to refuse', async () => {
    const at = await gateway();
    await at.sandbox.setLimits({ scale: 1 });
    await at.server.listen({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => at.server.close());
    const origin = `http://127.0.0.1:${(at.server.server.address() as AddressInfo).port}`;
    const statuses = { greedy: [] as number[], modest: [] as number[], quiet: [] as number[] };
    const sending: Promise<unknown>[] = [];
    const sender = async (name: keyof typeof statuses) => {
      const key = await at.key(undefined, ['front-desk'], name);
      const body = JSON.stringify({ from: { phoneNumber: '+16505553711' }, to: { phoneNumber: '+15555550100' } });
      return () => {
        const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
        const sent = fetch(origin + RING_OUT, { method: 'POST', headers, body });
        const over = sent.then((answer) => answer.text().then(() => statuses[name].push(answer.status)));
        sending.push(over);
        return over;
      };
    };
    const [greedy, modest, quiet] = [await sender('greedy'), await sender('modest'), await sender('quiet')];

    // One that nobody knows finds a share where nobody has taken it all before.
    await Promise.all([modest(), quiet()]);
    for (let second = 0; second < SECONDS; second += 1) {
      for (let times = 0; times < 3; times += 1) greedy();
      if (second > 0 && second % EVERY === 0) modest();
      if (second > EVERY && second % EVERY === 11) quiet();
      await new Promise((resolve) => setTimeout(resolve, 20));
      at.clock.advance(1_000);
    }
    for (let more = 0; more < 15; more += 1) {
      at.clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await Promise.all(sending);

    const seen = at.sandbox.requests(RING_OUT);
    const asked = 1 + Math.floor((SECONDS - 1) / EVERY);
    expect(seen.filter(({ status }) => status === 429)).toEqual([]);
    expect([statuses.modest, statuses.quiet]).toEqual([Array(asked).fill(200), Array(asked).fill(200)]);
    // What the two leave is the greedy one's; the rest of its requests never left.
    expect(statuses.greedy.filter((status) => status === 200).length).toBeGreaterThanOrEqual((SHARE * SECONDS) / 60);
    expect(new Set(statuses.greedy)).toEqual(new Set([200, 429]));
  });
});
