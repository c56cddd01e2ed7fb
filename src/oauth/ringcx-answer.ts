import { GatewayError, PlatformAnswerUnusable, PlatformBusy, PlatformUnreachable } from '../domain/errors.ts';
import type { RingCxAgent, RingCxPair } from '../domain/ring-cx-grant.ts';
import { Secret } from '../domain/secret.ts';
import { parseObject } from '../runtime/parse-object.ts';
import { retryAfterMs } from '../runtime/retry-after.ts';

/** What RingCX answered; `text` is absent where it was longer than is read. */
export interface RingCxAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string | undefined;
}

/** RingCX said no to the token it was shown. It is the broker's to decide what follows. */
export class RingCxTokenRefused extends GatewayError {
  /** HTTP status of the answer. */
  readonly platformStatus: number;
  /** RingCX's `errorCode`; `HTTP 401` for example where it named none. */
  readonly platformCode: string;

  constructor(platformStatus: number, platformCode: string) {
    super('platform_refused', `RingCX refused the token request with ${platformCode}.`);
    this.platformStatus = platformStatus;
    this.platformCode = platformCode;
  }
}

// RingCX "Obtaining an access token": five minutes. The answer does not say; its token does where it is a JWT.
const LIFETIME_MS = 5 * 60_000;
// A JWT that says more than a day was made by a clock that is wrong, or is none of RingCX's.
const LONGEST_MS = 24 * 60 * 60_000;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Judges RingCX's answer to an exchange or a Refresh; both have the same body.
 *
 * @param issuedAt  epoch milliseconds, taken before the first request for this pair left: expiry errs on the early side
 * @param now       epoch milliseconds, when the answer came
 * @throws RingCxTokenRefused      another 4xx: the token is no good, or the user has no part in RingCX
 * @throws PlatformBusy            429, or 503; `retryAfterMs` is set
 * @throws PlatformUnreachable     another status: unclear, may be asked again
 * @throws PlatformAnswerUnusable  200, but nothing of it can be stored
 * @see RingCX "Obtaining an access token"; its OpenAPI file, `AccessTokenUserDetails`
 */
export function processRingCxAnswer({ status, headers, text }: RingCxAnswer, origin: string, issuedAt: number, now: number): RingCxPair {
  if (status === 429 || status === 503) throw new PlatformBusy('RingCX', retryAfterMs(headers, now));
  if (status >= 400 && status < 500) throw new RingCxTokenRefused(status, errorCodeIn(text) ?? `HTTP ${status}`);
  if (status !== 200 && status !== 201) throw new PlatformUnreachable(origin, new Error(`HTTP ${status} from RingCX`));
  if (text === undefined) throw new PlatformAnswerUnusable('it is longer than 1 MiB');
  return pairIn(parseObject(text), issuedAt);
}

function pairIn(body: Fields | undefined, issuedAt: number): RingCxPair {
  if (!body) throw new PlatformAnswerUnusable('it is not a JSON object');
  const accessToken = tokenIn(body, 'accessToken');
  if (accessToken === undefined) throw new PlatformAnswerUnusable('it has no "accessToken"');
  if (typeof body.tokenType === 'string' && body.tokenType.toLowerCase() !== 'bearer') throw new PlatformAnswerUnusable('its "tokenType" is not Bearer');
  return {
    accessToken: new Secret(accessToken),
    refreshToken: secretOf(tokenIn(body, 'refreshToken')),
    issuedAt,
    expiresAt: issuedAt + lifetimeMs(accessToken, issuedAt),
    mainAccountId: idIn(body, 'mainAccountId'),
    adminId: idIn(body, 'adminId'),
    agentDetails: Array.isArray(body.agentDetails) ? body.agentDetails.flatMap(agentOf) : undefined,
  };
}

function errorCodeIn(text: string | undefined): string | undefined {
  const code = parseObject(text ?? '')?.errorCode;
  // It goes into messages and logs.
  return typeof code === 'string' && /^[\w.-]{1,100}$/.test(code) ? code : undefined;
}

// By the token's own times, so that a clock of ours that is wrong does not matter where it says both.
function lifetimeMs(accessToken: string, issuedAt: number): number {
  const { exp, iat } = claimsIn(accessToken);
  if (typeof exp !== 'number') return LIFETIME_MS;
  const lifetime = exp * 1_000 - (typeof iat === 'number' ? iat * 1_000 : issuedAt);
  return lifetime > 0 && lifetime <= LONGEST_MS ? Math.floor(lifetime) : LIFETIME_MS;
}

// Only read for its times: whether the token is good is RingCX's to say.
function claimsIn(accessToken: string): Fields {
  const [, payload, signature] = accessToken.split('.');
  return (signature === undefined ? undefined : parseObject(Buffer.from(payload ?? '', 'base64url').toString('utf8'))) ?? {};
}

// A token travels in a header; one that could not would be stored and never work.
function tokenIn(body: Fields, name: string): string | undefined {
  const token = body[name];
  if (token === undefined || token === null || token === '') return undefined;
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) throw new PlatformAnswerUnusable(`its "${name}" holds characters that no token has`);
  return token;
}

function secretOf(token: string | undefined): Secret | undefined {
  return token === undefined ? undefined : new Secret(token);
}

// Of an agent what is known to be no secret; what RingCX may add one day is not kept.
function agentOf(value: unknown): readonly RingCxAgent[] {
  if (typeof value !== 'object' || value === null) return [];
  const fields = value as Fields;
  const ids = pick(['agentId', 'rcUserId', 'accountId', 'agentGroupId'], (name) => idIn(fields, name));
  const texts = pick(['firstName', 'lastName', 'email', 'username', 'agentType', 'accountName'], (name) => textIn(fields, name));
  const flags = pick(['allowLoginControl', 'allowLoginUpdates'], (name) => (typeof fields[name] === 'boolean' ? fields[name] : undefined));
  return [{ ...ids, ...texts, ...flags }];
}

function pick<Name extends string, Value>(names: readonly Name[], read: (name: Name) => Value | undefined): Partial<Record<Name, Value>> {
  return Object.fromEntries(names.map((name) => [name, read(name)]).filter(([, value]) => value !== undefined)) as Partial<Record<Name, Value>>;
}

// Some come as numbers and some as text; longer ones than these are none.
function idIn(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value) ? value : undefined;
}

const LONGEST_TEXT = 1_000;

function textIn(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value.slice(0, LONGEST_TEXT) : undefined;
}
