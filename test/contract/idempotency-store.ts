import { describe, expect, test } from 'vitest';
import { ClientNotFound } from '../../src/domain/errors.ts';
import type { IdempotencyClaim } from '../../src/domain/idempotency.ts';
import { Secret } from '../../src/domain/secret.ts';
import { NOW, type OpenStore, sampleClient, sampleKey, worldsOf } from './world.ts';

const DAY_MS = 86_400_000;
const KEY = { client: 'billing', keyHash: 'ab'.repeat(32) };

function claim(of: Partial<IdempotencyClaim> = {}): IdempotencyClaim {
  return { ...KEY, fingerprint: 'the-request', holder: 'first', runningUntil: NOW + 40_000, expiresAt: NOW + DAY_MS, ...of };
}

/** What every IdempotencyStore does. */
export function describeIdempotencyStore(name: string, open: OpenStore): void {
  describe(`IdempotencyStore on ${name}`, () => {
    const world = worldsOf(open);
    const withClients = async () => {
      const opened = await world();
      for (const client of ['billing', 'crm'])
        await opened.store.createClient(sampleClient({ name: client, connections: [], keys: [sampleKey({ hash: client })] }));
      return opened;
    };

    test('20: a key that nobody uses is claimed; whoever comes after is told what it is used for, on every node', async () => {
      const { store, other } = await withClients();

      const first = await store.claimIdempotencyKey(claim(), NOW);
      const second = await other.claimIdempotencyKey(claim({ fingerprint: 'another', holder: 'second' }), NOW);

      expect(first).toBeUndefined();
      expect(second).toEqual({ fingerprint: 'the-request', state: 'running', runningUntil: NOW + 40_000, result: undefined });
    });

    test('22: of many who claim one key at once, one has it', async () => {
      const { store, other } = await withClients();

      const claimed = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 ? store : other).claimIdempotencyKey(claim({ holder: `holder-${index}` }), NOW)),
      );

      expect(claimed.filter((used) => used === undefined)).toHaveLength(1);
    });

    test('20: keys of two Clients, and two keys of one, have nothing to do with each other', async () => {
      const { store } = await withClients();
      await store.claimIdempotencyKey(claim(), NOW);

      const others = [
        await store.claimIdempotencyKey(claim({ client: 'crm' }), NOW),
        await store.claimIdempotencyKey(claim({ keyHash: 'cd'.repeat(32) }), NOW),
      ];

      expect(others).toEqual([undefined, undefined]);
    });

    test('19: a result that was stored comes back, and nothing of it is readable in the table', async () => {
      const { store, other, look } = await withClients();
      await store.claimIdempotencyKey(claim(), NOW);

      const stored = await store.finishIdempotencyKey(KEY, 'first', new Secret('{"body":"canary"}'));
      const used = await other.claimIdempotencyKey(claim({ holder: 'second' }), NOW + 1);
      const [row] = (await look('select * from idempotency_keys')) as { result: Uint8Array }[];

      expect(stored).toBe(true);
      expect([used?.state, used?.result?.reveal()]).toEqual(['done', '{"body":"canary"}']);
      expect(Buffer.from(row!.result).includes('canary')).toBe(false);
    });

    test('what is unclear stays so', async () => {
      const { store, other } = await withClients();
      await store.claimIdempotencyKey(claim(), NOW);

      await store.finishIdempotencyKey(KEY, 'first', 'unclear');

      expect(await other.claimIdempotencyKey(claim({ holder: 'second' }), NOW)).toMatchObject({ state: 'unclear', result: undefined });
    });

    test('only its holder keeps, finishes or releases a key', async () => {
      const { store, other } = await withClients();
      await store.claimIdempotencyKey(claim(), NOW);

      const strangers = [await other.keepIdempotencyKey(KEY, 'second', NOW), await other.finishIdempotencyKey(KEY, 'second', new Secret('{}'))];
      await other.releaseIdempotencyKey(KEY, 'second');
      const own = await store.keepIdempotencyKey(KEY, 'first', NOW + 50_000);

      expect([...strangers, own]).toEqual([false, false, true]);
      expect(await store.claimIdempotencyKey(claim({ holder: 'second' }), NOW)).toMatchObject({ state: 'running', runningUntil: NOW + 50_000 });
    });

    test('22: a key that was released is as if it had never been used', async () => {
      const { store, other } = await withClients();
      await store.claimIdempotencyKey(claim(), NOW);

      await store.releaseIdempotencyKey(KEY, 'first');

      expect(await other.claimIdempotencyKey(claim({ fingerprint: 'another', holder: 'second' }), NOW)).toBeUndefined();
    });

    test('20: a key whose day is over is claimed anew, not a moment before, and its old result is gone', async () => {
      const { store } = await withClients();
      await store.claimIdempotencyKey(claim(), NOW);
      await store.finishIdempotencyKey(KEY, 'first', new Secret('{}'));
      const again = claim({ holder: 'second', expiresAt: NOW + 2 * DAY_MS });

      const claimed = [await store.claimIdempotencyKey(again, NOW + DAY_MS - 1), await store.claimIdempotencyKey(again, NOW + DAY_MS)];

      expect(claimed).toMatchObject([{ state: 'done' }, undefined]);
      expect(await store.claimIdempotencyKey(claim(), NOW + DAY_MS)).toMatchObject({ state: 'running', result: undefined });
    });

    test('20: those whose day is over are removed and counted; those of a Client go with it', async () => {
      const { store, look } = await withClients();
      for (const [index, expiresAt] of [NOW + 1, NOW + 2, NOW + 3].entries()) {
        await store.claimIdempotencyKey(claim({ keyHash: `key-${index}`, expiresAt }), NOW);
      }

      const removed = [await store.removeExpiredIdempotencyKeys(NOW + 2), await store.removeExpiredIdempotencyKeys(NOW + 2)];
      await store.removeClient('billing');

      expect(removed).toEqual([2, 0]);
      expect(await look('select * from idempotency_keys')).toEqual([]);
    });

    test('a Client that is not there has no keys', async () => {
      const { store } = await world();

      await expect(store.claimIdempotencyKey(claim(), NOW)).rejects.toThrow(ClientNotFound);
    });
  });
}
