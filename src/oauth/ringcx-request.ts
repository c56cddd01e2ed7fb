import { PlatformUnreachable } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { readText } from '../runtime/read-text.ts';
import type { RingCxAnswer } from './ringcx-answer.ts';
import type { Wire } from './token-request.ts';

/** Where a RingCentral access token is exchanged. */
const EXCHANGE_PATH = '/api/auth/login/rc/accesstoken';
/** Where RingCX's own refresh token is. */
const REFRESH_PATH = '/api/auth/token/refresh';

// An agent takes some 400 bytes, and a user may be one in each account of its main account: this is room for 2,500. What
// is longer is not read to its end.
const ANSWER_LIMIT_BYTES = 1024 * 1024;

/**
 * Exchanges a RingCentral access token for RingCX's own pair; judge the answer with `processRingCxAnswer`.
 *
 * Five of these a minute are answered. The RingCentral token stays as it is, and each exchange starts a session of its
 * own, so an unclear answer may be asked again.
 *
 * @param origin  the App's `ringcxOrigin`
 * @throws PlatformUnreachable  no whole answer came
 * @see RingCX "Obtaining an access token"
 */
export function ringCxExchangeRequest(origin: string, rcAccessToken: Secret, wire: Wire): Promise<RingCxAnswer> {
  return send(origin, `${EXCHANGE_PATH}?includeRefresh=true`, { rcAccessToken: rcAccessToken.reveal(), rcTokenType: 'Bearer' }, wire);
}

/**
 * Exchanges a refresh token of RingCX for a new pair; judge the answer with `processRingCxAnswer`.
 *
 * It is for one use. Whether RingCX repeats its answer for a while, as RingCentral does, is not documented: asked again
 * after an unclear answer it gives the pair or a clear no, and after a no the RingCentral token is exchanged anew.
 *
 * @param origin  where the refresh token was won
 * @throws PlatformUnreachable  no whole answer came
 * @see RingCX "Obtaining an access token", "Refreshing"
 */
export function ringCxRefreshRequest(origin: string, refreshToken: Secret, wire: Wire): Promise<RingCxAnswer> {
  return send(origin, REFRESH_PATH, { refresh_token: refreshToken.reveal() }, wire);
}

async function send(origin: string, path: string, form: Readonly<Record<string, string>>, { fetch, signal }: Wire): Promise<RingCxAnswer> {
  try {
    // A redirect is not followed: the token in the body would travel with it.
    const response = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(form),
      redirect: 'manual',
      signal,
    });
    return { status: response.status, headers: response.headers, text: await readText(response, ANSWER_LIMIT_BYTES) };
  } catch (cause) {
    throw new PlatformUnreachable(origin, cause);
  }
}
