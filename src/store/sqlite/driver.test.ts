import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqliteDatabase, openSqliteStore } from './open.ts';
import { StatementThread } from './statement-thread.ts';

describe('the driver of a database file', () => {
  test('what a transaction has changed is seen outside when it is committed, and not before', async () => {
    const { db } = await openPlace();
    const names = async () => (await db.selectFrom('data_keys').select('id').execute()).map(({ id }) => id);

    const seen = await db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('data_keys')
        .values({ id: 7, wrapped: new Uint8Array(1), created_at: 1 })
        .execute();
      return { outside: await names(), inside: (await transaction.selectFrom('data_keys').select('id').execute()).map(({ id }) => id) };
    });

    expect(seen).toEqual({ outside: [], inside: [7] });
    expect(await names()).toEqual([7]);
  });

  test('transactions take turns, and one that fails leaves nothing and no one waiting', async () => {
    const { db } = await openPlace();
    const insert = (id: number) =>
      db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('data_keys')
          .values({ id, wrapped: new Uint8Array(1), created_at: 1 })
          .execute();
        if (id % 3 === 0) throw new Error('changed my mind');
      });

    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, (_, id) => insert(id)));

    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    expect((await db.selectFrom('data_keys').select('id').execute()).length).toBe(20);
  });

  test('an error keeps the code that SQLite gave, and bytes arrive as they were', async () => {
    const { db } = await openPlace();
    const wrapped = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const insert = () => db.insertInto('data_keys').values({ id: 1, wrapped, created_at: 1 }).execute();
    await insert();

    await expect(insert()).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });

    const row = await db.selectFrom('data_keys').select('wrapped').executeTakeFirstOrThrow();
    const returned = await sql<{ wrapped: Uint8Array }>`update data_keys set created_at = 2 returning wrapped`.execute(db);
    expect([Uint8Array.from(row.wrapped), Uint8Array.from(returned.rows[0]?.wrapped ?? [])]).toEqual([wrapped, wrapped]);
  });
});

describe('StatementThread', () => {
  test('statements that wait when it ends, and those that come later, are told so', async () => {
    const { file } = await openPlace();
    const writer = await StatementThread.open(file);

    const long = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000000) select count(*) from n';
    const waiting = expect(writer.run({ sql: long, parameters: [] })).rejects.toMatchObject({ code: 'store_unavailable' });
    await writer.close();

    await waiting;
    await expect(writer.run({ sql: 'select 1', parameters: [] })).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  test('a file that cannot be opened is said at once', async () => {
    const { folder } = await openPlace();

    await expect(StatementThread.open(folder)).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

async function openPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-driver-'));
  const file = join(folder, 'trunkline.db');
  await (await openSqliteStore({ file })).close();
  const db = await openSqliteDatabase(file);
  onTestFinished(async () => {
    await db.destroy();
    rmSync(folder, { recursive: true });
  });
  return { folder, file, db };
}
