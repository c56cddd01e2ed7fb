import { describe, expect, test } from 'vitest';
import { PlatformAnswerUnusable, PlatformBusy, PlatformUnreachable } from '../domain/errors.ts';
import { processTokenAnswer, type TokenAnswer, TokenRefused } from './token-answer.ts';

const ORIGIN = 'https://platform.example.com';
const GOOD = {
  access_token: 'canary-access',
  token_type: 'bearer',
  expires_in: 3599,
  refresh_token: 'canary-refresh',
  refresh_token_expires_in: 604_799,
  scope: 'ReadAccounts RingOut',
  owner_id: '256440016',
  endpoint_id: '8zXq6oaLT7WvwWITlGiA1A',
  session_id: 'S1',
};

describe('processTokenAnswer', () => {
  test('G8: lifetimes come from the answer, counted from before the request left', async () => {
    const pair = await judge({ status: 200, body: GOOD });

    expect(pair).toMatchObject({
      issuedAt: 1_000,
      expiresAt: 1_000 + 3_599_000,
      refreshExpiresAt: 1_000 + 604_799_000,
      ownerId: '256440016',
      scope: GOOD.scope,
    });
    expect(pair.accessToken.reveal()).toBe('canary-access');
    expect(pair.refreshToken?.reveal()).toBe('canary-refresh');
  });

  test('G3: a pair that is repeated so late that its access token is over is kept for its refresh token', async () => {
    const pair = await judge({ status: 200, body: { ...GOOD, expires_in: 0 } });

    expect(pair.expiresAt).toBe(pair.issuedAt);
    expect(pair.refreshToken?.reveal()).toBe('canary-refresh');
  });

  test('15: the token_type is compared in any case; an id_token, which nobody asked for, costs no pair', async () => {
    const pair = await judge({ status: 200, body: { ...GOOD, token_type: 'Bearer', id_token: 'a.b.c' } });

    expect(pair.refreshToken?.reveal()).toBe('canary-refresh');
  });

  test('an App that issues no refresh token gives a pair without one', async () => {
    const { refresh_token: _token, refresh_token_expires_in: _lifetime, ...body } = GOOD;

    const pair = await judge({ status: 200, body });

    expect(pair.refreshToken).toBeUndefined();
    expect(pair.refreshExpiresAt).toBeUndefined();
  });

  test.each([
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['no access_token', { ...GOOD, access_token: undefined }],
    ['an empty access_token', { ...GOOD, access_token: '' }],
    ['another token_type', { ...GOOD, token_type: 'mac' }],
    ['a token_type that needs a key', { ...GOOD, token_type: 'DPoP' }],
    ['no token_type', { ...GOOD, token_type: undefined }],
    ['no expires_in', { ...GOOD, expires_in: undefined }],
    ['a token with a line break', { ...GOOD, access_token: 'canary\r\naccess' }],
    ['a refresh token with a space', { ...GOOD, refresh_token: 'canary refresh' }],
    ['a lifetime in parts of a second', { ...GOOD, expires_in: 0.001 }],
    ['a negative lifetime', { ...GOOD, expires_in: -1 }],
    ['a lifetime of centuries', { ...GOOD, expires_in: 1e12 }],
    ['a lifetime that is no number', { ...GOOD, expires_in: 'soon' }],
    ['a refresh token that is no text', { ...GOOD, refresh_token: 7 }],
    ['an absurd refresh lifetime', { ...GOOD, refresh_token_expires_in: -5 }],
  ])('15: %s is unusable, and the error shows no token', async (_what, body) => {
    const error = await fails({ status: 200, body });

    expect(error).toBeInstanceOf(PlatformAnswerUnusable);
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toMatch(/canary/);
  });

  test('15: an answer over 64 KiB is unusable', async () => {
    const error = await processTokenAnswer({ status: 200, headers: new Headers(), text: undefined }, ORIGIN, 1_000, 1_000).catch((cause: unknown) => cause);

    expect(error).toBeInstanceOf(PlatformAnswerUnusable);
  });

  test.each([
    ['invalid_grant', 'OAU-213', 'grant'],
    ['invalid_grant', 'OAU-140', 'grant'],
    ['invalid_grant', 'OAU-999', 'grant'],
    ['invalid_client', 'OAU-153', 'app'],
    ['unauthorized_client', 'OAU-251', 'app'],
    ['invalid_client', 'OAU-167', 'grant'],
    ['something_new', 'OAU-999', 'app'],
  ])('errors are told apart by code: %s %s is the fault of the %s', async (error, errorCode, blame) => {
    const refusal = await fails({ status: 400, body: { error, errors: [{ errorCode, message: 'invalid_grant OAU-213' }] } });

    expect(refusal).toBeInstanceOf(TokenRefused);
    expect(refusal).toMatchObject({ blame, platformCode: errorCode });
  });

  test('without an errorCode the OAuth error decides', async () => {
    expect(await fails({ status: 400, body: { error: 'invalid_grant' } })).toMatchObject({ blame: 'grant', platformCode: 'invalid_grant' });
    expect(await fails({ status: 401, body: { error: 'invalid_client' } })).toMatchObject({ blame: 'app', platformCode: 'invalid_client' });
  });

  test('a 400 that carries WWW-Authenticate is still judged by its body', async () => {
    const refusal = await fails({ status: 400, headers: { 'www-authenticate': 'Bearer realm="RingCentral REST API"' }, body: { error: 'invalid_grant' } });

    expect(refusal).toBeInstanceOf(TokenRefused);
  });

  test.each([
    [429, { 'retry-after': '60' }, 60_000],
    [503, {}, 30_000],
    [429, { 'retry-after': new Date(61_000).toUTCString() }, 60_000],
  ])('%i is busy, for as long as it says', async (status, headers, retryAfterMs) => {
    const busy = await fails({ status, headers, body: {} });

    expect(busy).toBeInstanceOf(PlatformBusy);
    expect(busy).toMatchObject({ retryAfterMs });
  });

  test.each([
    [500, { error: 'invalid_grant' }],
    [502, '<html>'],
    [404, 'not here'],
    [302, ''],
    [400, '<html>a page of something in between</html>'],
  ])('G3: %i with another body is unclear, whatever it says', async (status, body) => {
    expect(await fails({ status, body })).toBeInstanceOf(PlatformUnreachable);
  });
});

interface Case {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

function judge({ status, headers = {}, body }: Case) {
  const answer: TokenAnswer = { status, headers: new Headers(headers), text: typeof body === 'string' ? body : JSON.stringify(body) };
  return processTokenAnswer(answer, ORIGIN, 1_000, 1_000);
}

async function fails(given: Case): Promise<Error> {
  return judge(given).then(
    () => {
      throw new Error('it was accepted');
    },
    (error: Error) => error,
  );
}
