import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AuditLine } from '../../src/domain/audit.ts';
import { StoreUnavailable } from '../../src/domain/errors.ts';
import { DEMO } from '../../src/sandbox/demo.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { type BridgeWorld, bridgeWorld, changePasswordAtPlatform, EXTENSION, PASSWORD_GRANT, REVOKE_PATH } from './world.ts';

const refresh = (world: BridgeWorld, token: unknown) => world.send({ grant_type: 'refresh_token', refresh_token: String(token) });

describe('while the Connection needs a sign-in', () => {
  test('signing in and refreshing go on, API calls say so with 502, and the platform is not asked', async () => {
    const world = await bridgeWorld();
    const first = (await world.send(PASSWORD_GRANT)).body;
    await changePasswordAtPlatform(world);
    await world.call(first.access_token);
    const before = world.tokenRequests().length;

    const [login, refreshed] = [await world.send(PASSWORD_GRANT), await refresh(world, first.refresh_token)];
    const calls = [await world.call(login.body.access_token), await world.call(refreshed.body.access_token)];

    expect([login.status, refreshed.status]).toEqual([200, 200]);
    expect([login.body.owner_id, login.body.scope]).toEqual([first.owner_id, first.scope]);
    expect(calls.map(({ status, body }) => [status, body.errorCode])).toEqual([
      [502, 'grant_dead'],
      [502, 'grant_dead'],
    ]);
    expect(world.tokenRequests()).toHaveLength(before);
  });

  test('no call meets a 401, also while the dead Grant’s access token has time left', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);
    expect((await world.call(body.access_token)).status).toBe(200);
    await changePasswordAtPlatform(world);

    const calls = [await world.call(body.access_token), await world.call(body.access_token), await world.call(body.access_token)];

    expect(calls.map(({ status, body: { errorCode } }) => [status, errorCode])).toEqual(calls.map(() => [502, 'grant_dead']));
    expect((await refresh(world, body.refresh_token)).status).toBe(200);
  });

  test('G6: a 401 that meets the newest token there is becomes a 503: nothing is wrong with the program’s own', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);
    const corrupted = { errorCode: 'TokenInvalid', message: 'Access token corrupted', errors: [{ errorCode: 'OAU-129' }] };
    await world.sandbox.addFault({ match: { path: EXTENSION }, times: 100, action: { status: 401, body: corrupted } });

    const call = await world.call(body.access_token);

    expect([call.status, call.body.errorCode, call.headers.get('retry-after')]).toEqual([503, 'token_pending', '60']);
    expect(world.sandbox.requests(EXTENSION)).toHaveLength(2);
  });

  test('a Connection whose first sign-in is refused gives its programs their session all the same', async () => {
    const world = await bridgeWorld();
    await changePasswordAtPlatform(world);

    const { status, body } = await world.send(PASSWORD_GRANT);
    const before = world.tokenRequests().length;
    await world.send(PASSWORD_GRANT);

    expect([status, body.scope, body.owner_id]).toEqual([200, '', undefined]);
    expect(world.tokenRequests()).toHaveLength(before);
    expect((await world.call(body.access_token)).body.errorCode).toBe('grant_dead');
  });

  test('a Refresh wins no Grant where there is none any more, and still says whose the session is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trunkline-bridge-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'trunkline.db');
    const world = await bridgeWorld({ open: () => openSqliteStore({ file }) });
    const { body } = await world.send(PASSWORD_GRANT);
    const database = new BetterSqlite3(file, { timeout: 5_000 });
    database.exec('delete from grants');
    database.close();
    const before = world.tokenRequests().length;

    const refreshed = await refresh(world, body.refresh_token);

    expect([refreshed.status, refreshed.body.scope, refreshed.body.owner_id]).toEqual([200, '', body.owner_id]);
    expect(world.tokenRequests()).toHaveLength(before);
  });
});

describe('an emergency stop', () => {
  test('of the Client lets nobody in, in a shape that SDKs can read, and ends without a trace', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);
    await world.manage('POST', 'clients/old/freeze', {});

    const [login, call] = [await world.send(PASSWORD_GRANT), await world.call(body.access_token)];
    await world.manage('POST', 'clients/old/thaw');

    expect([login.status, login.body.error, login.headers.get('retry-after'), call.status]).toEqual([503, 'temporarily_unavailable', expect.any(String), 503]);
    expect(login.body.errors).toEqual([{ errorCode: 'frozen', message: expect.any(String) }]);
    expect((await world.call(body.access_token)).status).toBe(200);
  });

  test.each(['clients/old', 'connections/front-desk', 'apps/demo', ''])(
    'of %j refuses logins, Refreshes and repeated ones alike; logging out goes on',
    async (what) => {
      const world = await bridgeWorld();
      const { body } = await world.send(PASSWORD_GRANT);
      const other = (await world.send(PASSWORD_GRANT)).body;
      const lost = (await refresh(world, other.refresh_token)).body;
      await world.manage('POST', `${what}/freeze`.replace(/^\//, ''), {});

      const refused = [await world.send(PASSWORD_GRANT), await refresh(world, body.refresh_token), await refresh(world, other.refresh_token)];
      const out = await world.send({ token: String(lost.access_token) }, undefined, REVOKE_PATH);
      await world.manage('POST', `${what}/thaw`.replace(/^\//, ''));
      const after = [await refresh(world, body.refresh_token), await refresh(world, lost.refresh_token)];

      expect(refused.map((one) => [one.status, one.body.error, one.headers.get('trunkline-error')])).toEqual(
        refused.map(() => [503, 'temporarily_unavailable', 'frozen']),
      );
      expect([out.status, ...after.map(({ status }) => status)]).toEqual([200, 200, 400]);
    },
  );

  test('is told to nobody who has no right token', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);
    await world.manage('POST', 'clients/old/freeze', {});

    const guessed = `${String(body.refresh_token).slice(0, 27)}${'x'.repeat(43)}`;

    expect((await refresh(world, guessed)).body).toMatchObject({ error: 'invalid_grant', errors: [{ errorCode: 'OAU-213' }] });
  });
});

describe('what is audited', () => {
  test('who signed in and out where, what was refused and why; and no secret of either', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);
    await world.send({ ...PASSWORD_GRANT, password: 'planted-wrong-password' });
    await world.send(PASSWORD_GRANT, 'Basic cGxhbnRlZA==');
    await world.send({ token: String(body.access_token) }, undefined, REVOKE_PATH);

    const { text } = await world.manage('GET', 'audit?limit=50');
    const lines = (JSON.parse(text) as { items: { who: string; action: string; object: string; result: string }[] }).items;

    const seen = lines.filter(({ action }) => action.startsWith('bridge')).map(({ who, action, object, result }) => [who, action, object, result]);
    expect(seen.toSorted()).toEqual(
      [
        ['client old', 'bridgeSignIn', 'connections/front-desk', 'ok'],
        ['client old', 'bridgeRevoke', 'connections/front-desk', 'ok'],
        ['unknown', 'bridgeSignIn', 'bridge', 'OAU-153'],
        ['unknown', 'bridgeSignIn', 'bridge', 'login_unknown'],
      ].toSorted(),
    );
    for (const secret of [PASSWORD_GRANT.password, 'planted', 'tlb_', DEMO.app.clientSecret]) expect(text).not.toContain(secret);
  });

  test('Refreshes, which are many, are counted: one line stands for those of a minute', async () => {
    const counted: AuditLine[] = [];
    const trail = {
      record: async () => undefined,
      note: async () => undefined,
      refused: async () => undefined,
      counted: (line: AuditLine) => void counted.push(line),
    };
    const world = await bridgeWorld({ trail });
    const { body } = await world.send(PASSWORD_GRANT);
    const cx = (await world.send({ rcAccessToken: String(body.access_token) }, '', '/api/auth/login/rc/accesstoken?includeRefresh=true')).body;

    await refresh(world, body.refresh_token);
    await world.send({ refresh_token: String(cx.refreshToken) }, '', '/api/auth/token/refresh');

    const seen = counted.filter(({ action }) => action.startsWith('bridge')).map(({ who, action, object, result }) => [who, action, object, result]);
    expect(seen).toEqual([
      ['client old', 'bridgeRefresh', 'connections/front-desk', 'ok'],
      ['client old', 'bridgeRingCxRefresh', 'connections/front-desk', 'ok'],
    ]);
  });

  test('27: a sign-in that cannot be written down is none: nothing is given out, at RingCX’s exchange neither', async () => {
    let broken = false;
    const trail = {
      record: async () => (broken ? Promise.reject(new StoreUnavailable('the disk is full')) : undefined),
      note: async () => undefined,
      refused: async () => undefined,
      counted: () => undefined,
    };
    const world = await bridgeWorld({ trail });
    const { body } = await world.send(PASSWORD_GRANT);
    broken = true;

    const answers = [
      await world.send(PASSWORD_GRANT),
      await world.send({ rcAccessToken: String(body.access_token), includeRefresh: 'true' }, '', '/api/auth/login/rc/accesstoken'),
    ];
    const ended = await world.sessions.endAllOf('old');

    expect(answers.map(({ status, headers }) => [status, headers.get('trunkline-error')])).toEqual([
      [503, 'store_unavailable'],
      [503, 'store_unavailable'],
    ]);
    expect(answers.map(({ text }) => text).join()).not.toContain('tlb_');
    expect(ended).toBe(1);
  });
});
