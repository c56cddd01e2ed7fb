import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { openVault } from '../../src/vault/vault.ts';
import { world } from '../world.ts';

// One byte of what follows version and key id.
const ALTERED = (column: string) => `${column} = cast(substr(${column}, 1, 20) || x'ff' || substr(${column}, 22) as blob)`;
// A data key that another node made meanwhile, for example.
const OTHER_KEY = (column: string) => `${column} = cast(x'0100000009' || substr(${column}, 6) as blob)`;

/** A world whose database file a test damages. */
async function damageable(...connections: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-repair-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'trunkline.db');
  const at = await world({ connections, open: () => openSqliteStore({ file }) });
  const sql = (statement: string) => {
    const database = new BetterSqlite3(file, { timeout: 5_000 });
    const { changes } = database.prepare(statement).run();
    database.close();
    if (changes === 0) throw new Error('nothing was damaged');
  };
  return { ...at, file, sql };
}

describe('a damaged Grant', () => {
  test.each(['access_token', 'refresh_token'])('G4: its %s altered, the Connection signs in again; it is said in log and audit', async (column) => {
    const { tokens, store, sql, logged, tokenRequests } = await damageable('front-desk');
    await tokens.usableGrant('front-desk');
    sql(`update grants set ${ALTERED(column)}`);

    const grant = await tokens.usableGrant('front-desk');

    expect(grant.generation).toBe(2);
    expect((await store.findGrant('front-desk'))?.accessToken.equals(grant.accessToken)).toBe(true);
    expect(tokenRequests()).toEqual(['password', 'password']);
    expect(logged.some((line) => line.includes('"grant.damaged"'))).toBe(true);
    const { items } = await store.listAudit({ limit: 100 });
    expect(items.map(({ action }) => action)).toContain('repairGrant');
  });

  test('without a credential that is good the error stands, and nobody is asked to sign in', async () => {
    const { tokens, store, sql } = await damageable('front-desk');
    await tokens.usableGrant('front-desk');
    await store.refuseCredential('front-desk', 0, (await store.listCredentials('front-desk'))[0]!, { at: 1, code: 'OAU-140' });
    sql(`update grants set ${ALTERED('access_token')}`);

    await expect(tokens.usableGrant('front-desk')).rejects.toMatchObject({ code: 'sealed_value_unreadable' });

    expect((await store.findConnection('front-desk'))?.signInNeeded).toBeUndefined();
  });

  test('S3: under a data key that is not here it is not damaged: nothing replaces it', async () => {
    const { tokens, sql, store, tokenRequests } = await damageable('front-desk');
    await tokens.usableGrant('front-desk');
    sql(`update grants set ${OTHER_KEY('access_token')}`);

    await expect(tokens.usableGrant('front-desk')).rejects.toMatchObject({ code: 'sealed_value_unreadable' });

    expect(tokenRequests()).toEqual(['password']);
    expect((await store.listGrantOutlines(['front-desk']))[0]?.generation).toBe(1);
  });

  test('S3: with a wrong vault key nothing starts, so nothing is taken for damaged', async () => {
    const { file, tokens, store } = await damageable('front-desk');
    await tokens.usableGrant('front-desk');
    const sealed = await openSqliteStore({ file });
    onTestFinished(() => sealed.close());

    const opening = openVault({ vaultKey: systemRandom.bytes(32), keys: sealed.dataKeys, random: systemRandom, now: 0 });

    await expect(opening).rejects.toMatchObject({ code: 'vault_key_wrong' });
    expect((await store.findGrant('front-desk'))?.generation).toBe(1);
  });
});

describe('a damaged credential', () => {
  test('is left out, and the next one tried', async () => {
    const { tokens, store, connections, sql, tokenRequests } = await damageable('front-desk');
    const [good] = await store.listCredentials('front-desk');
    if (!good) throw new TypeError('there is no credential');
    await connections.replaceCredentials('front-desk', [{ kind: 'password', username: '18889363711', extension: '101', password: new Secret('wrong') }, good]);
    sql(`update credentials set ${ALTERED('secret')} where position = 0`);

    const grant = await tokens.usableGrant('front-desk');

    expect([grant.generation, tokenRequests()]).toEqual([1, ['password']]);
  });

  test('where there is no other, the error stands, and nobody is asked to sign in', async () => {
    const { tokens, store, sql } = await damageable('front-desk');
    sql(`update credentials set ${ALTERED('secret')}`);

    await expect(tokens.usableGrant('front-desk')).rejects.toMatchObject({ code: 'sealed_value_unreadable' });

    expect((await store.findConnection('front-desk'))?.signInNeeded).toBeUndefined();
  });
});
