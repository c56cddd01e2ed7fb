import { describe, expect, test } from 'vitest';
import { PlatformBusy, PlatformUnreachable } from '../domain/errors.ts';
import { processRingCxAnswer, RingCxTokenRefused } from './ringcx-answer.ts';

const ORIGIN = 'https://ringcx.example.com';
const ISSUED_AT = 1_750_000_000_000;
const ISSUED_SECONDS = ISSUED_AT / 1_000;
const FIVE_MINUTES = 300_000;
const GOOD = {
  refreshToken: 'canary-refresh',
  accessToken: 'canary-access',
  tokenType: 'Bearer',
  agentDetails: [
    {
      ...{ agentId: 111111, firstName: 'John', lastName: 'Wang', email: 'john.wang@example.com', username: 'john.wang@example.com' },
      ...{ agentType: 'AGENT', rcUserId: 222222, accountId: '333333', accountName: 'RingForce', agentGroupId: null },
      ...{ allowLoginControl: true, allowLoginUpdates: false, password: 'canary-password', phoneLoginPin: 'canary-pin' },
    },
  ],
  adminId: 1111,
  adminUrl: '/voice/admin/',
  agentUrl: '/voice/agent/',
  ssoLogin: true,
  mainAccountId: '333330',
};

function judge(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return processRingCxAnswer({ status, headers: new Headers(headers), text }, ORIGIN, ISSUED_AT, ISSUED_AT + 1_000);
}

function jwt(claims: unknown): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`;
}

describe('processRingCxAnswer', () => {
  test.each([200, 201])("G10: %i: the pair, with the user's ids as text and of the agents nothing that could be a secret", (status) => {
    const { accessToken, refreshToken, ...pair } = judge(status, GOOD);

    expect([accessToken.reveal(), refreshToken?.reveal()]).toEqual(['canary-access', 'canary-refresh']);
    expect(pair).toEqual({
      issuedAt: ISSUED_AT,
      expiresAt: ISSUED_AT + FIVE_MINUTES,
      mainAccountId: '333330',
      adminId: '1111',
      agentDetails: [
        {
          ...{ agentId: '111111', rcUserId: '222222', accountId: '333333', firstName: 'John', lastName: 'Wang', email: 'john.wang@example.com' },
          ...{ username: 'john.wang@example.com', agentType: 'AGENT', accountName: 'RingForce', allowLoginControl: true, allowLoginUpdates: false },
        },
      ],
    });
  });

  test.each([
    ['no JWT', 'plain', FIVE_MINUTES],
    ['a JWT that says both times, by a clock that is an hour off', jwt({ iat: ISSUED_SECONDS + 3_600, exp: ISSUED_SECONDS + 4_200 }), 600_000],
    ['a JWT that says its end only', jwt({ exp: ISSUED_SECONDS + 120 }), 120_000],
    ['a JWT that is over by our clock', jwt({ exp: ISSUED_SECONDS - 60 }), FIVE_MINUTES],
    ['a JWT for a year', jwt({ iat: ISSUED_SECONDS, exp: ISSUED_SECONDS + 31_536_000 }), FIVE_MINUTES],
    ['a JWT whose end is text', jwt({ exp: '1' }), FIVE_MINUTES],
    ['a JWT of no JSON', 'a.b.c', FIVE_MINUTES],
    ['a JWT of null', jwt(null), FIVE_MINUTES],
  ])('G8: the lifetime of %s', (_what, accessToken, lifetimeMs) => {
    expect(judge(200, { ...GOOD, accessToken }).expiresAt - ISSUED_AT).toBe(lifetimeMs);
  });

  test.each([[null], [''], [undefined]])('a refresh token that is %j is none', (refreshToken) => {
    expect(judge(200, { ...GOOD, refreshToken }).refreshToken).toBeUndefined();
  });

  test.each([
    ['a text', 'many', undefined],
    ['absent', undefined, undefined],
    ['dirt among them', [null, 7, 'x', [], { agentId: { a: 1 }, accountId: 'a\0b', accountName: 'x'.repeat(2_000) }], [{}, { accountName: 'x'.repeat(1_000) }]],
  ])('agents that are %s hurt nothing', (_what, agentDetails, kept) => {
    expect(judge(200, { ...GOOD, agentDetails }).agentDetails).toEqual(kept);
  });

  test.each([
    [401, { errorCode: 'authentication.exception' }, 'authentication.exception'],
    [403, { errorCode: 'access.denied.exception' }, 'access.denied.exception'],
    [404, '<html>canary</html>', 'HTTP 404'],
    [400, { errorCode: 'canary with spaces and a token' }, 'HTTP 400'],
  ])('%i is a refusal, with its code', (status, body, platformCode) => {
    const error = caught(() => judge(status, body));

    expect(error).toBeInstanceOf(RingCxTokenRefused);
    expect(error).toMatchObject({ platformStatus: status, platformCode });
    expect((error as Error).message).not.toContain('canary');
  });

  test.each([429, 503])('%i asks us to wait', (status) => {
    const error = caught(() => judge(status, '{}', { 'retry-after': '17' }));

    expect(error).toBeInstanceOf(PlatformBusy);
    expect(error).toMatchObject({ retryAfterMs: 17_000 });
  });

  test.each([302, 307, 500, 502, 504])('%i is unclear', (status) => {
    expect(caught(() => judge(status, 'canary'))).toBeInstanceOf(PlatformUnreachable);
  });
});

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}
