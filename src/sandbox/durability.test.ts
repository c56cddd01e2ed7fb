import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ACCOUNT, codes, EXTENSION, OTHER_APP, outside, REVOKE, RING_OUT, TOKEN, type TokenInfo } from '../../test/sandbox-world.ts';
import { DEMO_DATA } from './demo.ts';
import { startSandbox } from './start.ts';

const CALL = { to: { phoneNumber: '+16505551230' } };

/** A path in a folder of its own, where nothing is yet. */
function newFile(name = join('data', 'sandbox.db')): string {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-sandbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}

/** What a second reader finds in the file, while the sandbox has it open. */
function documentsIn(file: string): string {
  const reader = new BetterSqlite3(file, { readonly: true });
  const rows = reader.prepare<[], { body: string }>('select body from documents').all();
  reader.close();
  return rows.map(({ body }) => body).join('\n');
}

/** What `kill -9` leaves: the file as it is at this moment. */
function copyOf(file: string): string {
  const copy = newFile('killed.db');
  for (const suffix of ['', '-wal']) copyFileSync(file + suffix, copy + suffix);
  return copy;
}

describe('a sandbox with a file', () => {
  test('comes up again with its sessions, calls, clock, lifetimes and limits', async () => {
    const file = newFile();
    const before = await outside({ file });
    const tokens = await before.signIn();
    const { json: call } = await before.postJson(RING_OUT, CALL, tokens.access_token);
    await before.sandbox.advance(4_000);
    await before.sandbox.setLifetimes({ accessSeconds: 11 });
    await before.sandbox.setLimits({ scale: 3 });
    const state = before.sandbox.state();
    await before.sandbox.close();

    const after = await outside({ file, limited: true });
    const status = (await after.get(`${RING_OUT}/${call.id}`, tokens.access_token)).json.status;

    expect(after.sandbox.state()).toEqual(state);
    expect(status).toEqual({ callStatus: 'Success', callerStatus: 'Success', calleeStatus: 'Success' });
    expect(state).toMatchObject({ clock: { offsetMs: 4_000 }, lifetimes: { accessSeconds: 11 }, limits: { scale: 3 } });
  });

  test('takes up the sessions of a version that knew users only', async () => {
    const file = newFile();
    const before = await outside({ file });
    const tokens = await before.signIn();
    await before.sandbox.close();
    const database = new BetterSqlite3(file);
    const { body } = database.prepare<[], { body: string }>("select body from documents where kind = 'session'").get() ?? { body: '{}' };
    const { subject, ...session } = JSON.parse(body) as { subject: { ownerId: string } };
    database.prepare("update documents set body = ? where kind = 'session'").run(JSON.stringify({ ...session, ownerId: subject.ownerId }));
    database.exec('drop table contents');
    database.close();

    const after = await outside({ file });

    expect((await after.get(EXTENSION, tokens.access_token)).status).toBe(200);
    expect((await after.refresh(tokens.refresh_token)).status).toBe(200);
  });

  test.each(['session', 'message', 'ring-out', 'subscription', 'key', 'extension'])(
    'says of which kind a document is that it cannot read: %s',
    async (kind) => {
      const file = newFile();
      await (await outside({ file })).sandbox.close();
      const database = new BetterSqlite3(file);
      database.prepare('insert into documents (kind, id, body) values (?, \'x\', \'{"id":"x"}\')').run(kind);
      database.close();

      await expect(startSandbox({ file })).rejects.toMatchObject({
        name: 'Error',
        code: 'UNUSABLE',
        path: file,
        message: expect.stringContaining(`a ${kind} that`),
      });
    },
  );

  test('keeps the grace over a restart: the old refresh token brings the same pair', async () => {
    const file = newFile();
    const before = await outside({ file });
    const old = await before.signIn();
    const { json: pair } = await before.refresh(old.refresh_token);
    await before.sandbox.close();

    const after = await outside({ file });

    expect((await after.refresh(old.refresh_token)).json).toEqual(pair);
    expect(codes(await after.get(ACCOUNT, old.access_token))).toEqual([401, 'TokenInvalid', 'OAU-129']);
  });

  test('remembers over a restart that the new access token was used', async () => {
    const file = newFile();
    const before = await outside({ file });
    const old = await before.signIn();
    const pair = (await before.refresh(old.refresh_token)).json as unknown as TokenInfo;
    await before.get(ACCOUNT, pair.access_token);
    await before.sandbox.close();

    const after = await outside({ file });
    await after.sandbox.advance(10_000);

    expect(codes(await after.refresh(old.refresh_token))).toEqual([400, 'invalid_grant', 'OAU-213']);
  });

  test('remembers what was revoked, what was cancelled, and which session is the oldest', async () => {
    const file = newFile();
    const before = await outside({ file });
    const revoked = await before.signIn({}, OTHER_APP);
    const sessions: TokenInfo[] = [];
    for (let count = 0; count < 5; count += 1) sessions.push(await before.signIn());
    await before.postForm(REVOKE, { token: revoked.access_token }, OTHER_APP);
    const { json: call } = await before.postJson(RING_OUT, CALL, sessions[0]!.access_token);
    await before.ask(`${RING_OUT}/${call.id}`, { method: 'DELETE', headers: { authorization: `Bearer ${sessions[0]!.access_token}` } });
    await before.sandbox.close();

    const after = await outside({ file });
    const cancelled = await after.get(`${RING_OUT}/${call.id}`, sessions[0]!.access_token);
    sessions.push(await after.signIn());
    const statuses = await Promise.all(sessions.map(async ({ access_token }) => (await after.get(EXTENSION, access_token)).status));

    expect(cancelled.status).toBe(404);
    expect(statuses).toEqual([401, 200, 200, 200, 200, 200]);
    expect(codes(await after.refresh(revoked.refresh_token, {}, OTHER_APP))).toEqual([400, 'invalid_grant', 'OAU-211']);
  });

  test('stays reset over a restart', async () => {
    const file = newFile();
    const before = await outside({ file });
    const tokens = await before.signIn();
    await before.sandbox.advance(4_000);
    await before.sandbox.reset();
    const written = documentsIn(file);
    await before.sandbox.close();

    const after = await outside({ file, limited: true });

    expect(written).toBe('');
    expect(after.sandbox.state()).toMatchObject({ clock: { offsetMs: 0 }, sessions: [] });
    expect((await after.get(ACCOUNT, tokens.access_token)).status).toBe(401);
  });

  test('forgets by a reset what was before it, and nothing that came after', async () => {
    const file = newFile();
    const before = await outside({ file });
    await before.signIn();
    await before.sandbox.reset();
    await before.sandbox.setLimits({ scale: 0 });
    const [one, other] = [await before.signIn(), await before.signIn()];
    await before.sandbox.close();

    const after = await outside({ file });

    expect(after.sandbox.state().sessions.map(({ id }) => id)).toEqual([one.session_id, other.session_id]);
  });

  test('has written each change when its answer arrives', async () => {
    const file = newFile();
    const { signIn, refresh, postJson, postForm } = await outside({ file });

    const old = await signIn();
    expect(documentsIn(file)).toContain(old.refresh_token);
    const pair = (await refresh(old.refresh_token)).json as unknown as TokenInfo;
    expect(documentsIn(file)).toContain(pair.refresh_token);
    const { json: call } = await postJson(RING_OUT, CALL, pair.access_token);
    expect(documentsIn(file)).toContain(call.id);
    expect(documentsIn(file)).toContain('"usedAt"');
    await postForm(REVOKE, { token: pair.access_token });
    expect(documentsIn(file)).toContain('"revokedAt"');
  });

  test('loses nothing that it has answered when it is killed, though many ask at once', async () => {
    const file = newFile();
    const { signIn, refresh } = await outside({ file });
    const old = await Promise.all([signIn(), signIn(), signIn(), signIn(), signIn()]);

    const pairs = await Promise.all(old.map(async ({ refresh_token }) => (await refresh(refresh_token)).json as unknown as TokenInfo));
    const after = await outside({ file: copyOf(file) });

    const statuses = await Promise.all(pairs.map(async ({ access_token }) => (await after.get(ACCOUNT, access_token)).status));
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
  });

  test('does not answer with success what it cannot write, and writes it when it can', async () => {
    const file = newFile();
    const { signIn, refresh, get } = await outside({ file });
    const old = await signIn();
    const other = new BetterSqlite3(file);
    onTestFinished(() => void other.close());

    other.exec('begin immediate');
    const refused = await refresh(old.refresh_token);
    const read = await get('/restapi', old.access_token);
    other.exec('rollback');
    const repeated = await refresh(old.refresh_token);

    expect(codes(refused)).toEqual([503, 'CMN-201', 'CMN-201']);
    expect(read.status).toBe(503);
    expect(repeated.status).toBe(200);
    expect(documentsIn(file)).toContain(repeated.json.refresh_token);
  });

  test('writes at its close what it could not write before', async () => {
    const file = newFile();
    const before = await outside({ file });
    const old = await before.signIn();
    const other = new BetterSqlite3(file);
    other.exec('begin immediate');
    await before.refresh(old.refresh_token);
    other.close();
    await before.sandbox.close();

    const after = await outside({ file });

    expect(codes(await after.get(ACCOUNT, old.access_token))).toEqual([401, 'TokenInvalid', 'OAU-129']);
  });

  test('lets go of the file where it cannot listen', async () => {
    const file = newFile();
    const { sandbox } = await outside();

    await expect(startSandbox({ file, port: Number(new URL(sandbox.origin).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });

    // SQLite removes it with the last connection.
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  test('does not grow with calls that are gone', async () => {
    const file = newFile();
    const { sandbox, signIn, postJson } = await outside({ file });
    const { access_token } = await signIn();
    const { json: gone } = await postJson(RING_OUT, CALL, access_token);
    await sandbox.advance(70_000);

    const { json: call } = await postJson(RING_OUT, CALL, access_token);

    expect(documentsIn(file)).toContain(call.id);
    expect(documentsIn(file)).not.toContain(gone.id);
  });

  test('asks nothing of the disk where nothing has changed', async () => {
    const file = newFile();
    const { signIn, get } = await outside({ file });
    const { access_token } = await signIn();
    await get(ACCOUNT, access_token);
    const other = new BetterSqlite3(file);
    onTestFinished(() => void other.close());

    other.exec('begin immediate');
    const answer = await get(ACCOUNT, access_token);

    expect(answer.status).toBe(200);
  });

  test('has it made with its folder, readable by its owner only', async () => {
    const file = newFile();

    await outside({ file });

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
  });

  test('asks a user to log in whom the data no longer has', async () => {
    const file = newFile();
    const before = await outside({ file });
    const { access_token } = await before.signIn();
    await before.sandbox.close();

    const after = await outside({ file, data: { ...DEMO_DATA, accounts: DEMO_DATA.accounts.slice(1) } });

    expect(codes(await after.get(EXTENSION, access_token))).toEqual([401, 'CMN-405', 'CMN-405']);
  });
});

describe('a file that cannot be used', () => {
  test.each([
    ['lies where a file is for a folder', (file: string) => writeFileSync(join(file, '..'), ''), /EEXIST|ENOTDIR/],
    ['is a folder', (file: string) => mkdirSync(file, { recursive: true }), /EISDIR/],
    ['is no database', (file: string) => writeOther(file, 'not a database, but long enough to look like one at first sight'), /SQLITE_NOTADB/],
    ["is another program's database", (file: string) => writeDatabase(file, 'create table apps (name text)'), /UNUSABLE/],
  ])('%s: the error names it', async (_what, spoil, code) => {
    const file = newFile();
    spoil(file);

    const error = await startSandbox({ file }).catch((cause: unknown) => cause as Error);

    expect(error).toMatchObject({ name: 'Error', path: file, code: expect.stringMatching(code) });
    expect((error as Error).message).toContain(file);
  });

  test("another program's database stays as it was", async () => {
    const file = newFile();
    writeDatabase(file, 'create table apps (name text)');

    await expect(startSandbox({ file })).rejects.toThrow("not a sandbox's");

    const database = new BetterSqlite3(file, { readonly: true });
    expect([database.pragma('journal_mode', { simple: true }), database.prepare('select name from sqlite_master').pluck().all()]).toEqual(['delete', ['apps']]);
    database.close();
  });
});

describe('a sandbox without a file', () => {
  test('forgets everything', async () => {
    const before = await outside();
    const tokens = await before.signIn();
    await before.sandbox.close();

    const after = await outside();

    expect(codes(await after.postForm(TOKEN, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }))).toEqual([400, 'invalid_grant', 'OAU-213']);
  });
});

function writeOther(file: string, content: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content.repeat(100));
}

function writeDatabase(file: string, statement: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  const database = new BetterSqlite3(file);
  database.exec(statement);
  database.close();
  chmodSync(file, 0o600);
}
