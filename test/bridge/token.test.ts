import { describe, expect, test } from 'vitest';
import { basic, bridgeWorld, LOGIN, PASSWORD_GRANT, REVOKE_PATH } from './world.ts';

describe('the token endpoint of the Bridge', () => {
  test('a legacy login brings tokens of ours in the platform’s shape, and the first one wins the Grant that is not there yet', async () => {
    const world = await bridgeWorld();

    const first = await world.send(PASSWORD_GRANT);
    const second = await world.send(PASSWORD_GRANT);

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body).toEqual({
      access_token: expect.stringMatching(/^tlb_[\w-]{22}A[\w-]{43}$/),
      token_type: 'bearer',
      expires_in: 3_600,
      refresh_token: expect.stringMatching(/^tlb_[\w-]{22}R[\w-]{43}$/),
      refresh_token_expires_in: 604_800,
      scope: expect.stringContaining('RingOut'),
      owner_id: (await world.store.findGrant('front-desk'))?.ownerId,
      endpoint_id: expect.any(String),
      session_id: expect.any(String),
    });
    expect([first.headers.get('cache-control'), first.headers.get('content-type')]).toEqual(['no-store', 'application/json;charset=UTF-8']);
    expect(world.tokenRequests()).toEqual(['password']);
    expect((await world.call(first.body.access_token)).status).toBe(200);
    expect((await world.call(second.body.access_token)).body).toMatchObject({ extensionNumber: '101' });
  });
});

describe('the revoke endpoint of the Bridge', () => {
  test('ends the session of either token, and answers 200 with nothing to whatever else it is given', async () => {
    const world = await bridgeWorld();
    const { body } = await world.send(PASSWORD_GRANT);

    const revoked = await world.send({ token: String(body.refresh_token) }, undefined, REVOKE_PATH);
    const again = await world.send({ token: 'never seen' }, undefined, REVOKE_PATH);

    expect([revoked.status, revoked.text, again.status, again.text]).toEqual([200, '', 200, '']);
    expect((await world.call(body.access_token)).body).toMatchObject({ errorCode: 'TokenInvalid', errors: [{ errorCode: 'OAU-213' }] });
    expect((await world.send({ grant_type: 'refresh_token', refresh_token: String(body.refresh_token) })).body).toMatchObject({
      error: 'invalid_grant',
      errors: [{ errorCode: 'OAU-211' }],
    });
    expect(LOGIN.extension).toBe('101');
    expect(basic('a', 'b')).toBe('Basic YTpi');
  });
});
