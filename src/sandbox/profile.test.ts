import { describe, expect, test } from 'vitest';
import { ACCOUNT, APP, codes, FRONT_DESK, outside, TOKEN } from '../../test/sandbox-world.ts';
import { type Profile, RULES, type Rules, rulesOf } from './profile.ts';

describe('the uncertain rules', () => {
  test('each says what it is, what its choices do, and where it is from', () => {
    for (const { question, choices, platform, strict, source, date } of Object.values(RULES)) {
      expect(question).toMatch(/\?$/);
      expect(Object.keys(choices)).toEqual(expect.arrayContaining([platform, strict]));
      expect([source.length > 0, /^\d{4}(-\d\d){0,2}$/.test(date)]).toEqual([true, true]);
    }
  });

  test.each<[Profile, Partial<Rules>, string]>([
    ['platform', {}, 'on'],
    ['strict', {}, 'off'],
    ['strict', { grace: 'on' }, 'on'],
  ])('profile %s with %j has grace %s', (profile, told, grace) => {
    expect(rulesOf(profile, told).grace).toBe(grace);
  });

  test.each<[Rules['grace'], number]>([
    ['on', 200],
    ['off', 400],
  ])('grace %s: a refresh token that was exchanged answers %i', async (grace, status) => {
    const { signIn, refresh } = await outsideWith({ grace });
    const { refresh_token } = await signIn();
    await refresh(refresh_token);

    expect((await refresh(refresh_token)).status).toBe(status);
  });

  test.each<[Rules['sessionLimit'], number, number]>([
    ['oldest-ends', 200, 401],
    ['refuse', 429, 200],
  ])('sessionLimit %s: the sixth sign-in answers %i, and then the first token %i', async (sessionLimit, sixth, first) => {
    const { signIn, postForm, get } = await outsideWith({ sessionLimit });
    const { access_token } = await signIn();
    for (let count = 0; count < 4; count += 1) await signIn();

    expect((await postForm(TOKEN, FRONT_DESK)).status).toBe(sixth);
    expect((await get(ACCOUNT, access_token)).status).toBe(first);
  });

  test.each<[Rules['noRefreshTtl'], string, unknown]>([
    ['none', '-1', undefined],
    ['none', '0', undefined],
    ['default', '-1', 604_800],
    ['default', '0', 604_800],
  ])('noRefreshTtl %s: refresh_token_ttl=%s brings a refresh token of %s s', async (noRefreshTtl, refresh_token_ttl, seconds) => {
    const { signIn } = await outsideWith({ noRefreshTtl });

    expect((await signIn({ refresh_token_ttl })).refresh_token_expires_in).toBe(seconds);
  });

  test.each<[Rules['replacedAccessToken'], string]>([
    ['corrupted-first', 'OAU-129'],
    ['not-found', 'OAU-213'],
  ])('replacedAccessToken %s: it is refused with %s at once', async (replacedAccessToken, code) => {
    const { signIn, refresh, get } = await outsideWith({ replacedAccessToken });
    const { access_token, refresh_token } = await signIn();
    await refresh(refresh_token);

    expect(codes(await get(ACCOUNT, access_token))).toEqual([401, 'TokenInvalid', code]);
  });

  test.each<[Rules['authLimit'], number]>([
    ['app', 429],
    ['user', 200],
  ])('authLimit %s: when one user has asked five times, another is answered %i', async (authLimit, status) => {
    const { sandbox, postForm, signIn } = await outsideWith({ authLimit }, { limited: true });
    const { refresh_token } = await signIn();
    await postForm(TOKEN, { grant_type: 'refresh_token', refresh_token });
    const { jwt } = await sandbox.issueJwt({ username: '18889363711', extension: '101' });
    await postForm(TOKEN, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt });
    for (let count = 0; count < 2; count += 1) await signIn();

    const own = await postForm(TOKEN, FRONT_DESK);
    await sandbox.advance(authLimit === 'app' ? 0 : 1_000);
    const other = await postForm(TOKEN, { grant_type: 'password', username: '15556090455', password: 'qwerty' }, APP);

    expect([own.status, other.status]).toEqual([429, status]);
  });
});

function outsideWith(rules: Partial<Rules>, options: { readonly limited?: boolean } = {}) {
  return outside({ scenario: { extends: 'demo', rules }, ...options });
}
