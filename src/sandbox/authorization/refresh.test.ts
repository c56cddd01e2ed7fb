import { describe, expect, test } from 'vitest';
import { ACCOUNT, codes, OTHER_APP, outside, type TokenInfo } from '../../../test/sandbox-world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NOT_FOUND = [400, 'invalid_grant', 'OAU-213'];

async function refreshedOnce() {
  const world = await outside();
  const old = await world.signIn();
  const answer = await world.refresh(old.refresh_token);
  return { ...world, old, now: answer.json as unknown as TokenInfo };
}

describe('refresh', () => {
  test('brings a new pair for the same session', async () => {
    const { old, now, get } = await refreshedOnce();

    expect(now.access_token).not.toBe(old.access_token);
    expect(now.refresh_token).not.toBe(old.refresh_token);
    expect([now.session_id, now.endpoint_id, now.owner_id, now.scope]).toEqual([old.session_id, old.endpoint_id, old.owner_id, old.scope]);
    expect((await get(ACCOUNT, now.access_token)).status).toBe(200);
  });

  test('the old access token dies at once: corrupted for ten seconds, then not found', async () => {
    const { sandbox, old, get } = await refreshedOnce();

    const atOnce = await get(ACCOUNT, old.access_token);
    await sandbox.advance(10 * SECOND_MS - 1);
    const almost = await get(ACCOUNT, old.access_token);
    await sandbox.advance(1);
    const later = await get(ACCOUNT, old.access_token);

    expect(atOnce.json).toMatchObject({ errorCode: 'TokenInvalid', message: 'Access token corrupted', errors: [{ errorCode: 'OAU-129' }] });
    expect([atOnce, almost, later].map(codes)).toEqual([
      [401, 'TokenInvalid', 'OAU-129'],
      [401, 'TokenInvalid', 'OAU-129'],
      [401, 'TokenInvalid', 'OAU-213'],
    ]);
  });

  test('while the new access token is unused, the old refresh token brings the same pair for an hour, with what is left of its life', async () => {
    const { sandbox, old, now, refresh } = await refreshedOnce();

    await sandbox.advance(100 * SECOND_MS);
    const soon = await refresh(old.refresh_token, { access_token_ttl: '600' });
    await sandbox.advance(HOUR_MS - 100 * SECOND_MS - 1);
    const late = await refresh(old.refresh_token);
    await sandbox.advance(1);
    const tooLate = await refresh(old.refresh_token);

    expect(soon.json).toEqual({ ...now, expires_in: 3_500, refresh_token_expires_in: 604_700 });
    expect(late.json).toEqual({ ...now, expires_in: 0, refresh_token_expires_in: 601_200 });
    expect(codes(tooLate)).toEqual(NOT_FOUND);
  });

  test('once the new access token was used, the old refresh token brings the same pair for ten seconds more', async () => {
    const { sandbox, old, now, get, refresh } = await refreshedOnce();
    await sandbox.advance(20 * MINUTE_MS);
    await get(ACCOUNT, now.access_token);
    await sandbox.advance(5 * SECOND_MS);
    await get(ACCOUNT, now.access_token);

    await sandbox.advance(5 * SECOND_MS - 1);
    const inTime = await refresh(old.refresh_token);
    await sandbox.advance(1);
    const tooLate = await refresh(old.refresh_token);

    expect(inTime.json).toMatchObject({ access_token: now.access_token, refresh_token: now.refresh_token });
    expect(codes(tooLate)).toEqual(NOT_FOUND);
    expect(tooLate.json.error_description).toBe('Token not found');
  });

  test('a resource request that is refused for another reason has used the token all the same', async () => {
    const { sandbox, old, now, get, refresh } = await refreshedOnce();

    await get('/restapi/v1.0/account/1', now.access_token);
    await sandbox.advance(10 * SECOND_MS);

    expect(codes(await refresh(old.refresh_token))).toEqual(NOT_FOUND);
  });

  test('a use does not bring back an old refresh token whose hour is over', async () => {
    const { sandbox, old, now, get, refresh } = await refreshedOnce();
    await sandbox.setLifetimes({ accessSeconds: 2 * 3_600 });
    const rotated = (await refresh(now.refresh_token)).json as unknown as TokenInfo;
    await sandbox.advance(HOUR_MS);

    await get(ACCOUNT, rotated.access_token);

    expect(codes(await refresh(now.refresh_token))).toEqual(NOT_FOUND);
    expect(codes(await refresh(old.refresh_token))).toEqual(NOT_FOUND);
  });

  test('a refresh token two generations old is dead, whether anything was used or not', async () => {
    const { old, now, refresh } = await refreshedOnce();

    const next = await refresh(now.refresh_token);

    expect(next.status).toBe(200);
    expect(codes(await refresh(old.refresh_token))).toEqual(NOT_FOUND);
  });

  test('the pair that came back works like any other', async () => {
    const { old, get, refresh } = await refreshedOnce();

    const repeated = (await refresh(old.refresh_token)).json as unknown as TokenInfo;
    const used = await get(ACCOUNT, repeated.access_token);
    const next = await refresh(repeated.refresh_token);

    expect([used.status, next.status]).toEqual([200, 200]);
    expect(next.json.access_token).not.toBe(repeated.access_token);
  });

  test('many at once with one refresh token all get one pair', async () => {
    const { signIn, refresh } = await outside();
    const { refresh_token } = await signIn();

    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refresh_token)));

    expect(new Set(answers.map(({ json }) => json.access_token)).size).toBe(1);
  });

  test('each refresh starts seven new days; a token that was not refreshed in time is expired', async () => {
    const { sandbox, signIn, refresh } = await outside();
    const first = await signIn();
    await sandbox.advance(7 * DAY_MS - 1);

    const second = (await refresh(first.refresh_token)).json as unknown as TokenInfo;
    await sandbox.advance(7 * DAY_MS - 1);
    const third = (await refresh(second.refresh_token)).json as unknown as TokenInfo;
    await sandbox.advance(7 * DAY_MS);
    const tooLate = await refresh(third.refresh_token);

    expect(third.refresh_token_expires_in).toBe(604_800);
    expect(codes(tooLate)).toEqual([400, 'invalid_grant', 'OAU-210']);
    expect(tooLate.json.error_description).toBe('Token expired');
  });

  test('an old refresh token does not outlive its own expiry by the grace', async () => {
    const { sandbox, signIn, refresh } = await outside();
    const old = await signIn({ refresh_token_ttl: '60' });
    await sandbox.advance(59 * SECOND_MS);
    await refresh(old.refresh_token);

    await sandbox.advance(SECOND_MS);

    expect(codes(await refresh(old.refresh_token))).toEqual([400, 'invalid_grant', 'OAU-210']);
  });

  test('an expired access token can be refreshed', async () => {
    const { sandbox, signIn, get, refresh } = await outside();
    const old = await signIn();
    await sandbox.advance(HOUR_MS);

    expect(codes(await get(ACCOUNT, old.access_token))).toEqual([401, 'TokenExpired', 'OAU-128']);
    expect((await refresh(old.refresh_token)).status).toBe(200);
  });

  test.each([
    ['presented by another app', (tokens: TokenInfo) => tokens.refresh_token, OTHER_APP],
    ['that is an access token', (tokens: TokenInfo) => tokens.access_token, undefined],
    ['that nobody issued', () => 'SBXR-unknown', undefined],
  ])('a refresh token %s is not found, and nothing changes', async (_what, pick, app) => {
    const { signIn, refresh } = await outside();
    const tokens = await signIn();

    const refused = await refresh(pick(tokens), {}, app);

    expect(codes(refused)).toEqual(NOT_FOUND);
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  test('does not count as a sign-in: five sessions stay five', async () => {
    const { signIn, refresh, sandbox } = await outside();
    const [first] = [await signIn(), await signIn(), await signIn(), await signIn(), await signIn()];

    await refresh(first!.refresh_token);

    expect(sandbox.state().sessions).toHaveLength(5);
  });
});
