import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { NOW, type OpenStore, worldsOf } from './world.ts';

function sampleEntry(of: Partial<AuditEntry> = {}): AuditEntry {
  return { at: NOW, who: 'admin', action: 'createApp', object: 'apps/main', address: '192.0.2.7', result: 'ok', requestId: 'abc', times: 1, ...of };
}

/** What every AuditStore does. */
export function describeAuditStore(name: string, open: OpenStore): void {
  describe(`AuditStore on ${name}`, () => {
    const world = worldsOf(open);

    test('lines come back newest first, numbered without gaps, seen from every node', async () => {
      const { store, other } = await world();
      await store.appendAudit(sampleEntry());
      await other.appendAudit(sampleEntry({ at: NOW - 1, action: 'removeApp', times: 7 }));

      const { items, nextCursor } = await store.listAudit({ limit: 10 });

      expect(items).toEqual([
        { seq: 2, ...sampleEntry({ at: NOW - 1, action: 'removeApp', times: 7 }) },
        { seq: 1, ...sampleEntry() },
      ]);
      expect(nextCursor).toBeUndefined();
    });

    test('68: however many write at once, no number is missing or there twice', async () => {
      const { store, other } = await world();

      await Promise.all(Array.from({ length: 60 }, (_, index) => (index % 2 ? store : other).appendAudit(sampleEntry({ requestId: String(index) }))));
      const { items } = await store.listAudit({ limit: 100 });

      expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 60 }, (_, index) => 60 - index));
      expect(new Set(items.map(({ requestId }) => requestId)).size).toBe(60);
    });

    test('a list goes on where its cursor says, and lines that came meanwhile do not shift it', async () => {
      const { store } = await world();
      for (let index = 1; index <= 5; index += 1) await store.appendAudit(sampleEntry({ requestId: String(index) }));

      const first = await store.listAudit({ limit: 2 });
      await store.appendAudit(sampleEntry({ requestId: 'later' }));
      const second = await store.listAudit({ limit: 2, cursor: first.nextCursor ?? '' });
      const third = await store.listAudit({ limit: 2, cursor: second.nextCursor ?? '' });

      expect([first, second, third].map(({ items }) => items.map(({ seq }) => seq))).toEqual([[5, 4], [3, 2], [1]]);
      expect(third).not.toHaveProperty('nextCursor');
    });

    test('68: only the oldest lines are removed, in parts, and the rest is whole from the anchor on', async () => {
      const { store, other } = await world();
      for (let index = 1; index <= 9; index += 1) await store.appendAudit(sampleEntry({ at: NOW + index }));

      const trimmed = [await store.trimAudit(NOW + 6, 3), await other.trimAudit(NOW + 6, 3), await store.trimAudit(NOW + 6, 3)];
      const { items } = await other.listAudit({ limit: 100 });

      expect(trimmed).toEqual([{ first: 1, last: 3 }, { first: 4, last: 5 }, undefined]);
      expect(items.map(({ seq }) => seq)).toEqual([9, 8, 7, 6]);
      expect(await other.checkAudit()).toEqual({ anchor: 6, newest: 9, missing: undefined });
    });

    test('68: the newest line stays however old it is, so that numbers go on', async () => {
      const { store } = await world();
      const empty = [await store.trimAudit(NOW, 10), await store.checkAudit()];
      for (let index = 1; index <= 3; index += 1) await store.appendAudit(sampleEntry({ at: 1 }));

      const trimmed = [await store.trimAudit(NOW, 10), await store.trimAudit(NOW, 10)];
      await store.appendAudit(sampleEntry());

      expect(empty).toEqual([undefined, { anchor: 1, newest: undefined, missing: undefined }]);
      expect(trimmed).toEqual([{ first: 1, last: 2 }, undefined]);
      expect(await store.checkAudit()).toEqual({ anchor: 3, newest: 4, missing: undefined });
    });

    test('a line that is still to be kept ends the trimming, whatever the clock said after it', async () => {
      const { store } = await world();
      for (const at of [1, NOW, 2, NOW]) await store.appendAudit(sampleEntry({ at }));

      const trimmed = [await store.trimAudit(NOW, 10), await store.trimAudit(NOW, 10)];

      expect(trimmed).toEqual([{ first: 1, last: 1 }, undefined]);
    });

    test('68: lines that are written meanwhile keep their order and their numbers', async () => {
      const { store, other } = await world();
      for (let index = 1; index <= 100; index += 1) await store.appendAudit(sampleEntry({ at: 1 }));

      await Promise.all(
        Array.from({ length: 60 }, (_, index) => (index % 3 ? other.appendAudit(sampleEntry()) : (index % 2 ? store : other).trimAudit(NOW, 7))),
      );

      expect(await other.checkAudit()).toEqual({ anchor: 101, newest: 140, missing: undefined });
    });
  });
}
