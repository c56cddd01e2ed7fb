import { describe, expect, onTestFinished, test } from 'vitest';
import { PlatformLimited } from '../../src/domain/errors.ts';
import type { LimitGroup } from '../../src/domain/platform-limits.ts';
import type { Store } from '../../src/domain/store.ts';
import { PlatformLimits } from '../../src/limits/platform-limits.ts';
import { SharedLimits } from '../../src/limits/shared-limits.ts';
import { openInPostgres } from '../contract/postgres-world.ts';
import { openInFile } from '../contract/sqlite-world.ts';
import type { StoreWorld } from '../contract/world.ts';
import { ManualClock } from '../manual-clock.ts';
import { EXTENSION, outside } from '../sandbox-world.ts';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const LIGHT = 50;
const BUCKET = { app: 'main', connection: 'front-desk', group: 'light' as LimitGroup };

/** The real sandbox with the platform's own figures, on a clock moved by hand. */
async function platform() {
  const clock = new ManualClock();
  const { sandbox, signIn } = await outside({ limited: true, clock });
  const { access_token: token } = await signIn();
  const work = new Work();
  const statuses: number[] = [];
  const arrivals: { readonly at: number; readonly status: number }[] = [];
  /** Leaves when it may. @returns the status, or nothing where it did not leave */
  const send = async (limits: PlatformLimits, client: string, waitMs?: number): Promise<number | undefined> => {
    try {
      const permit = await limits.admit({ ...BUCKET, client, ...(waitMs !== undefined && { waitMs }) });
      const response = await work.of(fetch(new URL(EXTENSION, sandbox.origin), { headers: { authorization: `Bearer ${token}` } }));
      permit.answered(response.headers, response.status);
      await work.of(response.arrayBuffer());
      statuses.push(response.status);
      arrivals.push({ at: clock.now(), status: response.status });
      return response.status;
    } catch (error) {
      if (error instanceof PlatformLimited) return undefined;
      throw error;
    }
  };
  const direct = () => fetch(new URL(EXTENSION, sandbox.origin), { headers: { authorization: `Bearer ${token}` } });
  return { clock, sandbox, statuses, arrivals, send, direct, work, settle: () => work.settle() };
}

/** What is under way while the clock stands still: a clock moved by hand must not run ahead of the network. */
class Work {
  #underWay = 0;

  async of<Result>(work: Promise<Result>): Promise<Result> {
    this.#underWay += 1;
    try {
      return await work;
    } finally {
      this.#underWay -= 1;
    }
  }

  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (this.#underWay > 0) quiet = -1;
    }
  }
}

describe('a Connection at the real sandbox with the platform’s figures', () => {
  test('P4: of three Clients, one greedy, the others get what they ask for, and no request meets the limit or a penalty', async () => {
    const { clock, send, statuses, settle } = await platform();
    const limits = new PlatformLimits({ clock });
    const got: Record<string, (number | undefined)[]> = { greedy: [], a: [], b: [] };
    const sending: Promise<unknown>[] = [];
    const ask = (client: string) => sending.push(send(limits, client).then((status) => got[client]?.push(status)));

    // Five minutes: the greedy one asks five times a second, the others every five seconds.
    for (let second = 0; second < 300; second += 1) {
      for (let times = 0; times < 5; times += 1) ask('greedy');
      if (second % 5 === 0) for (const client of ['a', 'b']) ask(client);
      await settle();
      clock.advance(1_000);
    }
    clock.advance(10_000);
    await Promise.all(sending);

    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect([got.a, got.b].map((mine) => mine?.filter((status) => status === 200).length)).toEqual([60, 60]);
    expect(got.greedy?.filter((status) => status === 200).length).toBeGreaterThan(80);
  }, 60_000);
});

const DATABASES: readonly (readonly [string, () => Promise<StoreWorld>])[] = [
  ['SQLite file', openInFile],
  ['PostgreSQL database', openInPostgres],
];

describe.each(DATABASES)('two nodes on one %s, at the real sandbox with the platform’s figures', (_name, open) => {
  async function nodes() {
    const world = await platform();
    const database = await open();
    const ending = new AbortController();
    const ended: Promise<void>[] = [];
    const begin = async (store: Store, node: string) => {
      const counted: Store = { ...store, takeLimitSlice: (...wanted) => world.work.of(store.takeLimitSlice(...wanted)) };
      const shared = new SharedLimits({ store: counted, clock: world.clock, log: SILENT, node });
      const limits = new PlatformLimits({ clock: world.clock, agreement: shared });
      await shared.join(limits);
      ended.push(shared.run(ending.signal));
      return { shared, limits };
    };
    onTestFinished(async () => {
      ending.abort();
      await Promise.all(ended);
      await database.close();
    });
    return { ...world, database, begin };
  }

  test('P4: together they use what the limit allows, and no request meets the limit or a penalty', async () => {
    const { clock, send, statuses, arrivals, settle, database, begin } = await nodes();
    const both = [await begin(database.store, 'A'), await begin(database.other, 'B')];
    await until(() => both.every(({ shared }) => shared.nodes === 2));
    clock.advance(61_000);
    const sending: Promise<unknown>[] = [];
    const from = clock.now();

    // Three minutes; each node alone asks for more than the limit.
    for (let half = 0; half < 360; half += 1) {
      for (const { limits } of both) sending.push(send(limits, 'a'));
      await settle();
      clock.advance(500);
    }
    clock.advance(10_000);
    await settle();
    await Promise.all(sending);

    const windows = [0, 1, 2].map((minute) => arrivals.filter(({ at }) => at >= from + minute * 60_000 && at < from + (minute + 1) * 60_000).length);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    for (const used of windows) expect(used).toBeGreaterThanOrEqual(0.8 * LIGHT);
  }, 90_000);

  test('P4: a node that begins while the other has used the whole limit sends nothing that would meet it', async () => {
    const { clock, send, statuses, settle, database, begin } = await nodes();
    const first = await begin(database.store, 'A');
    for (let sent = 0; sent < LIGHT; sent += 1) await send(first.limits, 'a');
    clock.advance(3_000);

    const second = await begin(database.other, 'B');
    await until(() => first.shared.nodes === 2);
    await settle();
    clock.advance(2_000);
    const sending = Array.from({ length: 20 }, () => send(second.limits, 'a'));
    for (let passed = 0; passed < 12; passed += 1) {
      await settle();
      clock.advance(1_000);
    }
    const refused = await Promise.all(sending);
    clock.advance(65_000);
    const later = send(second.limits, 'a');
    for (let passed = 0; passed < 5; passed += 1) {
      await settle();
      clock.advance(300);
    }

    expect(new Set(refused)).toEqual(new Set([undefined]));
    expect(await later).toBe(200);
    expect(statuses).toEqual(Array(LIGHT + 1).fill(200));
  }, 30_000);

  test('P4: a node that cannot say that it is there counts itself all the same', async () => {
    const { clock, database, begin } = await nodes();
    await begin(database.store, 'A');

    const second = await begin({ ...database.other, keepLimitNode: () => Promise.reject(new Error('the disk is full')) }, 'B');

    expect([second.shared.nodes, second.shared.ownShare(LIGHT)]).toEqual([2, 0]);
    clock.advance(61_000);
    expect(second.shared.ownShare(LIGHT)).toBe(12);
  });

  test('P4: a penalty that one node has met is kept by the other within a second', async () => {
    const { clock, send, statuses, direct, database, begin } = await nodes();
    const both = [await begin(database.store, 'A'), await begin(database.other, 'B')] as const;
    await until(() => both.every(({ shared }) => shared.nodes === 2));
    clock.advance(61_000);
    // A program that is none of ours uses up the limit.
    for (let sent = 0; sent < LIGHT; sent += 1) await direct();
    await send(both[0].limits, 'a');

    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const kept = [await send(both[0].limits, 'a', 0), await send(both[1].limits, 'a', 0)];
    clock.advance(61_001);
    const after = await send(both[1].limits, 'a', 0);

    expect(kept).toEqual([undefined, undefined]);
    expect([statuses, after]).toEqual([[429, 200], 200]);
  }, 30_000);
});

async function until(reached: () => boolean | Promise<boolean>, ms = 5_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await reached())) {
    if (performance.now() > end) throw new Error('it does not come');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
