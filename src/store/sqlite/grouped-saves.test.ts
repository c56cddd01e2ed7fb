import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CONNECTION_ID, NOW, sampleApp, sampleConnection, sampleGrant } from '../../../test/contract/world.ts';
import { StoreUnavailable } from '../../domain/errors.ts';
import type { Grant } from '../../domain/grant.ts';
import { systemRandom } from '../../runtime/random.ts';
import { openVault } from '../../vault/vault.ts';
import { migrate } from '../migrate.ts';
import { sealedStore } from '../store.ts';
import { sqliteStoreDialect } from './dialect.ts';
import { openSqliteDatabase } from './open.ts';
import { StatementThread } from './statement-thread.ts';

const NAMES = Array.from({ length: 20 }, (_, index) => `desk-${index}`);
const NEEDED = { at: NOW, code: 'OAU-140' };

describe('saves that are in flight at once in a SQLite file', () => {
  test('S2: those that come while another transaction is under way are one transaction, and one alone does not wait', async () => {
    const { store } = await openPlace();
    const transactions = vi.spyOn(StatementThread.prototype, 'transact');
    onTestFinished(() => transactions.mockRestore());

    await store.saveGrant(grantOf('desk-0', 1), 0, CONNECTION_ID);
    const alone = transactions.mock.calls.length;
    const first = store.saveGrant(grantOf('desk-0', 2), 1, CONNECTION_ID);
    while (transactions.mock.calls.length === alone) await Promise.resolve();
    const others = NAMES.slice(1).map((name) => store.saveGrant(grantOf(name, 1), 0, CONNECTION_ID));
    const saved = await Promise.all([first, ...others]);

    expect(alone).toBe(1);
    expect(saved.every(Boolean)).toBe(true);
    expect(transactions).toHaveBeenCalledTimes(3);
  });

  test('S2: more of them than one transaction takes are all saved', async () => {
    const { store } = await openPlace();
    const generations = Array.from({ length: 300 }, (_, index) => index);

    const saved = await Promise.all(generations.map((generation) => store.saveGrant(grantOf('desk-0', generation + 1), generation, CONNECTION_ID)));

    expect(saved.every(Boolean)).toBe(true);
    expect(await store.findGrant('desk-0')).toMatchObject({ generation: 300 });
  });

  test('35: on a full disk all are refused by name, nothing is half saved, and the next ones succeed where there is room', async () => {
    const { db, store } = await openPlace();
    for (const name of NAMES) await store.needSignIn(name, 0, NEEDED);
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql`pragma max_page_count = ${sql.raw(String((rows[0]?.page_count ?? 0) + 10))}`.execute(db);

    const outcomes = await Promise.allSettled(NAMES.map((name) => store.saveGrant({ ...grantOf(name, 1), scope: 'x'.repeat(10_000) }, 0, CONNECTION_ID)));
    const after = await Promise.all(NAMES.map(async (name) => [await store.findGrant(name), (await store.findConnection(name))?.signInNeeded]));
    await sql`pragma max_page_count = 1000000`.execute(db);
    const again = await Promise.all(NAMES.map((name) => store.saveGrant(grantOf(name, 1), 0, CONNECTION_ID)));

    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
    expect(after).toEqual(NAMES.map(() => [undefined, NEEDED]));
    expect(again.every(Boolean)).toBe(true);
  });

  test('35: while another process is writing they wait, and other work goes on', async () => {
    const { file, store } = await openPlace();
    const other = new BetterSqlite3(file);
    onTestFinished(() => void other.close());
    other.exec('begin immediate');

    const saving = Promise.all(NAMES.map((name) => store.saveGrant(grantOf(name, 1), 0, CONNECTION_ID)));
    const early = await Promise.race([saving, delay(200, 'waiting')]);
    const read = await store.findConnection('desk-0');
    other.exec('commit');

    expect(early).toBe('waiting');
    expect(read).toMatchObject({ name: 'desk-0' });
    expect((await saving).every(Boolean)).toBe(true);
  });

  test('after the store is closed they are refused, and none is left waiting', async () => {
    const { store } = await openPlace();
    await store.close();

    const outcomes = await Promise.allSettled(NAMES.map((name) => store.saveGrant(grantOf(name, 1), 0, CONNECTION_ID)));

    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  });

  test('those that are under way when the store is closed are saved or refused, and none is left waiting', async () => {
    const { store } = await openPlace();

    const saving = Promise.allSettled(NAMES.map((name) => store.saveGrant(grantOf(name, 1), 0, CONNECTION_ID)));
    await store.close();

    expect(await saving).toHaveLength(NAMES.length);
  });
});

async function openPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-saves-'));
  const file = join(folder, 'trunkline.db');
  const db = await openSqliteDatabase(file);
  onTestFinished(async () => {
    await db.destroy();
    rmSync(folder, { recursive: true });
  });
  await migrate(db, sqliteStoreDialect);
  const sealed = sealedStore(db, sqliteStoreDialect, { comes: () => false, watch: async () => () => undefined, close: async () => undefined });
  const store = sealed.withVault(await openVault({ vaultKey: new Uint8Array(32), keys: sealed.dataKeys, random: systemRandom, now: NOW }));
  await store.createApp(sampleApp());
  for (const name of NAMES) await store.createConnection(sampleConnection({ name }), []);
  return { file, db, store };
}

function grantOf(connection: string, generation: number): Grant {
  return sampleGrant({ connection, generation });
}
