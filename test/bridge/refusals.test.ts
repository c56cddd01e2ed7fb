import { describe, expect, test } from 'vitest';
import { ClientNotFound, LoginsBusy, StoreUnavailable } from '../../src/domain/errors.ts';
import { refusalOf } from '../../src/http/routes/bridge.ts';
import { DEMO } from '../../src/sandbox/demo.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { databaseWithTables, placeOf } from '../postgres/databases.ts';
import { APP, basic, bridgeWorld, LOGIN, PASSWORD_GRANT, REVOKE_PATH } from './world.ts';

const { clientId, clientSecret } = DEMO.app;
const JWT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** What a program may get wrong: the form, and what it shows of itself. */
const MISTAKES: readonly (readonly [string, Readonly<Record<string, string>> | string, string])[] = [
  ['a wrong password', { ...PASSWORD_GRANT, password: 'wrong' }, APP],
  ['an unknown user', { ...PASSWORD_GRANT, username: '+15555550199' }, APP],
  ['no user name', { grant_type: 'password', username: '', password: 'x' }, APP],
  ['no password', { grant_type: 'password', username: LOGIN.username }, APP],
  ['a user name with a NUL', { ...PASSWORD_GRANT, username: '1888\0' }, APP],
  ['an unknown JWT', { grant_type: JWT, assertion: 'a.b.c' }, APP],
  ['no assertion', { grant_type: JWT }, APP],
  ['a foreign refresh token', { grant_type: 'refresh_token', refresh_token: 'tlb_or-whatever' }, APP],
  ['no refresh token', { grant_type: 'refresh_token', refresh_token: '' }, APP],
  ['no grant type', { username: 'x' }, APP],
  ['a grant type that nobody knows', { grant_type: 'magic' }, APP],
  ['a parameter twice', 'grant_type=password&username=a&username=b&password=c', APP],
  ['a secret that is not the App’s', PASSWORD_GRANT, basic(clientId, 'wrong')],
  ['an empty secret', PASSWORD_GRANT, basic(clientId, '')],
  ['a client id that nobody has', PASSWORD_GRANT, basic('no "such" app', clientSecret)],
  ['a client id with a NUL', PASSWORD_GRANT, basic('a\0b', clientSecret)],
  ['Basic that is not base64', PASSWORD_GRANT, 'Basic %%%'],
  ['another scheme', PASSWORD_GRANT, 'Bearer abc'],
  ['nothing of itself', PASSWORD_GRANT, ''],
  ['its client id alone, where it has a secret', { ...PASSWORD_GRANT, client_id: clientId }, ''],
  ['its secret in the body', { ...PASSWORD_GRANT, client_id: clientId, client_secret: clientSecret }, ''],
];

describe('what the Bridge refuses', () => {
  test('is refused in the platform’s own words, status and headers', async () => {
    const world = await bridgeWorld();

    for (const [mistake, form, authorization] of MISTAKES) {
      const [ours, theirs] = [await world.send(form, authorization), await world.sendToPlatform(form, authorization)];
      const seen = ({ status, text, headers }: typeof ours) => ({
        mistake,
        status,
        body: text,
        type: headers.get('content-type'),
        cache: headers.get('cache-control'),
        challenge: headers.get('www-authenticate'),
      });

      expect(theirs.status).not.toBe(200);
      expect(seen(ours)).toEqual(seen(theirs));
    }
  });

  test('is refused alike on PostgreSQL, which takes no NUL: at the token endpoint, where people sign in, and at RingCX’s routes', async () => {
    const url = await databaseWithTables();
    const world = await bridgeWorld({ open: () => openPostgresStore(placeOf(url)) });
    const authorize = await fetch(`${world.origin}/restapi/oauth/authorize?response_type=code&client_id=a%00b`, { redirect: 'manual' });

    const answers = [
      await world.send({ ...PASSWORD_GRANT, username: '1888\0' }, APP),
      await world.send(PASSWORD_GRANT, basic('a\0b', clientSecret)),
      await world.send({ ...PASSWORD_GRANT, client_id: 'a\0b' }, ''),
      await world.send({ ...PASSWORD_GRANT, extension: '1\x000' }, APP),
      await world.send({ grant_type: JWT, assertion: 'a\0b' }, APP),
      await world.send({ grant_type: 'authorization_code', code: 'a\0b' }, APP),
      await world.send({ grant_type: 'refresh_token', refresh_token: 'a\0b' }, APP),
      await world.send({ ...PASSWORD_GRANT, endpoint_id: 'a\0b' }, APP),
      await world.send({ token: 'a\0b' }, APP, REVOKE_PATH),
      await world.send({ rcAccessToken: 'a\0b' }, '', '/api/auth/login/rc/accesstoken'),
    ];

    expect(answers.length).toBe(10);
    expect([authorize.status, ...answers.map(({ status }) => status)]).toEqual([400, 400, 400, 400, 400, 400, 400, 400, 200, 200, 401]);
  });

  test('a body that is no form, and one that is too long, are refused as forms are', async () => {
    const world = await bridgeWorld();
    const json = (origin: string) =>
      fetch(`${origin}/restapi/oauth/token`, { method: 'POST', headers: { authorization: APP, 'content-type': 'application/json' }, body: '{}' });

    const nothing = (origin: string) => fetch(`${origin}/restapi/oauth/token`, { method: 'POST', headers: { authorization: APP } });

    const [ours, theirs] = [await json(world.origin), await json(world.sandbox.origin)];
    const empty = await Promise.all([world.origin, world.sandbox.origin].map(async (origin) => (await nothing(origin)).text()));
    const long = await world.send({ grant_type: 'x'.repeat(70_000) });

    expect([ours.status, await ours.text()]).toEqual([theirs.status, await theirs.text()]);
    expect(empty[0]).toBe(empty[1]);
    expect([long.status, long.body.error]).toEqual([413, 'invalid_request']);
  });

  test('what went wrong here is an outage to a program, whatever it is called inside', () => {
    const seen = [new ClientNotFound('x'), new StoreUnavailable('it is away'), new LoginsBusy(), new TypeError('a secret')].map((error) => {
      const { status, body } = refusalOf(error);
      return [status, (body as { error: string }).error, JSON.stringify(body).includes('a secret')];
    });

    expect(seen).toEqual([
      [503, 'temporarily_unavailable', false],
      [503, 'temporarily_unavailable', false],
      [503, 'temporarily_unavailable', false],
      [500, 'server_error', false],
    ]);
  });

  test('revoking is refused alike to whoever has not shown what it is', async () => {
    const world = await bridgeWorld();

    const [ours, theirs] = [await world.send({ token: 'x' }, '', REVOKE_PATH), await world.sendToPlatform({ token: 'x' }, '', REVOKE_PATH)];

    expect([ours.status, ours.text]).toEqual([theirs.status, theirs.text]);
  });

  test('an access token that is none, over, replaced or revoked meets the platform’s own 401', async () => {
    const world = await bridgeWorld();
    const ours = (await world.send(PASSWORD_GRANT)).body;
    const theirs = (await world.sendToPlatform({ ...PASSWORD_GRANT, password: '1234' })).body;
    const both = async (of: 'access_token' | 'other', pair = [ours, theirs] as const) => {
      const token = (body: Record<string, unknown>, none: string) => (of === 'other' ? none : body[of]);
      const asked = await world.call(token(pair[0], 'tlb_none'));
      const platform = await fetch(`${world.sandbox.origin}/restapi/v1.0/account/~/extension/~`, {
        headers: { authorization: `Bearer ${token(pair[1], 'SBXA-none')}` },
      });
      return [
        [asked.status, asked.text],
        [platform.status, await platform.text()],
      ] as const;
    };
    const refreshed = async () => [
      (await world.send({ grant_type: 'refresh_token', refresh_token: String(ours.refresh_token) })).body,
      (await world.sendToPlatform({ grant_type: 'refresh_token', refresh_token: String(theirs.refresh_token) })).body,
    ];

    const none = await both('other');
    const [newer, newerTheirs] = (await refreshed()) as [Record<string, unknown>, Record<string, unknown>];
    const replaced = await both('access_token');
    world.clock.advance(10_000);
    const longReplaced = await both('access_token');
    world.clock.advance(3_600_000);
    const over = await both('access_token', [newer, newerTheirs]);

    for (const [mine, platforms] of [none, replaced, longReplaced, over]) expect(mine).toEqual(platforms);
    expect([none, replaced, longReplaced, over].map(([[, text]]) => JSON.parse(String(text)).errors[0].errorCode)).toEqual([
      'OAU-149',
      'OAU-129',
      'OAU-213',
      'OAU-128',
    ]);
  });
});
