import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { FRONT_DESK } from '../connect/users.ts';
import { authorizeWorld, CALLBACK, PROGRAM } from './authorize-world.ts';
import { basic } from './world.ts';

const ASKED = { response_type: 'code', client_id: 'old-app', redirect_uri: CALLBACK, state: 'a state, with / and ä' };
const REDEEMED = { redirect_uri: CALLBACK };
const VERIFIER = 'a-verifier-of-at-least-forty-three-characters';
const S256 = createHash('sha256').update(VERIFIER).digest('base64url');

describe('the authorization endpoint of the Bridge', () => {
  test('leads to the platform with state, PKCE and redirect URI of ours, and back to the program with a code of ours', async () => {
    const it = await authorizeWorld();

    const begun = new URL((await it.authorize(ASKED)).headers.get('location') ?? '');
    const back = await it.comeBack(ASKED);
    const to = new URL(back.headers.get('location') ?? '');

    expect(begun.origin).toBe(it.sandbox.origin);
    expect(Object.fromEntries(begun.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'TrunklineDemoKey',
      redirect_uri: it.redirectUri,
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect([back.status, to.origin + to.pathname]).toEqual([302, CALLBACK]);
    expect([...to.searchParams.keys()]).toEqual(['code', 'state', 'expires_in']);
    expect(Object.fromEntries(to.searchParams)).toEqual({ code: expect.stringMatching(/^tlc_[\w-]{43}$/), state: ASKED.state, expires_in: '60' });
  });

  test('the code brings tokens of ours for a Connection of its own, which is repaired when the user comes again', async () => {
    const it = await authorizeWorld();
    const name = `shop-${FRONT_DESK.ownerId}`;

    const first = await it.redeem({ code: await it.codeFor(ASKED), ...REDEEMED });
    const afterFirst = await it.store.findGrant(name);
    const second = await it.redeem({ code: await it.codeFor(ASKED), ...REDEEMED });
    const afterSecond = await it.store.findGrant(name);

    expect(first.body).toMatchObject({ access_token: expect.stringMatching(/^tlb_/), token_type: 'bearer', expires_in: 3_600, owner_id: FRONT_DESK.ownerId });
    expect((await it.extensionOf(second.body.access_token)).body).toMatchObject({ extensionNumber: '101' });
    expect((await it.store.findClient('shop'))?.connections).toEqual(['shared', name]);
    expect([afterFirst?.generation, afterSecond?.generation]).toEqual([1, 2]);
    expect(afterSecond?.app).toBe('web');
  });

  test('a Connection of the user that the Client has already is the one that is repaired', async () => {
    const it = await authorizeWorld();
    const { username, extension, password } = FRONT_DESK;
    await it.manage('POST', 'connections', { name: 'desk', app: 'web', credentials: [{ kind: 'password', username, extension, password }] });
    await it.tokens.usableGrant('desk');
    await it.store.bindConnection('shop', 'desk');

    const { body } = await it.redeem({ code: await it.codeFor(ASKED), ...REDEEMED });

    expect((await it.store.findClient('shop'))?.connections).toEqual(['shared', 'desk']);
    expect(await it.store.findGrant('desk')).toMatchObject({ generation: 2, ownerId: FRONT_DESK.ownerId });
    expect((await it.extensionOf(body.access_token)).status).toBe(200);
  });

  test('a code is good once: one that comes again brings nothing, and ends the session that came of it', async () => {
    const it = await authorizeWorld();
    const code = await it.codeFor(ASKED);

    const first = await it.redeem({ code, ...REDEEMED });
    const again = await it.redeem({ code, ...REDEEMED });

    expect([first.status, again.status, again.body]).toMatchObject([200, 400, { error: 'invalid_grant', errors: [{ errorCode: 'OAU-106' }] }]);
    expect((await it.extensionOf(first.body.access_token)).status).toBe(401);
  });

  test.each([
    ['another program', {}, basic('other-app', 'other-secret'), 'OAU-110'],
    ['another redirect URI', { redirect_uri: `${CALLBACK}/` }, PROGRAM, 'OAU-109'],
    ['no redirect URI', { redirect_uri: '' }, PROGRAM, 'OAU-109'],
    ['a verifier that nobody asked for', { code_verifier: VERIFIER }, PROGRAM, 'OAU-106'],
  ])('%s brings nothing, and uses the code up', async (_what, more, authorization, errorCode) => {
    const it = await authorizeWorld();
    const bridge = { clientId: 'other-app', clientSecret: 'other-secret', redirectUris: [CALLBACK] };
    await it.manage('POST', 'clients', { name: 'other', connections: ['shared'], bridge });
    const code = await it.codeFor(ASKED);

    const refused = await it.redeem({ code, ...REDEEMED, ...more }, authorization);
    const right = await it.redeem({ code, ...REDEEMED });

    expect([refused.status, refused.body]).toMatchObject([400, { error: 'invalid_grant', errors: [{ errorCode }] }]);
    expect(right.body).toMatchObject({ errors: [{ errorCode: 'OAU-106' }] });
  });

  test('a code is over after a minute', async () => {
    const it = await authorizeWorld();
    const code = await it.codeFor(ASKED);
    it.clock.advance(60_000);

    expect((await it.redeem({ code, ...REDEEMED })).body).toMatchObject({ error: 'invalid_grant', errors: [{ errorCode: 'OAU-108' }] });
  });

  test.each([
    ['S256', { code_challenge: S256, code_challenge_method: 'S256' }],
    ['plain', { code_challenge: VERIFIER, code_challenge_method: 'plain' }],
    ['plain, unsaid', { code_challenge: VERIFIER }],
  ])('PKCE by %s: only its verifier brings tokens, and none rests', async (_method, challenge) => {
    const it = await authorizeWorld();

    const wrong = await it.redeem({ code: await it.codeFor({ ...ASKED, ...challenge }), ...REDEEMED, code_verifier: 'w'.repeat(43) });
    const none = await it.redeem({ code: await it.codeFor({ ...ASKED, ...challenge }), ...REDEEMED });
    const code = await it.codeFor({ ...ASKED, ...challenge });
    const right = await it.redeem({ code, ...REDEEMED, code_verifier: VERIFIER });

    expect([wrong.status, none.status, right.status]).toEqual([400, 400, 200]);
    const stored = await it.store.takeBridgeCode(createHash('sha256').update(code).digest('hex'), 0);
    expect(stored?.challenge).toBe(S256);
  });

  test('a verifier that is too short to be one brings nothing, though its challenge fits (RFC 7636 §4.1)', async () => {
    const it = await authorizeWorld();
    const challenge = createHash('sha256').update('short').digest('base64url');

    const code = await it.codeFor({ ...ASKED, code_challenge: challenge, code_challenge_method: 'S256' });

    expect((await it.redeem({ code, ...REDEEMED, code_verifier: 'short' })).body).toMatchObject({ errors: [{ errorCode: 'OAU-106' }] });
  });

  test('a state of more than four thousand characters is not kept, nor said again', async () => {
    const it = await authorizeWorld();

    const to = new URL((await it.authorize({ ...ASKED, state: 'x'.repeat(4_001) })).headers.get('location') ?? '');

    expect(Object.fromEntries(to.searchParams)).toEqual({ error: 'invalid_request', error_description: expect.any(String) });
  });

  test('a program without a secret must use PKCE, and then needs none', async () => {
    const it = await authorizeWorld({ clientId: 'old-app', redirectUris: [CALLBACK] });

    const without = new URL((await it.authorize(ASKED)).headers.get('location') ?? '');
    const code = await it.codeFor({ ...ASKED, code_challenge: S256, code_challenge_method: 'S256' });
    const tokens = await it.redeem({ code, ...REDEEMED, client_id: 'old-app', code_verifier: VERIFIER }, '');

    expect([without.origin, without.searchParams.get('error')]).toEqual(['https://shop.example.com', 'invalid_request']);
    expect(tokens.status).toBe(200);
  });

  test.each([
    ['an unknown client id', { client_id: 'nobody' }, 400, 'OAU-153'],
    ['no client id', { client_id: '' }, 400, 'CMN-101'],
    ['a redirect URI that begins alike', { redirect_uri: `${CALLBACK}/more` }, 403, 'OAU-109'],
    ['a redirect URI in capitals', { redirect_uri: CALLBACK.replace('shop', 'SHOP') }, 403, 'OAU-109'],
  ])('%s is never redirected', async (_what, more, status, errorCode) => {
    const it = await authorizeWorld();

    const answer = await it.authorize({ ...ASKED, ...more });

    expect([answer.status, answer.headers.get('location'), await answer.json()]).toMatchObject([status, null, { errors: [{ errorCode }] }]);
  });

  test.each([
    ['an unknown client id', { client_id: '<img src=x>' }, 400, 'This program is not known here', 'OAU-153'],
    ['another redirect URI', { redirect_uri: 'https://evil.example/<script>' }, 403, 'This program may not send you here', 'OAU-109'],
    ['no client id', { client_id: '' }, 400, 'This address is not complete', 'CMN-101'],
  ])('a person whose program sent %s sees a page, that says what to do and repeats nothing that was sent', async (_what, more, status, title, code) => {
    const it = await authorizeWorld();

    const answer = await it.authorize({ ...ASKED, ...more }, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    const page = await answer.text();

    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('location')]).toEqual([status, 'text/html; charset=utf-8', null]);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain(`<h1>${title}</h1>`);
    expect(page).toMatch(new RegExp(`${code}, request [\\w-]{12}\\.`));
    expect(page).not.toMatch(/<img|<script|evil\.example/);
  });

  test('a person from whose network too many come is told how long to wait', async () => {
    const it = await authorizeWorld();
    for (let count = 0; count < 60; count += 1) await it.authorize({ ...ASKED, client_id: 'nobody' });
    it.clock.advance(18_000);

    const answer = await it.authorize(ASKED, { accept: 'text/html' });

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '42']);
    expect(await answer.text()).toContain('Try again in 42 seconds');
  });

  test('a program that lists no redirect URI, and one that lists several and names none, are refused; of one it need not be named', async () => {
    const it = await authorizeWorld({ clientId: 'none' });
    const made = (name: string, redirectUris: readonly string[]) =>
      it.manage('POST', 'clients', { name, connections: ['shared'], bridge: { clientId: name, clientSecret: 'secret', redirectUris } });
    await made('several', [CALLBACK, `${CALLBACK}/2`]);
    await made('one', [CALLBACK]);
    const { redirect_uri: _named, ...asked } = ASKED;

    const refused = [await it.authorize({ ...asked, client_id: 'none' }), await it.authorize({ ...asked, client_id: 'several' })];
    const codes = [await it.codeFor({ ...asked, client_id: 'one' }), await it.codeFor({ ...asked, client_id: 'one' })];
    const tokens = [
      await it.redeem({ code: codes[0] ?? '' }, basic('one', 'secret')),
      await it.redeem({ code: codes[1] ?? '', ...REDEEMED }, basic('one', 'secret')),
    ];

    expect(await Promise.all(refused.map(async (one) => [one.status, await one.json()]))).toMatchObject([
      [403, { errors: [{ errorCode: 'OAU-113' }] }],
      [403, { errors: [{ errorCode: 'OAU-109' }] }],
    ]);
    expect(tokens.map(({ status }) => status)).toEqual([200, 200]);
  });

  test('a parameter that stands there twice is refused, and redirects nobody', async () => {
    const it = await authorizeWorld();

    const answer = await it.authorize(`${new URLSearchParams(ASKED)}&client_id=other-app`);

    expect([answer.status, answer.headers.get('location'), await answer.json()]).toMatchObject([400, null, { errors: [{ errorCode: 'OAU-111' }] }]);
  });

  test('hints go on to the platform as they are, but for those that are no hints any more', async () => {
    const it = await authorizeWorld();

    const hints = { prompt: 'login', login_hint: 'jo@example.com', ui_locales: 'de', brand_id: '1210', display: 'x'.repeat(201), scope: 'RingOut', nonce: 'n' };
    const to = new URL((await it.authorize({ ...ASKED, ...hints })).headers.get('location') ?? '');

    expect(Object.fromEntries(to.searchParams)).toMatchObject({ prompt: 'login', login_hint: 'jo@example.com', ui_locales: 'de', brand_id: '1210' });
    for (const left of ['display', 'scope', 'nonce']) expect(to.searchParams.has(left)).toBe(false);
  });

  test('a code is for the program that asked for it: not for another App’s, nor once its Client has a client id of its own', async () => {
    const it = await authorizeWorld({ redirectUris: [CALLBACK] });
    await it.apps.createApp({ name: 'other', platformOrigin: it.sandbox.origin, clientId: 'OtherKey', clientSecret: new Secret('OtherSecret') });
    const asked = { ...ASKED, client_id: 'TrunklineDemoKey' };
    const [foreign, late] = [await it.codeFor(asked), await it.codeFor(asked)];

    const stolen = await it.redeem({ code: foreign, ...REDEEMED }, basic('OtherKey', 'OtherSecret'));
    await it.manage('PATCH', 'clients/shop', { bridge: { clientId: 'own', clientSecret: 'secret' } });
    const tooLate = await it.redeem({ code: late, ...REDEEMED }, basic('TrunklineDemoKey', 'TrunklineDemoSecret'));

    expect([stolen, tooLate].map(({ status, body }) => [status, body.errors])).toMatchObject([
      [400, [{ errorCode: 'OAU-110' }]],
      [400, [{ errorCode: 'OAU-110' }]],
    ]);
  });

  test('a Connection that has the user’s name and is somebody else’s is left alone', async () => {
    const it = await authorizeWorld();
    const name = `shop-${FRONT_DESK.ownerId}`;
    const credentials = [{ kind: 'password', username: '18887776655', extension: '102', password: 'Myp@ssw0rd' }];
    await it.manage('POST', 'connections', { name, app: 'web', credentials });
    await it.tokens.usableGrant(name);

    const { body } = await it.redeem({ code: await it.codeFor(ASKED), ...REDEEMED });

    expect((await it.store.findClient('shop'))?.connections).toEqual(['shared', `${name}-2`]);
    expect((await it.extensionOf(body.access_token)).body).toMatchObject({ extensionNumber: '101' });
    expect((await it.store.findGrant(name))?.generation).toBe(1);
  });

  test.each([
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['a method without its challenge', { code_challenge_method: 'S256' }, 'invalid_request'],
    ['no response type', { response_type: '' }, 'invalid_request'],
    ['a challenge that is none', { code_challenge: 'short' }, 'invalid_request'],
    ['a method that nobody has', { code_challenge: VERIFIER, code_challenge_method: 'S512' }, 'invalid_request'],
  ])('%s is said to the program, with its state', async (_what, more, error) => {
    const it = await authorizeWorld();

    const to = new URL((await it.authorize({ ...ASKED, ...more })).headers.get('location') ?? '');

    expect(Object.fromEntries(to.searchParams)).toEqual({ error, error_description: expect.any(String), state: ASKED.state });
  });

  test('what the platform says is passed on: a user who denies, and a browser that nobody has signed in with', async () => {
    const it = await authorizeWorld();
    const denied = await it.comeBack(ASKED, (callback) => callback.replace(/code=[^&]*/, 'error=access_denied'));
    const begun = await it.authorize({ ...ASKED, prompt: 'none' });
    const cookie = (begun.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const platform = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' });
    const silent = await fetch(platform.headers.get('location') ?? '', { redirect: 'manual', headers: { cookie } });

    const said = [denied, silent].map(({ headers }) => new URL(headers.get('location') ?? '').searchParams);

    expect(said.map((query) => [query.get('error'), query.get('state')])).toEqual([
      ['access_denied', ASKED.state],
      ['login_required', ASKED.state],
    ]);
    expect(said[0]?.get('error_description')).toBe('The user denied access to your application');
  });

  test('an answer that comes to another browser, or again, brings the program nothing', async () => {
    const it = await authorizeWorld();
    let callback = '';
    const won = await it.comeBack(ASKED, (address) => {
      callback = address;
      return address;
    });

    const again = await fetch(callback, { redirect: 'manual' });

    expect(won.headers.get('location')).toMatch(/^https:\/\/shop\.example\.com\/callback\?code=/);
    expect([again.status, again.headers.get('location')]).toEqual([303, expect.stringMatching(/\/connect\/refused\?why=other_browser/)]);
  });

  test('empty parameters, as the JavaScript SDK sends them, count as absent; its repeated ones are no mistake', async () => {
    const it = await authorizeWorld();
    const query = `response_type=code&redirect_uri=${encodeURIComponent(CALLBACK)}&client_id=old-app&state=s&brand_id=&display=&prompt=&ui_options=a&ui_options=b&ui_locales=&localeId=`;

    const back = await it.comeBack(query);

    expect(back.headers.get('location')).toMatch(/^https:\/\/shop\.example\.com\/callback\?code=/);
  });

  test('with discovery, as the JavaScript SDK asks for it, the program is told where it goes on: here', async () => {
    const it = await authorizeWorld();

    const to = new URL((await it.comeBack({ ...ASKED, discovery: 'true' })).headers.get('location') ?? '');

    expect(Object.fromEntries(to.searchParams)).toMatchObject({
      token_uri: `${it.publicUrl}/restapi/oauth/token`,
      discovery_uri: `${it.publicUrl}/.well-known/entry-points/external`,
    });
  });

  test('by a form as well; another media type is refused as the platform does', async () => {
    const it = await authorizeWorld();
    const post = (body: string, type: string) =>
      fetch(`${it.publicUrl}/restapi/oauth/authorize`, { method: 'POST', redirect: 'manual', headers: { 'content-type': type }, body });

    const form = await post(new URLSearchParams(ASKED).toString(), 'application/x-www-form-urlencoded; charset=UTF-8');
    const json = await post(JSON.stringify(ASKED), 'application/json');

    expect([form.status, json.status]).toEqual([302, 415]);
  });

  test('with the client id of an App it is for the one Client that lists the address; where several do, they must be told apart', async () => {
    const it = await authorizeWorld({ redirectUris: [CALLBACK] });
    const asked = { ...ASKED, client_id: 'TrunklineDemoKey' };

    const code = await it.codeFor(asked);
    const tokens = await it.redeem({ code, ...REDEEMED }, basic('TrunklineDemoKey', 'TrunklineDemoSecret'));
    await it.manage('POST', 'clients', { name: 'till', connections: ['shared'], bridge: { redirectUris: [CALLBACK] } });
    const ambiguous = await it.authorize(asked);

    expect(tokens.status).toBe(200);
    expect([ambiguous.status, await ambiguous.json()]).toMatchObject([400, { error: 'unauthorized_client' }]);
  });

  test('an App without our callback is said to the program in general, and to the operator by name', async () => {
    const it = await authorizeWorld();
    await it.store.updateApp({ ...(await it.apps.getApp('web')), redirectUris: [] });

    const to = new URL((await it.authorize(ASKED)).headers.get('location') ?? '');

    expect([to.searchParams.get('error'), to.searchParams.get('error_description')]).toEqual(['server_error', 'redirect_uri_missing']);
  });

  test('from one address sixty sign-ins are begun in a minute, and no more', async () => {
    const it = await authorizeWorld();

    for (let count = 0; count < 60; count += 1) await it.authorize({ ...ASKED, client_id: 'nobody' });
    const late = await it.authorize(ASKED);
    it.clock.advance(60_000);
    const later = await it.authorize(ASKED);

    expect([late.status, late.headers.get('retry-after'), later.status]).toEqual([429, '60', 302]);
  });
});
