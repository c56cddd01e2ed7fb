import { describe, expect, test } from 'vitest';
import { bridgeLifetimes } from './bridge-session.ts';

const HOUR = 3_600;
const WEEK = 604_800;

describe('bridgeLifetimes', () => {
  test.each([
    [undefined, undefined, HOUR, WEEK],
    ['3600', '604800', HOUR, WEEK],
    ['1800', '302400', 1_800, 302_400],
    ['7200', '2592000', HOUR, WEEK],
    ['599', '1', 600, 1],
    // What RingCentral's JavaScript SDK sends after a 401.
    ['-1', '604800', 600, WEEK],
    ['0', '0', 600, undefined],
    ['soon', '-1', 600, undefined],
    ['900.9', 'later', 900, WEEK],
  ])('access_token_ttl=%s and refresh_token_ttl=%s give %s s and %s s', (access, refresh, accessSeconds, refreshSeconds) => {
    expect(bridgeLifetimes(access, refresh)).toEqual({ accessMs: accessSeconds * 1_000, refreshMs: refreshSeconds && refreshSeconds * 1_000 });
  });
});
