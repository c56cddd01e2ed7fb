import { describe, expect, test } from 'vitest';
import { canRefresh, type Grant, isUsable, usableUntil } from './grant.ts';
import { Secret } from './secret.ts';

const HOUR_MS = 3_600_000;

describe('isUsable', () => {
  test('G5: a token with less than 60 s left is not handed out', () => {
    const grant = { issuedAt: 0, expiresAt: HOUR_MS };

    expect(isUsable(grant, HOUR_MS - 60_001)).toBe(true);
    expect(isUsable(grant, HOUR_MS - 60_000)).toBe(false);
  });

  test('12: a token issued in the future was timed by a clock set back since, and is not handed out', () => {
    const grant = { issuedAt: HOUR_MS, expiresAt: 2 * HOUR_MS };

    expect(isUsable(grant, HOUR_MS - 60_000)).toBe(true);
    expect(isUsable(grant, HOUR_MS - 60_001)).toBe(false);
  });

  test('G5: with a lifetime under ten minutes the margin is a tenth of it', () => {
    expect(usableUntil({ issuedAt: 0, expiresAt: 10_000 })).toBe(9_000);
  });
});

describe('canRefresh', () => {
  const grant: Grant = {
    connection: 'front-desk',
    app: 'demo',
    generation: 1,
    accessToken: new Secret('a'),
    issuedAt: 0,
    expiresAt: HOUR_MS,
    refreshToken: new Secret('r'),
    refreshExpiresAt: 7 * 24 * HOUR_MS,
    ownerId: '1',
    scope: 'RingOut',
    endpointId: undefined,
    sessionId: undefined,
    refreshRefused: undefined,
  };

  test('is true until the refresh token expires by its own answer', () => {
    expect(canRefresh(grant, 7 * 24 * HOUR_MS - 1)).toBe(true);
    expect(canRefresh(grant, 7 * 24 * HOUR_MS)).toBe(false);
  });

  test('19: is false once the platform has refused the refresh token', () => {
    expect(canRefresh({ ...grant, refreshRefused: { at: 1, code: 'OAU-213' } }, 2)).toBe(false);
  });

  test('is true where the answer named no lifetime, and false without a refresh token', () => {
    expect(canRefresh({ ...grant, refreshExpiresAt: undefined }, 999 * HOUR_MS)).toBe(true);
    expect(canRefresh({ ...grant, refreshToken: undefined }, 0)).toBe(false);
  });
});
