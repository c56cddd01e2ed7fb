import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { OutboxStore } from '../../src/domain/outbox.ts';
import { openInPostgres } from '../contract/postgres-world.ts';
import { until } from '../until.ts';
import { FAX_PATH, outboxWorld } from './world.ts';

const TURN_MS = 10_000;
const SETTLE_MS = 30_000;

/** What a process that ends there leaves: nothing more of it reaches the database or the platform. */
class Ended extends Error {}

/** A store of a node that ends at a point. */
function endingAt(store: OutboxStore, point: string): OutboxStore {
  let hasEnded = false;
  const end = (): never => {
    hasEnded = true;
    throw new Ended();
  };
  const alive = <Given extends unknown[], Result>(work: (...given: Given) => Promise<Result>) =>
    (async (...given: Given) => (hasEnded ? end() : work(...given))) as (...given: Given) => Promise<Result>;
  return {
    ...store,
    giveBackFaxTurn: alive(store.giveBackFaxTurn),
    keepFaxTurn: alive(store.keepFaxTurn),
    nextFax: alive(store.nextFax),
    markFaxLeft: alive(async (...given) => {
      if (point === 'before the last byte') return end();
      const marked = await store.markFaxLeft(...given);
      if (point === 'at the last byte') return end();
      return marked;
    }),
    changeFax: alive(async (fax, change, happening, now) => {
      if (point === 'before it is taken up' && change.state === 'sending') return end();
      if (point === 'after the answer' && change.state === 'sent') return end();
      const changed = await store.changeFax(fax, change, happening, now);
      if (point === 'when it was taken up' && change.state === 'sending') return end();
      if (point === 'when the answer is kept' && change.state === 'sent') return end();
      return changed;
    }),
  };
}

describe('a node that ends while it sends a fax', () => {
  test.each([
    ['before it is taken up', 1],
    ['when it was taken up', 2],
    ['before the last byte', 2],
    ['at the last byte', 2],
    ['after the answer', 1],
    ['when the answer is kept', 1],
  ])('%s: another node goes on with it, and the platform has it once', async (point, attempts) => {
    const at = await outboxWorld();
    const content = randomBytes(1_000);
    const id = await at.accept(content);

    await at.work(at.node('ends', { store: endingAt(at.store, point) })).catch(() => undefined);
    const other = at.node('other');
    await at.work(other);
    const meanwhile = (await at.find(id)).attempts;
    at.clock.advance(TURN_MS);
    for (let passed = 0; passed < 2 * SETTLE_MS; passed += 1_000) {
      await at.work(other);
      at.clock.advance(1_000);
    }

    expect(await at.find(id)).toMatchObject({ attempts, messageId: at.sent()[0]?.id });
    expect(at.sent()).toHaveLength(1);
    expect((await at.contentOf(at.sent()[0]!)).equals(content)).toBe(true);
    // Its turn is its own until the time is over.
    expect(meanwhile).toBeLessThanOrEqual(1);
  });

  test('one that stood still before the last byte, and wakes when another has taken the fax on, does not send it', async () => {
    const at = await outboxWorld();
    const id = await at.accept();
    let wake = (): void => undefined;
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    let reached = false;
    const store: OutboxStore = {
      ...at.store,
      keepFaxTurn: async () => false,
      markFaxLeft: async (...given) => {
        reached = true;
        await asleep;
        return at.store.markFaxLeft(...given);
      },
    };

    const slow = at.work(at.node('slow', { store }));
    await until(() => reached);
    at.clock.advance(TURN_MS);
    const other = at.node('other');
    await at.work(other);
    wake();
    await slow;

    expect(at.sent()).toHaveLength(1);
    expect(await at.find(id)).toMatchObject({ state: 'sent', attempts: 2 });
  });

  test('one that stood still between the note and the last byte does not send it either', async () => {
    const at = await outboxWorld();
    const id = await at.accept();
    const store: OutboxStore = {
      ...at.store,
      keepFaxTurn: async () => false,
      markFaxLeft: async (...given) => {
        const marked = await at.store.markFaxLeft(...given);
        at.clock.advance(TURN_MS);
        return marked;
      },
    };

    await at.work(at.node('slow', { store }));
    const early = at.sent().length;
    for (let passed = 0; passed < 2 * SETTLE_MS; passed += 1_000) {
      await at.work(at.node('other'));
      at.clock.advance(1_000);
    }

    expect([early, at.sent().length]).toEqual([0, 1]);
    expect((await at.find(id)).state).not.toBe('failed');
  });
});

describe('two nodes on one PostgreSQL', () => {
  test('that work at the same time send each fax once, and those of a Connection in their order', async () => {
    const { store, other, close } = await openInPostgres();
    const at = await outboxWorld();
    const nodes = [at.node('A', { store }), at.node('B', { store: other })];
    const ids: string[] = [];
    for (let index = 0; index < 40; index += 1) {
      at.clock.advance(1);
      ids.push(await at.accept(undefined, {}, nodes[index % 2], index % 4 === 0 ? 'fax-desk' : 'front-desk'));
    }

    await Promise.all(nodes.map((node) => at.work(node)));

    const faxes = await Promise.all(ids.map(async (id) => (await store.findFax(id))!));
    await close();
    expect(at.sandbox.requests(FAX_PATH)).toHaveLength(40);
    for (const connection of ['fax-desk', 'front-desk']) {
      const mine = faxes.filter((fax) => fax.connection === connection).map(({ messageId }) => messageId);
      const there = at.sent().filter(({ id }) => mine.includes(id));
      expect(mine).toEqual(there.map(({ id }) => id));
    }
  });

  test('a timer with a budget does what is due, and no more than it has time for', async () => {
    const at = await outboxWorld();
    for (let index = 0; index < 10; index += 1) await at.accept();

    await at.outbox.work(0);
    const none = at.sent().length;
    await at.outbox.work(60_000);

    expect([none, at.sent().length]).toEqual([0, 10]);
  });
});
