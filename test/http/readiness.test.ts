import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Kysely } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import type { Schema } from '../../src/store/schema.ts';
import { sqliteChanges } from '../../src/store/sqlite/changes.ts';
import { connect } from '../../src/store/sqlite/connect.ts';
import { SharedSqliteDialect, sqliteStoreDialect } from '../../src/store/sqlite/dialect.ts';
import { StatementThread } from '../../src/store/sqlite/statement-thread.ts';
import { sealedStore } from '../../src/store/store.ts';
import { until } from '../world.ts';
import { gateway } from './gateway.ts';

// How long an answer keeps, and how long a look may take.
const KEEPS_MS = 5_000;
const LOOK_MS = 2_000;

/** A gateway on a SQLite file, and the connection that writes to it. */
async function onFile() {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-readiness-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'trunkline.db');
  const [database, writer] = [connect(file), await StatementThread.open(file)];
  const db = new Kysely<Schema>({ dialect: new SharedSqliteDialect({ file, database, writer }) });
  await migrate(db, sqliteStoreDialect);
  const at = await gateway({ open: async () => sealedStore(db, sqliteStoreDialect, sqliteChanges(database)) });
  const get = async (url: string) => {
    const { statusCode, payload } = await at.server.inject({ url });
    return { status: statusCode, body: JSON.parse(payload) as Record<string, unknown> };
  };
  return {
    file,
    clock: at.clock,
    tell: (sql: string) => writer.run({ sql, parameters: [] }),
    get,
    /** What is said when what was known before is forgotten. */
    look: () => {
      at.clock.advance(KEEPS_MS);
      return get('/readyz');
    },
  };
}

describe('/readyz on a SQLite file', () => {
  test('35: that another process holds locked: not ready within two seconds, with the reason; ready again when it is free', async () => {
    const { file, clock, get, look } = await onFile();
    const before = await look();
    const blocker = new BetterSqlite3(file);
    blocker.exec('begin immediate');

    const asking = look();
    await until(() => clock.isAsleepFor(LOOK_MS));
    clock.advance(LOOK_MS);
    const during = await asking;
    const alive = await get('/healthz');
    blocker.exec('rollback');
    blocker.close();
    const after = await look();

    expect(before).toEqual({ status: 200, body: { status: 'ready' } });
    expect(during).toMatchObject({
      status: 503,
      body: { status: 'not ready', reason: 'store_unavailable', detail: expect.stringMatching(/not taken a write within 2 s.*locked/) },
    });
    expect(alive.status).toBe(200);
    expect(after.status).toBe(200);
  });

  test('35: that cannot be written any more: not ready, with the reason; ready again when it can', async () => {
    const { tell, get, look } = await onFile();
    const before = await look();

    await tell('pragma query_only = on');
    const during = await look();
    const alive = await get('/healthz');
    await tell('pragma query_only = off');
    const after = await look();

    expect([before.status, during.status, alive.status, after.status]).toEqual([200, 503, 200, 200]);
    expect(during.body).toMatchObject({ reason: 'store_unavailable', detail: expect.stringMatching(/is not writable/) });
  });
});
