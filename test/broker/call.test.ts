import { describe, expect, test } from 'vitest';
import { PlatformBusy } from '../../src/domain/errors.ts';
import type { PlatformRequest } from '../../src/ringcentral/calls/request.ts';
import { until, world } from '../world.ts';

const EXTENSION = '/restapi/v1.0/account/~/extension/~';
const READ: PlatformRequest = { method: 'GET', path: EXTENSION, permission: 'ReadAccounts' };
const PLACE: PlatformRequest = {
  method: 'POST',
  path: `${EXTENSION}/ring-out`,
  json: { from: { phoneNumber: '+16505553711' }, to: { phoneNumber: '+16505551230' }, playPrompt: false },
  permission: 'RingOut',
};

describe('call', () => {
  test('puts the token in and returns the answer', async () => {
    const { call } = await world();

    const answer = await call('front-desk', READ);

    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ extensionNumber: '101' });
  });

  test('G6: when the platform refuses the token before its time, 200 callers share one forced Refresh and all succeed', async () => {
    const { call, sandbox, tokenRequests } = await world();
    await call('front-desk', READ);
    await sandbox.advance(3_601_000);

    const answers = await Promise.all(Array.from({ length: 200 }, () => call('front-desk', READ)));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(tokenRequests()).toEqual(['password', 'refresh_token']);
  });

  test('G6: what places a call is repeated after such a 401 too, and is placed once', async () => {
    const { call, sandbox } = await world();
    await call('front-desk', READ);
    await sandbox.advance(3_601_000);

    const answer = await call('front-desk', PLACE);

    expect(answer.status).toBe(200);
    expect(sandbox.requests(PLACE.path).map(({ status }) => status)).toEqual([401, 200]);
  });

  test('G6: a 401 with another cause is returned as it came, and forces nothing', async () => {
    const { call, sandbox, tokenRequests } = await world();
    await call('front-desk', READ);
    await sandbox.addFault({
      match: { path: EXTENSION },
      times: 1,
      action: { status: 401, body: { errorCode: 'CMN-405', message: 'Login to extension required' } },
    });

    const answer = await call('front-desk', READ);

    expect(answer).toMatchObject({ status: 401 });
    expect(answer.text).toContain('CMN-405');
    expect(tokenRequests()).toEqual(['password']);
  });

  test('G6: a 401 that meets the newest token too is returned: one repeat, never a loop', async () => {
    const { call, sandbox, tokenRequests } = await world();
    await call('front-desk', READ);
    const dead = { errorCode: 'TokenInvalid', message: 'x', errors: [{ errorCode: 'OAU-213', message: 'Token not found' }] };
    await sandbox.addFault({ match: { path: EXTENSION }, times: 100, action: { status: 401, body: dead } });

    const answer = await call('front-desk', READ);

    expect(answer.status).toBe(401);
    expect(sandbox.requests(EXTENSION).filter(({ status }) => status === 401)).toHaveLength(2);
    expect(tokenRequests()).toEqual(['password', 'refresh_token']);
  });

  test('G6: a Refresh that failed is not forced again for the same generation within a minute', async () => {
    const { call, sandbox, clock, tokenRequests } = await world();
    await call('front-desk', READ);
    await sandbox.advance(3_601_000);
    await sandbox.addFault({ match: { path: '/restapi/oauth/token' }, times: 2, action: { drop: 'before' } });

    await expect(call('front-desk', READ)).rejects.toMatchObject({ code: 'platform_unreachable' });
    const second = await call('front-desk', READ);
    const asked = tokenRequests().length;
    clock.advance(60_000);
    const third = await call('front-desk', READ);

    expect([second.status, asked, third.status]).toEqual([401, 3, 200]);
  });

  test('P5: a RingOut whose answer was lost is not sent again', async () => {
    const { call, sandbox } = await world();
    await call('front-desk', READ);
    await sandbox.addFault({ match: { method: 'POST', path: PLACE.path }, times: 1, action: { drop: 'after' } });

    await expect(call('front-desk', PLACE)).rejects.toMatchObject({ code: 'platform_unreachable' });

    expect(sandbox.requests(PLACE.path)).toHaveLength(1);
  });

  test('22: what waits for the platform’s limits does not leave once its Connection is frozen', async () => {
    const { call, sandbox, clock, freezes } = await world();
    await sandbox.setLimits({ scale: 1 });
    const light = { ...READ, group: 'light' } as const;
    for (let count = 0; count < 50; count += 1) await call('front-desk', light);
    clock.advance(55_000);

    const waiting = call('front-desk', light);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'frozen' });
    await until(() => clock.isAsleepFor(5_100));
    await freezes.freeze('connection', 'front-desk', { by: 'admin' });
    clock.advance(5_100);
    await refused;

    expect(sandbox.requests(READ.path)).toHaveLength(50);
  });

  test('P4: after a 429 nothing of that Connection and group leaves until the penalty is over, whatever asks for it', async () => {
    const { call, sandbox, clock } = await world();
    await call('front-desk', { ...PLACE, group: 'heavy' });
    await sandbox.addFault({
      match: { path: PLACE.path },
      times: 1,
      action: { status: 429, headers: { 'retry-after': '60' }, body: { errorCode: 'CMN-301' } },
    });

    const met = await call('front-desk', { ...PLACE, group: 'heavy' });
    const during = call('front-desk', { ...PLACE, group: 'heavy' });
    await expect(during).rejects.toThrow(PlatformBusy);
    await expect(during).rejects.toMatchObject({ code: 'platform_limited', status: 429, retryAfterMs: 61_000 });
    const other = await call('front-desk', { ...READ, group: 'light' });
    clock.advance(61_000);
    const after = await call('front-desk', { ...PLACE, group: 'heavy' });

    expect([met.status, other.status, after.status]).toEqual([429, 200, 200]);
    expect(sandbox.requests(PLACE.path).map(({ status }) => status)).toEqual([200, 429, 200]);
  });
});
