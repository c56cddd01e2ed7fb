import { describe, expect, test } from 'vitest';
import { TOKEN_PATH, until, world } from '../world.ts';
import { EXCHANGE_PATH, MINUTE_MS, REFRESH_PATH, ringCxRequests } from './ring-cx-world.ts';

const BY = { by: 'admin' };
const FROZEN = { code: 'frozen', status: 503 };
const DEAD = { code: 'grant_dead' };

describe('a token of RingCX that is alive', () => {
  test.each([
    ['its Connection', 'connection', 'front-desk'],
    ['its App', 'app', 'demo'],
    ['everything', 'all', undefined],
  ] as const)('22: is not handed out while %s is frozen, nothing is asked, and afterwards it is the same', async (_what, kind, name) => {
    const { freezes, ringCx, sandbox } = await world();
    const before = await ringCx.usableToken('front-desk');
    const asked = sandbox.requests().length;

    await freezes.freeze(kind, name, BY);
    await expect(ringCx.usableToken('front-desk')).rejects.toMatchObject(FROZEN);
    await expect(ringCx.newerToken(before)).rejects.toMatchObject(FROZEN);
    const meanwhile = sandbox.requests().length;
    await freezes.thaw(kind, name);

    expect(meanwhile).toBe(asked);
    expect((await ringCx.usableToken('front-desk')).accessToken.equals(before.accessToken)).toBe(true);
  });

  test('22: is not handed out where it was won during the freeze', async () => {
    const { freezes, ringCx, sandbox, clock, store } = await world();
    await ringCx.usableToken('front-desk');
    clock.advance(5 * MINUTE_MS);
    await sandbox.addFault({ match: { path: REFRESH_PATH }, times: 1, action: { delayMs: 100 } });

    const asking = ringCx.usableToken('front-desk');
    await until(() => sandbox.requests(REFRESH_PATH).length === 1);
    await freezes.freeze('connection', 'front-desk', BY);
    clock.advance(100);

    await expect(asking).rejects.toMatchObject(FROZEN);
    expect((await store.findRingCxGrant('front-desk'))?.generation).toBe(2);
  });

  test('18: is not handed out by a Connection that needs a sign-in, and is once it was repaired', async () => {
    const { ringCx, tokens, sandbox, connections, store } = await world();
    const before = await ringCx.usableToken('front-desk');
    const [good] = await store.listCredentials('front-desk');
    if (!good) throw new TypeError('there is no credential');
    const refusal = { status: 400, body: JSON.stringify({ error: 'invalid_grant', errors: [{ errorCode: 'OAU-140' }] }) };
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 2, action: refusal });
    await expect(tokens.newerGrant(await tokens.usableGrant('front-desk'))).rejects.toMatchObject(DEAD);

    await expect(ringCx.usableToken('front-desk')).rejects.toMatchObject(DEAD);
    await expect(ringCx.newerToken(before)).rejects.toMatchObject(DEAD);
    await connections.replaceCredentials('front-desk', [good]);

    expect((await ringCx.usableToken('front-desk')).accessToken.equals(before.accessToken)).toBe(true);
    expect(ringCxRequests({ sandbox })).toEqual(['exchange']);
  });

  test('21: ends with the Grant that is revoked: neither it nor its refresh token is used again', async () => {
    const { ringCx, connections, sandbox } = await world();
    const before = await ringCx.usableToken('front-desk');

    const { ringcx } = await connections.revokeConnection('front-desk');
    const after = await ringCx.usableToken('front-desk');

    expect(ringcx).toBeUndefined();
    expect(after.accessToken.equals(before.accessToken)).toBe(false);
    expect([after.generation, after.grantGeneration]).toEqual([3, 3]);
    expect(ringCxRequests({ sandbox })).toEqual(['exchange', 'exchange']);
  });

  test.each([
    ['refreshed', true],
    ['exchanged', false],
  ])('21: one that was being %s when the Grant was revoked is dropped, and won anew', async (_how, hasEarlier) => {
    const { ringCx, connections, sandbox, clock } = await world();
    if (hasEarlier) await ringCx.usableToken('front-desk');
    clock.advance(5 * MINUTE_MS);
    const path = hasEarlier ? REFRESH_PATH : EXCHANGE_PATH;
    await sandbox.addFault({ match: { path }, times: 1, action: { delayMs: 100 } });

    const asking = ringCx.usableToken('front-desk');
    await until(() => sandbox.requests(path).length === 1);
    await connections.revokeConnection('front-desk');
    const settling = setInterval(() => clock.advance(50), 5);
    const won = await asking.finally(() => clearInterval(settling));

    expect(won.grantGeneration).toBe(3);
    expect(ringCxRequests({ sandbox })).toEqual(hasEarlier ? ['exchange', 'refresh', 'exchange'] : ['exchange', 'exchange']);
  });

  test('21: a Connection without credentials hands none out once its Grant is revoked', async () => {
    const { ringCx, connections, store } = await world();
    await ringCx.usableToken('front-desk');
    await store.refuseCredential('front-desk', 0, (await store.listCredentials('front-desk'))[0]!, { at: 1, code: 'OAU-140' });

    await connections.revokeConnection('front-desk');

    await expect(ringCx.usableToken('front-desk')).rejects.toMatchObject(DEAD);
  });
});

describe('a run that wins a token of RingCX', () => {
  test('G10: has a Lease of its own name, and another run of the same process does not pass for it', async () => {
    const { ringCx, store, sandbox, clock } = await world();
    await ringCx.usableToken('front-desk');
    clock.advance(5 * MINUTE_MS);
    await sandbox.addFault({ match: { path: REFRESH_PATH }, times: 1, action: { delayMs: 100 } });

    const asking = ringCx.usableToken('front-desk');
    await until(() => sandbox.requests(REFRESH_PATH).length === 1);
    const now = clock.now();
    const second = [await store.takeRingCxLease('front-desk', 'A', now + 1, now), await store.takeRingCxLease('front-desk', 'A/other', now + 1, now)];
    const given = await store.giveBackLeases('A');
    clock.advance(100);
    await asking;

    expect([second, given]).toEqual([[false, false], 1]);
  });
});
