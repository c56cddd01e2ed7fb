import { describe, expect, test } from 'vitest';
import { ConnectionNotFound, PlatformAnswerUnusable, PlatformBusy, PlatformUnreachable, RingCxRefused, TokenPending } from '../../src/domain/errors.ts';
import { until, world } from '../world.ts';
import { EXCHANGE_PATH, MINUTE_MS, REFRESH_PATH, ringCxRequests, useRingCxToken } from './ring-cx-world.ts';

const HOUR_MS = 60 * MINUTE_MS;

describe('RingCxTokens.usableToken', () => {
  test('G10: nothing is asked of RingCX before somebody wants its token', async () => {
    const at = await world();

    await at.tokens.usableGrant('front-desk');
    await at.connections.getConnection('front-desk');

    expect(ringCxRequests(at)).toEqual([]);
  });

  test('G10: the first is exchanged for the RingCentral token with a refresh token, and stored before it is handed out', async () => {
    const at = await world();

    const grant = await at.ringCx.usableToken('front-desk');

    const stored = await at.store.findRingCxGrant('front-desk');
    expect(ringCxRequests(at)).toEqual(['exchange']);
    expect(at.tokenRequests()).toEqual(['password']);
    expect(stored?.accessToken.reveal()).toBe(grant.accessToken.reveal());
    expect(stored?.refreshToken).toBeDefined();
    expect(grant.expiresAt).toBe(at.clock.now() + 5 * MINUTE_MS);
    expect(grant).toMatchObject({ generation: 1, grantGeneration: 1, mainAccountId: '333330', adminId: '1111' });
    expect((await useRingCxToken(at.sandbox.origin, grant.accessToken.reveal())).status).toBe(200);
  });

  test('G5: one with more than a tenth of its lifetime left is handed out as it is, and then the next one is', async () => {
    const at = await world();
    const first = await at.ringCx.usableToken('front-desk');

    at.clock.advance(5 * MINUTE_MS - 30_001);
    const same = await at.ringCx.usableToken('front-desk');
    at.clock.advance(1);
    const next = await at.ringCx.usableToken('front-desk');

    expect([first.generation, same.generation, next.generation]).toEqual([1, 1, 2]);
    expect(ringCxRequests(at)).toEqual(['exchange', 'refresh']);
  });

  test('G10: for an hour it is refreshed within its five minutes, each works, and neither exchange nor Refresh of the Grant is needed', async () => {
    const at = await world();
    const end = at.clock.now() + 55 * MINUTE_MS;
    const statuses = new Set<number>();

    while (at.clock.now() < end) {
      const grant = await at.ringCx.usableToken('front-desk');
      statuses.add((await useRingCxToken(at.sandbox.origin, grant.accessToken.reveal())).status);
      expect(grant.expiresAt - at.clock.now()).toBeGreaterThan(30_000);
      at.clock.advance(30_000);
    }

    const asked = ringCxRequests(at);
    expect([...statuses]).toEqual([200]);
    expect(asked.filter((kind) => kind === 'exchange')).toHaveLength(1);
    // One in 4.5 minutes.
    expect(asked.filter((kind) => kind === 'refresh')).toHaveLength(12);
    expect(at.tokenRequests()).toEqual(['password']);
  });

  test('G10: a new Grant of the Connection does not touch a living RingCX token', async () => {
    const at = await world();
    const first = await at.ringCx.usableToken('front-desk');
    at.clock.advance(MINUTE_MS);

    await at.tokens.newerGrant(await at.tokens.usableGrant('front-desk'));
    const same = await at.ringCx.usableToken('front-desk');

    expect(same.accessToken.reveal()).toBe(first.accessToken.reveal());
    expect((await useRingCxToken(at.sandbox.origin, same.accessToken.reveal())).status).toBe(200);
    expect(ringCxRequests(at)).toEqual(['exchange']);
  });

  test('G10: a refresh token that RingCX refuses is followed by an exchange, and not presented again', async () => {
    const at = await world();
    await at.ringCx.usableToken('front-desk');
    await at.sandbox.addFault({ match: { path: REFRESH_PATH }, times: 1, action: { status: 401, body: '{"errorCode":"authentication.exception"}' } });
    await at.sandbox.addFault({ match: { path: EXCHANGE_PATH }, times: 2, action: { status: 500, body: 'away' } });
    at.clock.advance(5 * MINUTE_MS);
    await expect(at.ringCx.usableToken('front-desk')).rejects.toBeInstanceOf(PlatformUnreachable);
    at.clock.advance(MINUTE_MS);

    const grant = await at.ringCx.usableToken('front-desk');

    expect(grant.generation).toBe(2);
    expect(ringCxRequests(at)).toEqual(['exchange', 'refresh', 'exchange', 'exchange', 'exchange']);
  });

  test('G10: a day without anybody asking ends the refresh token, and the next caller gets an exchanged one', async () => {
    const at = await world();
    await at.ringCx.usableToken('front-desk');

    at.clock.advance(25 * HOUR_MS);
    const grant = await at.ringCx.usableToken('front-desk');

    expect(ringCxRequests(at)).toEqual(['exchange', 'refresh', 'exchange']);
    expect(grant).toMatchObject({ generation: 2, grantGeneration: 2 });
  });

  test('G10: a Refresh whose answer was lost is asked again; where RingCX has spent the token, an exchange follows', async () => {
    const at = await world();
    await at.ringCx.usableToken('front-desk');
    await at.sandbox.addFault({ match: { path: REFRESH_PATH }, times: 1, action: { drop: 'after' } });
    at.clock.advance(5 * MINUTE_MS);

    const grant = await at.ringCx.usableToken('front-desk');

    expect(ringCxRequests(at)).toEqual(['exchange', 'refresh', 'refresh', 'exchange']);
    expect((await useRingCxToken(at.sandbox.origin, grant.accessToken.reveal())).status).toBe(200);
  });

  test('G10: one that never left is asked again with the same refresh token, and no exchange is spent', async () => {
    const at = await world();
    await at.ringCx.usableToken('front-desk');
    await at.sandbox.addFault({ match: { path: REFRESH_PATH }, times: 1, action: { drop: 'before' } });
    at.clock.advance(5 * MINUTE_MS);

    await at.ringCx.usableToken('front-desk');

    expect(ringCxRequests(at)).toEqual(['exchange', 'refresh', 'refresh']);
  });

  test('G10: an exchange that meets a dead RingCentral token forces one Refresh of the Grant, and is made once more', async () => {
    const at = await world();
    await at.tokens.usableGrant('front-desk');
    await at.sandbox.advance(HOUR_MS);

    const grant = await at.ringCx.usableToken('front-desk');

    expect(ringCxRequests(at)).toEqual(['exchange', 'exchange']);
    expect(at.tokenRequests()).toEqual(['password', 'refresh_token']);
    expect(grant.grantGeneration).toBe(2);
  });

  test('G10: where RingCX takes no RingCentral token at all, that costs one Refresh of the Grant a minute at most', async () => {
    const at = await world();
    await at.tokens.usableGrant('front-desk');
    await at.sandbox.addFault({ match: { path: EXCHANGE_PATH }, times: 100, action: { status: 401, body: 'no' } });

    for (let second = 0; second < 180; second += 1) {
      await expect(at.ringCx.usableToken('front-desk')).rejects.toMatchObject({ code: 'ringcx_refused', platformCode: 'HTTP 401' });
      at.clock.advance(1_000);
    }

    expect(at.tokenRequests().length - 1).toBeLessThanOrEqual(3);
    expect(ringCxRequests(at).length).toBeLessThanOrEqual(6);
  });

  test('G10: a user who is not in RingCX is told so, and RingCX is left alone for a while', async () => {
    const at = await world({ connections: ['fax-desk'] });

    await expect(at.ringCx.usableToken('fax-desk')).rejects.toThrow(RingCxRefused);
    await expect(at.ringCx.usableToken('fax-desk')).rejects.toThrow(/not linked to RingCX/);
    at.clock.advance(MINUTE_MS);
    await expect(at.ringCx.usableToken('fax-desk')).rejects.toMatchObject({ platformStatus: 404, platformCode: 'resource.not.found.exception' });

    expect(ringCxRequests(at)).toEqual(['exchange', 'exchange']);
    expect(await at.connections.getConnection('fax-desk')).toMatchObject({ state: 'ready' });
  });

  test('a Connection that is not there is not found', async () => {
    const at = await world();

    await expect(at.ringCx.usableToken('nowhere')).rejects.toBeInstanceOf(ConnectionNotFound);
  });

  test.each([
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['no token', '{"tokenType":"Bearer"}'],
    ['a token with a line break', '{"accessToken":"canary\\r\\nx"}'],
    ['another kind of token', '{"accessToken":"canary","tokenType":"mac"}'],
    ['more than a megabyte', `{"accessToken":"canary","pad":"${'x'.repeat(1024 * 1024)}"}`],
  ])('an answer that is %s is not stored', async (_what, body) => {
    const at = await world();
    await at.sandbox.addFault({ match: { path: EXCHANGE_PATH }, times: 1, action: { status: 200, body } });

    await expect(at.ringCx.usableToken('front-desk')).rejects.toBeInstanceOf(PlatformAnswerUnusable);

    expect(await at.store.findRingCxGrant('front-desk')).toBeUndefined();
    expect(at.logged.join('\n')).not.toContain('canary');
  });

  test("G10: a Refresh that brings another user's pair is not believed, and an exchange follows", async () => {
    const at = await world();
    await at.ringCx.usableToken('front-desk');
    const others = JSON.stringify({ accessToken: 'canary-others', refreshToken: 'canary-refresh', adminId: 9999, mainAccountId: '333330' });
    await at.sandbox.addFault({ match: { path: REFRESH_PATH }, times: 1, action: { status: 200, body: others } });
    at.clock.advance(5 * MINUTE_MS);

    const grant = await at.ringCx.usableToken('front-desk');

    expect(ringCxRequests(at)).toEqual(['exchange', 'refresh', 'exchange']);
    expect(grant).toMatchObject({ adminId: '1111' });
  });

  test('G10: an answer to a Refresh that says nothing about the user leaves what is known', async () => {
    const at = await world();
    const first = await at.ringCx.usableToken('front-desk');
    await at.sandbox.addFault({ match: { path: REFRESH_PATH }, times: 1, action: { status: 200, body: '{"accessToken":"another","refreshToken":"next"}' } });
    at.clock.advance(5 * MINUTE_MS);

    const { mainAccountId, adminId, agentDetails } = first;
    expect(await at.ringCx.usableToken('front-desk')).toMatchObject({ generation: 2, mainAccountId, adminId, agentDetails });
  });

  test('1: 200 callers of a token that is due cause one Refresh and all get its token', async () => {
    const at = await world();
    await at.ringCx.usableToken('front-desk');
    at.clock.advance(5 * MINUTE_MS);

    const grants = await Promise.all(Array.from({ length: 200 }, () => at.ringCx.usableToken('front-desk')));

    expect(ringCxRequests(at)).toEqual(['exchange', 'refresh']);
    expect(new Set(grants.map((grant) => grant.accessToken.reveal())).size).toBe(1);
  });

  test('G5: a caller waits ten seconds and is told to come back; the token is won all the same', async () => {
    const at = await world();
    await at.tokens.usableGrant('front-desk');
    await at.sandbox.addFault({ match: { path: EXCHANGE_PATH }, times: 1, action: { delayMs: 11_000 } });

    const waiting = at.ringCx.usableToken('front-desk');
    waiting.catch(() => undefined);
    await until(() => at.sandbox.requests(EXCHANGE_PATH).length === 1);
    at.clock.advance(10_000);
    await expect(waiting).rejects.toBeInstanceOf(TokenPending);
    at.clock.advance(1_000);
    await at.ringCx.settled();

    expect((await at.store.findRingCxGrant('front-desk'))?.generation).toBe(1);
  });

  test('G10: a token of the old host is not handed out once the App names the new one', async () => {
    const at = await world();
    await at.ringCx.usableToken('front-desk');
    const app = await at.apps.getApp('demo');
    await at.store.updateApp({ ...app, ringcxOrigin: at.sandbox.origin.replace('127.0.0.1', 'localhost') });

    const grant = await at.ringCx.usableToken('front-desk');

    expect(grant.origin).toContain('localhost');
    expect(ringCxRequests(at)).toEqual(['exchange', 'exchange']);
  });

  test('removing the Connection removes its RingCX tokens, and one made anew takes none that was won for the old one', async () => {
    const at = await world();
    const won = await at.ringCx.usableToken('front-desk');
    const old = await at.store.findConnection('front-desk');

    await at.connections.removeConnection('front-desk');
    await at.connections.createConnection({ name: 'front-desk', app: 'demo', credentials: [] });

    expect(await at.store.findRingCxGrant('front-desk')).toBeUndefined();
    await expect(at.store.saveRingCxGrant(won, 0, old?.id ?? '')).rejects.toBeInstanceOf(ConnectionNotFound);
  });

  test('23: no token and no secret stands in a log or in a view', async () => {
    const at = await world();
    const [grant, ringCx] = [await at.tokens.usableGrant('front-desk'), await at.ringCx.usableToken('front-desk')];
    await at.sandbox.addFault({ match: { path: REFRESH_PATH }, times: 1, action: { status: 401, body: 'no' } });
    at.clock.advance(5 * MINUTE_MS);
    const next = await at.ringCx.usableToken('front-desk');

    const shown = `${at.logged.join('\n')} ${JSON.stringify([await at.connections.getConnection('front-desk'), await at.connections.listConnections({ limit: 10 })])}`;

    for (const secret of [grant.accessToken, ringCx.accessToken, ringCx.refreshToken, next.accessToken, next.refreshToken]) {
      expect(shown).not.toContain(secret?.reveal() ?? 'absent');
    }
    expect(shown).not.toMatch(/SBX[ARCD]/);
  });
});

describe('a penalty of RingCX', () => {
  test('G10: after a 429 no exchange of the App leaves until it is over, whichever Connection wants it; Refreshes go on', async () => {
    const at = await world({ connections: ['front-desk', 'back-office'] });
    await at.ringCx.usableToken('back-office');
    await at.sandbox.addFault({ match: { path: EXCHANGE_PATH }, times: 1, action: { status: 429, headers: { 'retry-after': '40' }, body: '{}' } });

    await expect(at.ringCx.usableToken('front-desk')).rejects.toBeInstanceOf(PlatformBusy);
    at.clock.advance(20_000);
    const busy = await at.ringCx.usableToken('front-desk').catch((error: PlatformBusy) => error);
    const asked = ringCxRequests(at).length;
    at.clock.advance(5 * MINUTE_MS - 50_000);
    const refreshed = await at.ringCx.usableToken('back-office');

    expect(asked).toBe(2);
    expect(busy).toBeInstanceOf(PlatformBusy);
    expect((busy as PlatformBusy).retryAfterMs).toBeGreaterThanOrEqual(21_000);
    expect((busy as PlatformBusy).retryAfterMs).toBeLessThanOrEqual(21_000 + 12_000);
    expect(refreshed.generation).toBe(2);
    expect((await at.ringCx.usableToken('front-desk')).generation).toBe(1);
  });

  test("G10: the sandbox's own limit of five exchanges a minute is never asked beyond, however many callers come", async () => {
    const at = await world();
    await at.sandbox.setLimits({ scale: 1 });
    await at.tokens.usableGrant('front-desk');
    await at.sandbox.addFault({ match: { path: EXCHANGE_PATH }, times: 100, action: { drop: 'after' } });

    const failures = new Set<string>();
    for (let second = 0; second < 120; second += 1) {
      await at.ringCx.usableToken('front-desk').catch((error: { code: string }) => failures.add(error.code));
      at.clock.advance(1_000);
    }

    const times = at.sandbox.requests(EXCHANGE_PATH).map((request) => request.at);
    expect([...failures]).toEqual(['platform_unreachable']);
    for (const time of times) expect(times.filter((other) => other >= time && other < time + MINUTE_MS).length).toBeLessThanOrEqual(5);
  });

  test('G10: a restarted gateway knows the penalty too', async () => {
    const at = await world();
    const until = at.clock.now() + MINUTE_MS;
    await at.store.noteRingCxPenalty({ app: 'demo', origin: at.sandbox.origin, request: 'exchange', until });

    await expect(at.ringCx.usableToken('front-desk')).rejects.toBeInstanceOf(PlatformBusy);

    expect(ringCxRequests(at)).toEqual([]);
  });
});

describe('RingCxTokens.newerToken', () => {
  test('G6: a token that RingCX calls expired is replaced by one forced Refresh that all who ask share', async () => {
    const at = await world();
    const first = await at.ringCx.usableToken('front-desk');
    await at.sandbox.advance(5 * MINUTE_MS);
    const { status, text } = await useRingCxToken(at.sandbox.origin, first.accessToken.reveal());

    const newer = await Promise.all(Array.from({ length: 100 }, () => at.ringCx.newerToken(first)));

    expect([status, text]).toEqual([401, 'Jwt is expired']);
    expect(new Set(newer.map((grant) => grant?.accessToken.reveal())).size).toBe(1);
    expect((await useRingCxToken(at.sandbox.origin, newer[0]?.accessToken.reveal() ?? '')).status).toBe(200);
    expect(ringCxRequests(at)).toEqual(['exchange', 'refresh']);
  });

  test('G6: the stored one is given where it is newer than the refused one, and nobody is asked', async () => {
    const at = await world();
    const first = await at.ringCx.usableToken('front-desk');
    at.clock.advance(5 * MINUTE_MS);
    await at.ringCx.usableToken('front-desk');

    const newer = await at.ringCx.newerToken(first);

    expect(newer?.generation).toBe(2);
    expect(ringCxRequests(at)).toEqual(['exchange', 'refresh']);
  });

  test('G6: it is forced once a minute for a generation, and on hearsay once a minute for the Connection', async () => {
    const at = await world();
    const first = await at.ringCx.usableToken('front-desk');
    const second = await at.ringCx.newerToken(first, { hearsay: true });

    const onHearsay = second && (await at.ringCx.newerToken(second, { hearsay: true }));
    at.clock.advance(MINUTE_MS);
    const later = second && (await at.ringCx.newerToken(second, { hearsay: true }));

    expect([second?.generation, onHearsay, later?.generation]).toEqual([2, undefined, 3]);
  });
});
