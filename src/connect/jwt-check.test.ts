import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeJwt, tidyJwt } from './jwt-check.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const ORIGIN = 'https://platform.ringcentral.com';
const USE = { app: { platformOrigin: ORIGIN }, ownerId: '403141004', now: NOW };
const GOOD = { aud: `${ORIGIN}/restapi/oauth/token`, iss: ORIGIN, sub: '403141004', exp: NOW / 1_000 + 60 };

function jwt(claims: unknown, header: unknown = { alg: 'RS256', typ: 'JWT' }): string {
  return [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
    .concat('.c2lnbmF0dXJl');
}

describe('judgeJwt', () => {
  test.each([
    ['good', jwt(GOOD), []],
    ['good, without an expiry', jwt({ ...GOOD, exp: undefined }), []],
    ['good, with several audiences', jwt({ ...GOOD, aud: ['https://else.example.com', GOOD.aud] }), []],
    ['nothing', '', [{ code: 'empty' }]],
    ['an access token', 'U0pDMTFQMDFQQVMwMHxBQUJ', [{ code: 'not_jwt' }]],
    ['cut off', jwt(GOOD).split('.').slice(0, 2).join('.'), [{ code: 'not_jwt' }]],
    ['no object', jwt('text'), [{ code: 'not_jwt' }]],
    ['of something else', jwt({ sub: '1' }), [{ code: 'not_jwt' }]],
    ['expired at this instant', jwt({ ...GOOD, exp: NOW / 1_000 }), [{ code: 'expired', at: NOW }]],
    ['with an expiry that is no number', jwt({ ...GOOD, exp: 'soon' }), [{ code: 'no_expiry_readable' }]],
    ['without a user', jwt({ ...GOOD, sub: undefined }), [{ code: 'no_user' }]],
    ['of another user', jwt({ ...GOOD, sub: '403141005' }), [{ code: 'other_user' }]],
    [
      'for another environment, and expired, and of another user',
      jwt({ aud: 'https://platform.devtest.ringcentral.com/restapi/oauth/token', iss: 'https://platform.devtest.ringcentral.com', sub: '1', exp: 1 }),
      [{ code: 'wrong_environment', found: 'https://platform.devtest.ringcentral.com' }, { code: 'other_user' }, { code: 'expired', at: 1_000 }],
    ],
    ['from another issuer', jwt({ ...GOOD, iss: 'https://evil.example.com' }), [{ code: 'wrong_environment', found: 'https://evil.example.com' }]],
  ])('13: %s', (_what, text, faults) => {
    expect(judgeJwt(text, USE)).toEqual(faults);
  });

  test('13: a Connection that has no user yet takes any', () => {
    expect(judgeJwt(jwt({ ...GOOD, sub: '1' }), { ...USE, ownerId: undefined })).toEqual([]);
  });

  test('whatever is pasted is judged, and never thrown at', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((claims) => jwt(claims)),
          fc.object().map((claims) => jwt(claims, claims)),
        ),
        (text) => {
          expect(Array.isArray(judgeJwt(tidyJwt(text), USE))).toBe(true);
        },
      ),
    );
  });
});

describe('tidyJwt', () => {
  test('takes away what copying adds', () => {
    const whole = jwt(GOOD);

    expect([` "${whole}"\n`, `Bearer ${whole}`, `${whole.slice(0, 30)}\r\n  ${whole.slice(30)}`, `'${whole}',`].map(tidyJwt)).toEqual([
      whole,
      whole,
      whole,
      whole,
    ]);
  });
});
