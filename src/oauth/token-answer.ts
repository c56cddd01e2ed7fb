import { processGenericTokenEndpointResponse } from 'oauth4webapi';
import { GatewayError, PlatformAnswerUnusable, PlatformBusy, PlatformUnreachable } from '../domain/errors.ts';
import type { TokenPair } from '../domain/grant.ts';
import { AnswerFault } from '../domain/network-fault.ts';
import { Secret } from '../domain/secret.ts';
import { type Blame, OAUTH_ERROR_CODES } from '../ringcentral/facts/error-codes.ts';
import { parseObject } from '../runtime/parse-object.ts';
import { retryAfterMs } from '../runtime/retry-after.ts';

/** What the token endpoint answered; `text` is absent where it was longer than 64 KiB. */
export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string | undefined;
}

/** The token endpoint said no, and whose fault it is. It is the broker's to decide what follows. */
export class TokenRefused extends GatewayError {
  readonly blame: Blame;
  /** `OAU-213` for example; the OAuth `error` where there is no such code. */
  readonly platformCode: string;

  constructor(blame: Blame, platformCode: string) {
    super('platform_refused', `RingCentral refused the token request with ${platformCode}.`);
    this.blame = blame;
    this.platformCode = platformCode;
  }
}

// The platform's longest are an hour and, for refresh tokens, 30 days; a year leaves room for what it may allow one day.
const LONGEST_SECONDS = 366 * 24 * 3_600;

/**
 * Judges a token endpoint's answer, whichever grant asked for it.
 *
 * @param issuedAt  epoch milliseconds, taken before the first request for this pair left: expiry errs on the early side
 * @param now       epoch milliseconds, when the answer came
 * @throws TokenRefused            an OAuth error; `blame` says whether the Grant's or the App's
 * @throws PlatformBusy            429, or 503; `retryAfterMs` is set
 * @throws PlatformUnreachable     another status, or an error page: unclear, may be asked again
 * @throws PlatformAnswerUnusable  200, but not a token answer; nothing of it may be stored
 * @see RFC 6749 §5.1, §5.2; RingCentral "API error codes"
 */
export async function processTokenAnswer(answer: TokenAnswer, origin: string, issuedAt: number, now: number): Promise<TokenPair> {
  if (answer.status === 429 || answer.status === 503) throw new PlatformBusy('token endpoint', retryAfterMs(answer.headers, now));
  if (answer.status !== 200) throw refusalIn(answer) ?? new PlatformUnreachable(origin, new AnswerFault(statusFault(answer)));
  if (answer.text === undefined) throw new PlatformAnswerUnusable('it is longer than 64 KiB');
  if (isWebPage(answer))
    throw new PlatformAnswerUnusable('it is a web page, so what answers is not the platform but a proxy or a firewall; check what stands between');
  return tokenPair(await tokenFields(answer.text, origin), issuedAt);
}

// What the operator needs to tell a platform in trouble from one that is not there.
function statusFault(answer: TokenAnswer): string {
  const { status } = answer;
  if (status >= 300 && status < 400)
    return `the token endpoint redirects (HTTP ${status}), which is not followed; check the App's platformOrigin, and what stands between`;
  if (isWebPage(answer)) return `the token endpoint answers HTTP ${status} with a web page; check what stands between, a proxy or a firewall`;
  return `the token endpoint answers HTTP ${status}; try again`;
}

function isWebPage({ headers, text = '' }: TokenAnswer): boolean {
  return /^text\/html\b/i.test(headers.get('content-type') ?? '') || /^\s*<(!doctype|html|head|body)\b/i.test(text);
}

// RingCentral sends WWW-Authenticate with its 400s, which the library would take for a challenge and so hide the error
// code. The body is judged here first, and the library sees answers of success only.
function refusalIn(answer: TokenAnswer): TokenRefused | undefined {
  const body = parseObject(answer.text ?? '');
  if (answer.status >= 500 || typeof body?.error !== 'string') return undefined;
  const [first] = Array.isArray(body.errors) ? (body.errors as readonly { errorCode?: unknown }[]) : [];
  const code = typeof first?.errorCode === 'string' ? first.errorCode : body.error;
  // An error that nobody knows does not prove a Grant dead.
  const blame = OAUTH_ERROR_CODES[code]?.blame ?? (body.error === 'invalid_grant' ? 'grant' : 'app');
  return new TokenRefused(blame, code);
}

async function tokenFields(text: string, origin: string): Promise<Readonly<Record<string, unknown>>> {
  const response = new Response(withoutIdToken(text), { status: 200, headers: { 'content-type': 'application/json' } });
  const fields = await processGenericTokenEndpointResponse({ issuer: origin }, { client_id: 'checked-by-the-platform' }, response).catch((cause: unknown) => {
    // The library's `cause` holds the answer's tokens: only its sentence goes on.
    throw new PlatformAnswerUnusable(cause instanceof Error ? cause.message : 'it is not a token answer');
  });
  // The library takes DPoP too, whose tokens are good only with a key that nobody here has.
  if (fields.token_type !== 'bearer') throw new PlatformAnswerUnusable('its "token_type" is not bearer');
  return fields;
}

// Nobody asks for one or reads it; the library would judge it, and with it a pair be lost that is good.
function withoutIdToken(text: string): string {
  const { id_token, ...fields } = parseObject(text) ?? {};
  return id_token === undefined ? text : JSON.stringify(fields);
}

function tokenPair(fields: Readonly<Record<string, unknown>>, issuedAt: number): TokenPair {
  const expiresIn = lifetime(fields, 'expires_in');
  if (expiresIn === undefined) throw new PlatformAnswerUnusable('it has no "expires_in"');
  const refreshExpiresIn = lifetime(fields, 'refresh_token_expires_in');
  const refreshToken = text(fields, 'refresh_token');
  return {
    accessToken: new Secret(headerSafe(String(fields.access_token), 'access_token')),
    issuedAt,
    expiresAt: issuedAt + expiresIn * 1_000,
    refreshToken: refreshToken === undefined ? undefined : new Secret(headerSafe(refreshToken, 'refresh_token')),
    refreshExpiresAt: refreshToken === undefined || refreshExpiresIn === undefined ? undefined : issuedAt + refreshExpiresIn * 1_000,
    ownerId: text(fields, 'owner_id'),
    scope: text(fields, 'scope') ?? '',
    endpointId: text(fields, 'endpoint_id'),
    sessionId: text(fields, 'session_id'),
  };
}

// A token travels in a header; one that could not would be stored and never work.
function headerSafe(token: string, name: string): string {
  if (!/^[\x21-\x7e]+$/.test(token)) throw new PlatformAnswerUnusable(`its "${name}" holds characters that no token has`);
  return token;
}

function lifetime(fields: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  const seconds = Number(value);
  // 0 is what is left of a pair that is repeated late: its access token is over, its refresh token is the living one.
  if (!(Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_SECONDS))
    throw new PlatformAnswerUnusable(`its "${name}" is not a lifetime in whole seconds`);
  return seconds;
}

function text(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = fields[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
