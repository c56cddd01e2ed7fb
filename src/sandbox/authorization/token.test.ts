import { describe, expect, test } from 'vitest';
import { ACCOUNT, APP, basic, codes, EXTENSION, FRONT_DESK, OTHER_APP, outside, REVOKE, TOKEN, type TokenInfo } from '../../../test/sandbox-world.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { DEMO, DEMO_DATA } from '../demo.ts';
import type { SandboxData } from '../directory.ts';

const [CONFIDENTIAL] = DEMO_DATA.apps;
const DATA: SandboxData = {
  ...DEMO_DATA,
  apps: [
    { ...CONFIDENTIAL!, clientId: 'raw%2Fid', clientSecret: 'a:b+c%20d-._~é' },
    { clientId: 'public', grantTypes: ['password', 'refresh_token'], permissions: ['RingOut'], redirectUris: [] },
    { ...CONFIDENTIAL!, clientId: 'no-password', clientSecret: 's', grantTypes: ['refresh_token'] },
    { ...CONFIDENTIAL!, clientId: 'no-refresh', clientSecret: 's', grantTypes: ['password'] },
  ],
};

test('a new token has its whole life before it, however long it took to make', async () => {
  const begin = Date.parse('2026-11-21T12:00:00Z');
  let calls = 0;
  const clock: Clock = { ...systemClock, now: () => begin + 7 * calls++ };
  const { signIn } = await outside({ clock });

  expect(await signIn()).toMatchObject({ expires_in: 3_600, refresh_token_expires_in: 604_800 });
});

describe('client authentication', () => {
  test('id and secret are compared raw: nothing is percent-decoded', async () => {
    const { postForm } = await outside({ data: DATA });

    const raw = await postForm(TOKEN, FRONT_DESK, 'raw%2Fid:a:b+c%20d-._~é');
    const encoded = await postForm(TOKEN, FRONT_DESK, 'raw%252Fid:a%3Ab%2Bc%2520d-._~%C3%A9');

    expect(raw.status).toBe(200);
    expect(codes(encoded)).toEqual([400, 'invalid_client', 'OAU-153']);
  });

  test('a public app shows its client_id in the body', async () => {
    const { postForm } = await outside({ data: DATA });

    const answer = await postForm(TOKEN, { ...FRONT_DESK, client_id: 'public' }, '');

    expect(answer.json).toMatchObject({ token_type: 'bearer', scope: 'RingOut' });
  });

  test('a public app with a Basic header, its secret empty, is refused', async () => {
    const { postForm } = await outside({ data: DATA });

    expect(codes(await postForm(TOKEN, FRONT_DESK, 'public:'))).toEqual([400, 'invalid_client', 'OAU-153']);
  });

  test('a confidential app does not get by with its client_id alone', async () => {
    const { postForm } = await outside();

    expect(codes(await postForm(TOKEN, { ...FRONT_DESK, client_id: 'YourAppKey' }, ''))).toEqual([400, 'invalid_client', 'OAU-153']);
  });

  test('a client_id beside Basic is ignored, as two SDKs send both', async () => {
    const { postForm } = await outside();

    expect((await postForm(TOKEN, { ...FRONT_DESK, client_id: 'another' })).status).toBe(200);
  });

  test('neither of the two: OAU-123', async () => {
    const { postForm } = await outside();

    const answer = await postForm(TOKEN, FRONT_DESK, '');

    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      error: 'invalid_client',
      error_description: 'Client authentication is required',
      errors: [{ errorCode: 'OAU-123', message: 'Client authentication is required' }],
    });
  });

  test.each([
    ['unknown', 'nobody:secret', 'nobody'],
    ['with a wrong secret', 'YourAppKey:wrong', 'YourAppKey'],
    ['whose id would break out of a header', 'a"\r\nx: y:secret', 'a???x'],
  ])('an app %s: OAU-153, with a challenge beside the 400', async (_what, app, shown) => {
    const { postForm } = await outside();

    const answer = await postForm(TOKEN, FRONT_DESK, app);

    const message = `Invalid client application: [${shown}]`;
    expect(codes(answer)).toEqual([400, 'invalid_client', 'OAU-153']);
    expect(answer.json).toMatchObject({ error_description: message, errors: [{ parameters: [{ parameterName: 'client_id', parameterValue: shown }] }] });
    expect(answer.headers['www-authenticate']).toBe(`Bearer realm="RingCentral REST API", error="invalid_client", error_description="${message}"`);
  });
});

describe('token endpoint', () => {
  test('a body that is no form is refused with 415', async () => {
    const { ask } = await outside();

    const answer = await ask(TOKEN, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: basic(APP) },
      body: JSON.stringify(FRONT_DESK),
    });

    expect([answer.status, answer.json.error]).toEqual([415, 'invalid_request']);
  });

  test('a repeated parameter is refused; parameters without a value count as absent', async () => {
    const { postForm } = await outside();
    const form = new URLSearchParams(FRONT_DESK).toString();

    const repeated = await postForm(TOKEN, `${form}&password=1234`);
    const empty = await postForm(TOKEN, `${form}&password=&endpoint_id=&access_token_ttl=&refresh_token_ttl=&scope=&scope=`);

    expect(codes(repeated)).toEqual([400, 'invalid_request', 'OAU-111']);
    expect(empty.json).toMatchObject({ expires_in: 3_600, refresh_token_expires_in: 604_800, endpoint_id: expect.stringMatching(/^[\w-]{22}$/) });
  });

  test.each([
    ['no grant_type', {}, APP, 'invalid_request', 'CMN-101'],
    ['a grant that the sandbox has not got', { grant_type: 'partner_jwt' }, APP, 'unsupported_grant_type', 'OAU-250'],
    ['a grant that nobody has', { grant_type: 'magic' }, APP, 'unsupported_grant_type', 'OAU-250'],
    ['a grant that the app may not use', FRONT_DESK, 'no-password:s', 'unauthorized_client', 'OAU-251'],
    ['a refresh without a token', { grant_type: 'refresh_token' }, APP, 'invalid_request', 'CMN-101'],
  ])('%s', async (_what, form: Record<string, string>, app, error, code) => {
    const { postForm } = await outside({ data: { ...DATA, apps: [...DATA.apps, ...DEMO_DATA.apps] } });

    expect(codes(await postForm(TOKEN, form, app))).toEqual([400, error, code]);
  });

  test('what it answers is not to be stored, success or not', async () => {
    const { postForm } = await outside();

    const answers = [
      await postForm(TOKEN, FRONT_DESK),
      await postForm(TOKEN, { ...FRONT_DESK, password: 'wrong' }),
      await postForm(TOKEN, FRONT_DESK, 'nobody:x'),
    ];

    for (const { headers } of answers)
      expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache', 'content-type': 'application/json;charset=UTF-8' });
  });

  test('one that is not asked with POST says so', async () => {
    const { ask } = await outside();

    const answer = await ask(TOKEN);

    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
  });
});

describe('password grant', () => {
  test('answers with every field that the platform has', async () => {
    const { postForm } = await outside();

    const { json } = await postForm(TOKEN, {
      grant_type: 'password',
      username: '18559100010',
      extension: '101',
      password: '121212',
      endpoint_id: 'my-endpoint',
    });

    expect(json).toEqual({
      access_token: expect.stringMatching(/^SBXA[\w-]{43}$/),
      token_type: 'bearer',
      expires_in: 3_600,
      refresh_token: expect.stringMatching(/^SBXR[\w-]{43}$/),
      refresh_token_expires_in: 604_800,
      scope: expect.stringMatching(/^\w+( \w+)+$/),
      owner_id: '256440016',
      endpoint_id: 'my-endpoint',
      session_id: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(String(json.scope).split(' ')).toEqual(expect.arrayContaining(['ReadAccounts', 'RingOut', 'Faxes']));
  });

  test.each([
    ['with country code', { username: '18889363711', extension: '101' }],
    ['with plus', { username: '+18889363711', extension: '101' }],
    ['without country code', { username: '8889363711', extension: '101' }],
    ['as people write it', { username: '+1 (888) 936-3711', extension: '101' }],
    ['with the extension in it', { username: '+18889363711*101' }],
    ['alone: the main administrator', { username: '18889363711' }],
    ['an e-mail address', { username: 'Front-Desk@example.com' }],
  ])('a user name %s', async (_how, login: Record<string, string>) => {
    const { postForm } = await outside();

    const { json } = await postForm(TOKEN, { grant_type: 'password', password: '1234', ...login });

    expect(json).toMatchObject({ owner_id: '403141004' });
  });

  test('a number alone means the lowest extension where none is the administrator', async () => {
    const [account] = DEMO_DATA.accounts;
    const [extension] = account!.extensions;
    const extensions = ['1000', '102', '101'].map((extensionNumber, index) => ({
      ...extension!,
      id: index,
      extensionNumber,
      email: `${index}@example.com`,
      mainAdministrator: false,
    }));
    const { signIn } = await outside({ data: { ...DEMO_DATA, accounts: [{ ...account!, extensions }] } });

    expect(await signIn({ extension: '' })).toMatchObject({ owner_id: '2' });
  });

  test('a number alone means the administrator, though there are lower extensions', async () => {
    const [account] = DEMO_DATA.accounts;
    const [extension] = account!.extensions;
    const extensions = ['101', '102'].map((extensionNumber, index) => ({
      ...extension!,
      id: index,
      extensionNumber,
      email: `${index}@example.com`,
      mainAdministrator: index === 1,
    }));
    const { signIn } = await outside({ data: { ...DEMO_DATA, accounts: [{ ...account!, extensions }] } });

    expect(await signIn({ extension: '' })).toMatchObject({ owner_id: '1' });
  });

  test.each([
    ['password', { password: '9999' }],
    ['extension', { extension: '999' }],
    ['number', { username: '15555550199' }],
    ['extension in the user name', { username: '18889363711*999', extension: '101' }],
    ['user name that is none', { username: 'nonsense' }],
  ])('a wrong %s: OAU-140', async (_what, wrong) => {
    const { postForm } = await outside();

    const answer = await postForm(TOKEN, { ...FRONT_DESK, ...wrong });

    expect(codes(answer)).toEqual([400, 'invalid_grant', 'OAU-140']);
    expect(answer.json.error_description).toBe('Invalid resource owner credentials.');
  });

  test.each([['username'], ['password']])('no %s: the credentials are incomplete', async (name) => {
    const { postForm } = await outside();

    const answer = await postForm(TOKEN, { ...FRONT_DESK, [name]: '' });

    expect(answer).toMatchObject({ status: 400, json: { error: 'invalid_request', error_description: 'Resource Owner credentials are incomplete.' } });
  });

  test('an app that may not refresh is issued no refresh token', async () => {
    const { signIn } = await outside({ data: DATA });

    const tokens = await signIn({}, 'no-refresh:s');

    expect(tokens.access_token).toMatch(/^SBXA/);
    expect(tokens).not.toHaveProperty('refresh_token');
    expect(tokens).not.toHaveProperty('refresh_token_expires_in');
  });

  test('the sixth sign-in of a user with an app ends the oldest session, and no other', async () => {
    const { signIn, get, refresh } = await outside();
    const otherUser = await signIn({ username: '15556090455', extension: '', password: 'qwerty' });
    const otherApp = await signIn({}, OTHER_APP);
    const sessions: TokenInfo[] = [];
    for (let count = 0; count < 6; count += 1) sessions.push(await signIn());

    const statuses = await Promise.all([...sessions, otherUser, otherApp].map(async ({ access_token }) => (await get(EXTENSION, access_token)).status));

    expect(statuses).toEqual([401, 200, 200, 200, 200, 200, 200, 200]);
    expect(codes(await get(EXTENSION, sessions[0]!.access_token))).toEqual([401, 'TokenInvalid', 'OAU-213']);
    expect(codes(await refresh(sessions[0]!.refresh_token))).toEqual([400, 'invalid_grant', 'OAU-213']);
  });

  test('a session that is over makes room by itself', async () => {
    const { sandbox, signIn, get } = await outside();
    const first = await signIn();
    for (let count = 0; count < 4; count += 1) await signIn({ refresh_token_ttl: '0' });
    await sandbox.advance(3_600_000);

    await signIn();

    expect(codes(await get(EXTENSION, first.access_token))).toEqual([401, 'TokenExpired', 'OAU-128']);
  });

  test('a session lives as long as either of its tokens, with a refresh token or without', async () => {
    const { sandbox, signIn } = await outside();
    const live = () => sandbox.state().sessions.length;
    await signIn({ refresh_token_ttl: '0' });
    await signIn({ refresh_token_ttl: '60' });
    await signIn({ refresh_token_ttl: '7200' });

    const counts = [live()];
    for (const seconds of [3_599, 1, 3_599, 1]) {
      await sandbox.advance(seconds * 1_000);
      counts.push(live());
    }

    expect(counts).toEqual([3, 3, 1, 1, 0]);
  });

  test('of the sessions that are over the last five are remembered', async () => {
    const { signIn, postForm, refresh } = await outside();
    const revoked: TokenInfo[] = [];
    for (let count = 0; count < 6; count += 1) {
      revoked.push(await signIn());
      await postForm(REVOKE, { token: revoked[count]!.access_token });
    }

    await signIn();

    const answers = await Promise.all(revoked.map(async ({ refresh_token }) => codes(await refresh(refresh_token))[2]));
    expect(answers).toEqual(['OAU-213', 'OAU-211', 'OAU-211', 'OAU-211', 'OAU-211', 'OAU-211']);
  });

  test('the demo connections of the gateway can all sign in with its app', async () => {
    const { postForm } = await outside();

    const answers = await Promise.all(
      DEMO.connections.map(({ name: _name, ...login }) =>
        postForm(TOKEN, { grant_type: 'password', ...login }, `${DEMO.app.clientId}:${DEMO.app.clientSecret}`),
      ),
    );

    expect(answers.map(({ json }) => json.owner_id)).toEqual(['403141004', '1110475004', '315087004']);
  });
});

describe('token lifetimes', () => {
  test.each([
    ['1800', 1_800],
    ['1800.9', 1_800],
    ['600', 600],
    ['599', 600],
    ['-1', 600],
    ['odd', 600],
    ['3600', 3_600],
    ['7200', 3_600],
  ])('access_token_ttl %s gives %i', async (ttl, seconds) => {
    const { signIn, refresh } = await outside();

    const tokens = await signIn({ access_token_ttl: ttl });
    const refreshed = await refresh(tokens.refresh_token, { access_token_ttl: ttl });

    expect([tokens.expires_in, refreshed.json.expires_in]).toEqual([seconds, seconds]);
  });

  test.each([
    ['302400', 302_400],
    ['604801', 604_800],
    ['odd', 604_800],
  ])('refresh_token_ttl %s gives %i', async (ttl, seconds) => {
    const { signIn, refresh } = await outside();

    const tokens = await signIn({ refresh_token_ttl: ttl });
    const refreshed = await refresh(tokens.refresh_token, { refresh_token_ttl: ttl });

    expect([tokens.refresh_token_expires_in, refreshed.json.refresh_token_expires_in]).toEqual([seconds, seconds]);
  });

  test.each([['0'], ['-1']])('refresh_token_ttl %s: no refresh token, on login and on refresh', async (ttl) => {
    const { signIn, refresh } = await outside();

    const without = await signIn({ refresh_token_ttl: ttl });
    const refreshed = await refresh((await signIn()).refresh_token, { refresh_token_ttl: ttl });

    expect(without).not.toHaveProperty('refresh_token');
    expect(refreshed.json).toHaveProperty('access_token');
    expect(refreshed.json).not.toHaveProperty('refresh_token');
  });

  test('a login does not remember its lifetimes for the refresh', async () => {
    const { signIn, refresh } = await outside();
    const tokens = await signIn({ access_token_ttl: '600', refresh_token_ttl: '1000' });

    const { json } = await refresh(tokens.refresh_token);

    expect([json.expires_in, json.refresh_token_expires_in]).toEqual([3_600, 604_800]);
  });

  test('the control sets what the platform would not grant, whatever is asked for; absent or null takes it back', async () => {
    const { sandbox, signIn } = await outside();

    await sandbox.setLifetimes({ accessSeconds: 5, refreshSeconds: 10_000_000 });
    const both = await signIn({ access_token_ttl: '1800' });
    const none = await signIn({ refresh_token_ttl: '0' });
    await sandbox.setLifetimes({ accessSeconds: 5 });
    const one = await signIn();
    await sandbox.setLifetimes({ accessSeconds: null });
    const neither = await signIn();

    expect([both.expires_in, both.refresh_token_expires_in]).toEqual([5, 10_000_000]);
    expect(none).not.toHaveProperty('refresh_token');
    expect([one.expires_in, one.refresh_token_expires_in]).toEqual([5, 604_800]);
    expect([neither.expires_in, neither.refresh_token_expires_in]).toEqual([3_600, 604_800]);
  });
});

describe('revoke', () => {
  test.each([['access_token'], ['refresh_token']] as const)('the %s ends the whole session', async (which) => {
    const { signIn, postForm, get, refresh } = await outside();
    const tokens = await signIn();

    const answer = await postForm(REVOKE, { token: tokens[which] });

    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(codes(await get(EXTENSION, tokens.access_token))).toEqual([401, 'TokenInvalid', 'OAU-213']);
    expect(codes(await refresh(tokens.refresh_token))).toEqual([400, 'invalid_grant', 'OAU-211']);
  });

  test('the token may stand in the query, and then there needs to be no body', async () => {
    const { signIn, ask, get } = await outside();
    const tokens = await signIn();

    const answer = await ask(`${REVOKE}?token=${tokens.access_token}`, { method: 'POST', headers: { authorization: basic(APP) } });

    expect(answer.status).toBe(200);
    expect((await get(ACCOUNT, tokens.access_token)).status).toBe(401);
  });

  test('a token that is unknown, absent, or of another app is a success that does nothing', async () => {
    const { signIn, postForm, get } = await outside();
    const tokens = await signIn();

    const answers = [
      await postForm(REVOKE, { token: 'rubbish' }),
      await postForm(REVOKE, {}),
      await postForm(REVOKE, { token: tokens.access_token }, OTHER_APP),
    ];

    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [200, ''],
      [200, ''],
      [200, ''],
    ]);
    expect((await get(ACCOUNT, tokens.access_token)).status).toBe(200);
  });

  test('an old pair ends the session as long as the platform still takes its refresh token, and not after', async () => {
    const { sandbox, signIn, refresh, postForm, get } = await outside();
    const late = await signIn();
    const later = (await refresh(late.refresh_token)).json as unknown as TokenInfo;
    await get(ACCOUNT, later.access_token);
    await sandbox.advance(10_000);
    const early = await signIn();
    const earlier = (await refresh(early.refresh_token)).json as unknown as TokenInfo;

    for (const token of [late.refresh_token, late.access_token, early.refresh_token]) await postForm(REVOKE, { token });

    expect((await get(ACCOUNT, later.access_token)).status).toBe(200);
    expect((await get(ACCOUNT, earlier.access_token)).status).toBe(401);
  });

  test('an app that does not show who it is is refused, and nothing ends', async () => {
    const { signIn, postForm, get } = await outside();
    const tokens = await signIn();

    const answers = [await postForm(REVOKE, { token: tokens.access_token }, ''), await postForm(REVOKE, { token: tokens.access_token }, 'YourAppKey:wrong')];

    expect(answers.map(codes)).toEqual([
      [400, 'invalid_client', 'OAU-123'],
      [400, 'invalid_client', 'OAU-153'],
    ]);
    expect((await get(ACCOUNT, tokens.access_token)).status).toBe(200);
  });
});
