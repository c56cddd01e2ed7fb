import { describe, expect, test } from 'vitest';
import {
  AppRefused,
  ConnectionNotFound,
  GrantDead,
  OwnerChanged,
  PlatformAnswerUnusable,
  PlatformAway,
  PlatformBusy,
  PlatformUnreachable,
  TokenPending,
} from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { TOKEN_PATH, until, world } from '../world.ts';

const HOUR_MS = 3_600_000;
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const DAY_MS = 24 * HOUR_MS;

describe('usableGrant', () => {
  test('the first use signs in with the password, and what is handed out is stored', async () => {
    const { tokens, store, tokenRequests } = await world();

    const grant = await tokens.usableGrant('front-desk');

    expect(tokenRequests()).toEqual(['password']);
    expect((await store.findGrant('front-desk'))?.accessToken.reveal()).toBe(grant.accessToken.reveal());
    expect(grant.generation).toBe(1);
  });

  test('G5: a token that is still good is handed out without asking anybody', async () => {
    const { tokens, clock, tokenRequests } = await world();
    await tokens.usableGrant('front-desk');

    clock.advance(HOUR_MS - 61_000);
    await tokens.usableGrant('front-desk');

    expect(tokenRequests()).toEqual(['password']);
  });

  test('G5: a Refresh waits a moment for those who were handed the old token last', async () => {
    const { tokens, clock, tokenRequests } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS - 60_000);

    const waiting = tokens.usableGrant('front-desk');
    await until(() => clock.isAsleepFor(250));
    const before = tokenRequests().length;
    clock.advance(250);
    const grant = await waiting;

    expect([before, grant.generation]).toEqual([1, 2]);
  });

  test('1: 200 callers of a token that is due cause one Refresh and all get its token', async () => {
    const { tokens, clock, tokenRequests } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);

    const grants = await Promise.all(Array.from({ length: 200 }, () => tokens.usableGrant('front-desk')));

    expect(tokenRequests()).toEqual(['password', 'refresh_token']);
    expect(new Set(grants.map((grant) => grant.accessToken.reveal())).size).toBe(1);
    expect(grants[0]?.generation).toBe(2);
  });

  test('G4: a Refresh goes on for as long as the refresh token lives; after that the password signs in again', async () => {
    const { tokens, clock, tokenRequests } = await world();
    await tokens.usableGrant('front-desk');

    clock.advance(6 * DAY_MS);
    await tokens.usableGrant('front-desk');
    clock.advance(8 * DAY_MS);
    const grant = await tokens.usableGrant('front-desk');

    expect(tokenRequests()).toEqual(['password', 'refresh_token', 'password']);
    expect(grant.generation).toBe(3);
  });

  test('G4: a refresh token that the platform no longer knows is followed by a sign-in', async () => {
    const { tokens, clock, sandbox, tokenRequests } = await world();
    await tokens.usableGrant('front-desk');
    await sandbox.reset();
    await sandbox.setLimits({ scale: 0 });
    clock.advance(HOUR_MS);

    await tokens.usableGrant('front-desk');

    expect(tokenRequests()).toEqual(['refresh_token', 'password']);
  });

  test('7, 19: invalid_grant is not believed where another node has saved a newer generation: that one is used, without an alert', async () => {
    const { tokens, clock, sandbox, store, logged } = await world();
    const first = await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    const spent = { error: 'invalid_grant', errors: [{ errorCode: 'OAU-213', message: 'Token not found' }] };
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { status: 400, body: spent, delayMs: 1 } });

    const refreshing = tokens.usableGrant('front-desk');
    await until(() => sandbox.requests(TOKEN_PATH).length === 2);
    const newer = { ...first, generation: 2, issuedAt: clock.now(), expiresAt: clock.now() + HOUR_MS };
    await store.saveGrant(newer, 1, (await store.findConnection('front-desk'))?.id ?? '');
    clock.advance(1);
    const grant = await refreshing;

    expect(grant.generation).toBe(2);
    expect((await store.findGrant('front-desk'))?.refreshRefused).toBeUndefined();
    expect(logged.filter((line) => line.includes('refresh_token_dead'))).toEqual([]);
  });

  test('G4: a refused password is not presented again, and a person is called for', async () => {
    const { tokens, connections, tokenRequests } = await world({ connections: [] });
    await connections.createConnection({
      name: 'front-desk',
      app: 'demo',
      credentials: [{ kind: 'password', username: '18889363711', extension: '101', password: new Secret('wrong') }],
    });

    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(GrantDead);
    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(GrantDead);

    expect(tokenRequests()).toEqual(['password']);
    expect(await connections.getConnection('front-desk')).toMatchObject({ state: 'needs-sign-in', credentials: [{ refused: { code: 'OAU-140' } }] });
  });

  test('G4: credentials are tried in their order', async () => {
    const { tokens, connections, tokenRequests } = await world({ connections: [] });
    await connections.createConnection({
      name: 'front-desk',
      app: 'demo',
      credentials: [
        { kind: 'refresh_token', refreshToken: new Secret('unknown') },
        { kind: 'password', username: '18889363711', extension: '101', password: new Secret('1234') },
      ],
    });

    const grant = await tokens.usableGrant('front-desk');

    expect(tokenRequests()).toEqual(['refresh_token', 'password']);
    expect(grant.generation).toBe(1);
  });

  test('G4: a revoked JWT is refused once, and the next credential signs in', async () => {
    const { tokens, connections, sandbox, tokenRequests } = await world({ connections: [] });
    const { id, jwt } = await sandbox.issueJwt({ username: '18889363711', extension: '101' });
    await sandbox.revokeJwt(id);
    await connections.createConnection({
      name: 'front-desk',
      app: 'demo',
      credentials: [
        { kind: 'jwt', assertion: new Secret(jwt) },
        { kind: 'password', username: '18889363711', extension: '101', password: new Secret('1234') },
      ],
    });

    await tokens.usableGrant('front-desk');

    expect(tokenRequests()).toEqual([JWT_BEARER, 'password']);
    expect((await connections.getConnection('front-desk')).credentials).toMatchObject([{ kind: 'jwt', refused: { code: 'OAU-140' } }, { kind: 'password' }]);
  });

  test("G4: a refused App is the App's fault: no credential is marked, and the platform is left alone for a while", async () => {
    const { tokens, apps, connections, sandbox, clock, tokenRequests } = await world({ connections: [] });
    await apps.createApp({ name: 'mistyped', platformOrigin: sandbox.origin, clientId: 'unknown', clientSecret: new Secret('unknown') });
    await connections.createConnection({
      name: 'front-desk',
      app: 'mistyped',
      credentials: [{ kind: 'password', username: '18889363711', extension: '101', password: new Secret('1234') }],
    });

    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(AppRefused);
    await expect(tokens.usableGrant('front-desk')).rejects.toMatchObject({ platformCode: 'OAU-153' });
    const { state, credentials } = await connections.getConnection('front-desk');
    const asked = tokenRequests().length;
    clock.advance(31_000);
    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(AppRefused);

    expect({ state, credentials, asked }).toEqual({ state: 'waiting', credentials: [{ kind: 'password' }], asked: 1 });
    expect(tokenRequests()).toHaveLength(2);
  });

  test('a penalty is waited out: nobody asks during it, and callers hear how long it lasts', async () => {
    const { tokens, clock, sandbox, tokenRequests } = await world();
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { status: 429, headers: { 'Retry-After': '60' } } });

    await expect(tokens.usableGrant('front-desk')).rejects.toMatchObject({ retryAfterMs: 61_000 });
    clock.advance(50_000);
    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(PlatformBusy);
    const during = tokenRequests().length;
    clock.advance(12_000);
    await tokens.usableGrant('front-desk');

    expect(during).toBe(1);
    expect(tokenRequests()).toHaveLength(2);
  });

  test.each(['before', 'after'] as const)('G3: a connection that drops %s the Refresh took effect is asked again with the same refresh token', async (drop) => {
    const { tokens, clock, sandbox, store, tokenRequests } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { drop } });

    const grant = await tokens.usableGrant('front-desk');

    expect(tokenRequests()).toEqual(['password', 'refresh_token', 'refresh_token']);
    expect((await store.findGrant('front-desk'))?.generation).toBe(2);
    expect(grant.generation).toBe(2);
  });

  test('G3: an outage of the token endpoint kills nothing, and expiry counts from the first attempt', async () => {
    const { tokens, clock, sandbox } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    const firstAttemptAt = clock.now();
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 2, action: { drop: 'after' } });

    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(PlatformUnreachable);
    clock.advance(10 * 60_000);
    const grant = await tokens.usableGrant('front-desk');

    expect(grant.generation).toBe(2);
    expect(grant.issuedAt).toBe(firstAttemptAt);
  });

  test('9: a token that is valid is served during an outage of the token endpoint', async () => {
    const { tokens, sandbox } = await world();
    const first = await tokens.usableGrant('front-desk');
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 100, action: { status: 503 } });

    const second = await tokens.usableGrant('front-desk');

    expect(second.generation).toBe(first.generation);
  });

  test('15: an answer that is no token answer stores nothing and leaves the Grant as it was', async () => {
    const { tokens, clock, sandbox, store } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    await sandbox.addFault({
      match: { path: TOKEN_PATH },
      times: 1,
      action: { status: 200, body: { access_token: 'x', token_type: 'bearer', expires_in: -1 } },
    });

    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(PlatformAnswerUnusable);
    const generation = (await store.findGrant('front-desk'))?.generation;
    clock.advance(5_000);
    const next = await tokens.usableGrant('front-desk');

    expect(generation).toBe(1);
    expect(next.generation).toBe(2);
  });

  test.each<readonly [string, unknown]>([
    ['over 64 KiB', JSON.stringify({ access_token: 'canary-access', token_type: 'bearer', expires_in: 3600, padding: 'x'.repeat(65_536) })],
    ['not JSON', 'access_token=canary-access&token_type=bearer'],
    ['without access_token', { refresh_token: 'canary-refresh', token_type: 'bearer', expires_in: 3600 }],
    ['of another token_type', { access_token: 'canary-access', token_type: 'mac', expires_in: 3600 }],
  ])('15: of an answer %s nothing is stored, neither at the sign-in nor at the Refresh', async (_what, body) => {
    const { tokens, clock, sandbox, store, logged } = await world();
    const bad = () => sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { status: 200, body } });

    await bad();
    const atSignIn = await tokens.usableGrant('front-desk').catch((error: unknown) => error);
    const nothing = await store.findGrant('front-desk');
    clock.advance(5_000);
    const good = await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    await bad();
    const atRefresh = await tokens.usableGrant('front-desk').catch((error: unknown) => error);
    const same = await store.findGrant('front-desk');

    for (const error of [atSignIn, atRefresh]) expect(error).toBeInstanceOf(PlatformAnswerUnusable);
    expect(nothing).toBeUndefined();
    expect(same).toEqual(good);
    expect(same?.accessToken.equals(good.accessToken)).toBe(true);
    expect(logged.join()).not.toContain('canary');
  });

  test('16: a sign-in that brings tokens of another extension is refused for good, audited, and its session ended', async () => {
    const { tokens, connections, store, logged } = await world();
    await tokens.usableGrant('front-desk');
    await connections.revokeConnection('front-desk');
    const others = { kind: 'password' as const, username: '18887776655', extension: '102', password: new Secret('Myp@ssw0rd') };
    await connections.replaceCredentials('front-desk', [others]);
    const before = await store.countRevocations();

    await expect(tokens.usableGrant('front-desk')).rejects.toMatchObject({ code: 'grant_dead', platformCode: 'owner_changed' });
    const { credentials, state, ownerId } = await connections.getConnection('front-desk');

    expect([credentials[0]?.refused?.code, state, ownerId]).toEqual(['owner_changed', 'needs-sign-in', '403141004']);
    expect(await store.countRevocations()).toBe(before + 1);
    expect(logged.some((line) => line.includes('"credential.refused"') && line.includes('owner_changed'))).toBe(true);
  });

  test("16: tokens of another extension are not stored under the Connection's name", async () => {
    const { tokens, clock, sandbox, store } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    const body = { access_token: 'x', token_type: 'bearer', expires_in: 3600, owner_id: '1' };
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { status: 200, body } });

    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(OwnerChanged);

    expect((await store.findGrant('front-desk'))?.generation).toBe(1);
  });

  test('16: a Refresh that brings tokens of another extension is audited, and asked again after a while', async () => {
    const { tokens, clock, sandbox, store, tokenRequests } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    const body = { access_token: 'x', token_type: 'bearer', expires_in: 3600, owner_id: '1' };
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { status: 200, body } });

    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(OwnerChanged);
    const meanwhile = await tokens.usableGrant('front-desk').catch((error: unknown) => error);
    const { items } = await store.listAudit({ limit: 10 });
    clock.advance(5_000);
    const later = await tokens.usableGrant('front-desk');

    expect(meanwhile).toBeInstanceOf(PlatformAway);
    expect(items).toMatchObject([{ who: 'gateway', action: 'refuseTokens', object: 'connections/front-desk', result: 'owner_changed' }]);
    expect([later.generation, later.ownerId]).toEqual([2, '403141004']);
    expect(tokenRequests()).toEqual(['password', 'refresh_token', 'refresh_token']);
  });

  test('G5: a caller waits ten seconds at most, and what it waited for goes on', async () => {
    const { tokens, clock, sandbox, store } = await world();
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { delayMs: 300 } });

    const waiting = tokens.usableGrant('front-desk');
    const refused = expect(waiting).rejects.toMatchObject({ code: 'token_pending', retryAfterMs: 5_000 });
    await until(() => sandbox.requests(TOKEN_PATH).length === 1);
    clock.advance(10_000 - 1);
    clock.advance(1);
    await refused;
    await tokens.settled();

    expect(await waiting.catch((error: unknown) => error)).toBeInstanceOf(TokenPending);
    expect((await store.findGrant('front-desk'))?.generation).toBe(1);
  });

  test('G3: an endpoint that gives no clear answer is not asked again by each caller that comes', async () => {
    const { tokens, clock, sandbox, tokenRequests } = await world();
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 100, action: { status: 500 } });

    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(PlatformUnreachable);
    for (let caller = 0; caller < 20; caller += 1) await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(PlatformAway);
    const asked = tokenRequests().length;
    clock.advance(5_000);
    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(PlatformUnreachable);

    expect(asked).toBe(2);
    expect(tokenRequests()).toHaveLength(4);
  });

  test('G3: a pair that is repeated when its access token is over is kept, and refreshed at once', async () => {
    const { tokens, clock, sandbox, tokenRequests } = await world();
    await sandbox.setLifetimes({ accessSeconds: 2 });
    await tokens.usableGrant('front-desk');
    clock.advance(3_000);
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 2, action: { drop: 'after' } });
    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(PlatformUnreachable);
    clock.advance(6_000);

    const grant = await tokens.usableGrant('front-desk');

    expect(grant.generation).toBe(3);
    expect(grant.expiresAt - clock.now()).toBe(2_000);
    expect(tokenRequests().filter((grantType) => grantType === 'password')).toHaveLength(1);
  });

  test('an answer without a refresh token leaves the old one in force', async () => {
    const { tokens, clock, sandbox, store } = await world();
    const first = await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    const body = { access_token: 'x', token_type: 'bearer', expires_in: 3600, owner_id: first.ownerId };
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { status: 200, body } });

    await tokens.usableGrant('front-desk');

    expect((await store.findGrant('front-desk'))?.refreshToken?.equals(first.refreshToken ?? new Secret(''))).toBe(true);
  });

  test('a user whose account is locked for a while is left alone for a while, and the password is not marked', async () => {
    const { tokens, clock, sandbox, connections, tokenRequests } = await world();
    const locked = { error: 'invalid_grant', errors: [{ errorCode: 'OAU-147', message: 'Account is locked out' }] };
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { status: 400, body: locked } });

    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(PlatformBusy);
    await expect(tokens.usableGrant('front-desk')).rejects.toBeInstanceOf(PlatformBusy);
    const during = { asked: tokenRequests().length, view: await connections.getConnection('front-desk') };
    clock.advance(301_000);
    await tokens.usableGrant('front-desk');

    expect(during).toMatchObject({ asked: 1, view: { state: 'waiting', credentials: [{ kind: 'password' }] } });
    expect(during.view.credentials[0]).not.toHaveProperty('refused');
    expect(tokenRequests()).toHaveLength(2);
  });

  test('G1: a Connection that is removed and made anew during a sign-in gets nothing of the old one', async () => {
    const { tokens, connections, sandbox, store, clock } = await world({ connections: [] });
    const credential = (extension: string, username: string, password: string) => [
      { kind: 'password' as const, username, extension, password: new Secret(password) },
    ];
    await connections.createConnection({ name: 'desk', app: 'demo', credentials: credential('101', '18889363711', '1234') });
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { delayMs: 1 } });

    const signingIn = tokens.usableGrant('desk');
    await until(() => sandbox.requests(TOKEN_PATH).length === 1);
    await connections.removeConnection('desk');
    await connections.createConnection({ name: 'desk', app: 'demo', credentials: credential('102', '18887776655', 'Myp@ssw0rd') });
    clock.advance(1);
    await expect(signingIn).rejects.toBeInstanceOf(ConnectionNotFound);

    expect(await store.findGrant('desk')).toBeUndefined();
    expect((await tokens.usableGrant('desk')).ownerId).toBe('1110475004');
  });

  test('21: a session that was won for a Connection that is removed meanwhile is ended', async () => {
    const { tokens, connections, sandbox, store, clock } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { delayMs: 1 } });

    const refreshing = tokens.usableGrant('front-desk');
    await until(() => sandbox.requests(TOKEN_PATH).length === 2);
    await connections.removeConnection('front-desk');
    clock.advance(1);
    await expect(refreshing).rejects.toBeInstanceOf(ConnectionNotFound);

    // That of the pair it had, which is spent by now, and that of the new one.
    expect(await store.countRevocations()).toBe(2);
  });

  test('G4: credentials that are replaced while the old ones are refused are not taken for them', async () => {
    const { tokens, connections, sandbox, clock, tokenRequests } = await world({ connections: [] });
    const login = { kind: 'password' as const, username: '18889363711', extension: '101' };
    await connections.createConnection({ name: 'desk', app: 'demo', credentials: [{ ...login, password: new Secret('old') }] });
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { delayMs: 1 } });

    const asking = tokens.usableGrant('desk');
    await until(() => sandbox.requests(TOKEN_PATH).length === 1);
    await connections.replaceCredentials('desk', [{ ...login, password: new Secret('1234') }]);
    clock.advance(1);
    const grant = await asking;

    expect(grant.generation).toBe(1);
    expect((await connections.getConnection('desk')).credentials).toEqual([{ kind: 'password' }]);
    expect(tokenRequests()).toEqual(['password', 'password']);
  });

  test('G5: what a forced Refresh brings is not handed out where it is over already', async () => {
    const { tokens, clock, sandbox } = await world();
    const refused = await tokens.usableGrant('front-desk');
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 2, action: { drop: 'after' } });
    await expect(tokens.newerGrant(refused)).rejects.toBeInstanceOf(PlatformUnreachable);
    clock.advance(HOUR_MS - 30_000);

    const newer = await tokens.newerGrant(refused);

    expect((newer?.expiresAt ?? 0) - clock.now()).toBe(HOUR_MS);
  });

  test('new credentials end the need for a sign-in', async () => {
    const { tokens, connections } = await world({ connections: [] });
    const login = { kind: 'password' as const, username: '18889363711', extension: '101' };
    await connections.createConnection({ name: 'desk', app: 'demo', credentials: [{ ...login, password: new Secret('old') }] });
    await expect(tokens.usableGrant('desk')).rejects.toBeInstanceOf(GrantDead);

    const view = await connections.replaceCredentials('desk', [{ ...login, password: new Secret('1234') }]);

    expect(view).toMatchObject({ state: 'new', credentials: [{ kind: 'password' }] });
    expect((await tokens.usableGrant('desk')).generation).toBe(1);
  });

  test('G6: whoever only says that its token was refused forces one Refresh a minute, whatever the generation', async () => {
    const { tokens, clock, tokenRequests } = await world();
    const first = await tokens.usableGrant('front-desk');

    const second = await tokens.newerGrant(first, { hearsay: true });
    const third = second && (await tokens.newerGrant(second, { hearsay: true }));
    clock.advance(60_000);
    const later = second && (await tokens.newerGrant(second, { hearsay: true }));

    expect([second?.generation, third, later?.generation]).toEqual([2, undefined, 3]);
    expect(tokenRequests()).toEqual(['password', 'refresh_token', 'refresh_token']);
  });

  test('a Connection that is not there is an error by name', async () => {
    const { tokens } = await world();

    await expect(tokens.usableGrant('back-office')).rejects.toBeInstanceOf(ConnectionNotFound);
  });

  test('G2: no token is in the log, nor in an error', async () => {
    const { tokens, clock, store, logged } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    await tokens.usableGrant('front-desk');
    const grant = await store.findGrant('front-desk');

    const log = logged.join('\n');

    expect(log).toContain('grant.saved');
    expect(log).not.toContain(grant?.accessToken.reveal());
    expect(log).not.toContain(grant?.refreshToken?.reveal());
    expect(log).not.toContain('1234');
  });
});
