import { isLoopback } from '../domain/app.ts';

/** What a JWT says of itself; nothing of it is proved. */
export interface JwtFacts {
  /** From when it is no longer good, epoch milliseconds. */
  readonly expiresAt?: number;
  /** The extension that it signs in. */
  readonly sub?: string;
  /** For whom it is meant: the token endpoints of its platform. */
  readonly aud: readonly string[];
  /** Who issued it. */
  readonly iss?: string;
  /** The App that it was made for, where it says so. */
  readonly clientId?: string;
}

/** Why a JWT cannot sign this user in on this platform. */
export interface JwtMistake {
  readonly code: 'not_a_jwt' | 'wrong_environment' | 'expired' | 'other_user';
  /** What is wrong, and what to do; it follows the name of the field. */
  readonly message: string;
}

/** What a JWT credential says, and what speaks against it. */
export interface JwtJudgement {
  readonly facts: JwtFacts;
  readonly mistakes: readonly JwtMistake[];
}

/** What a JWT credential is to be good for. */
export interface JwtPurpose {
  /** The origin of the App's platform. */
  readonly platformOrigin: string;
  /** The extension that it must sign in, where that is known. */
  readonly ownerId?: string | undefined;
}

const NO_FACTS: JwtFacts = { aud: [] };

/**
 * Judges a JWT credential before anybody is asked: whether it is one, for this platform, not over, and of this user.
 *
 * Nothing is proved by that, since its signature is not checked: the platform has the last word. What a JWT does not say
 * is not held against it.
 *
 * @param now  epoch milliseconds
 * @see RFC 7519 §4.1, §7.2; RFC 7523 §3; RingCentral "JWT auth flow"
 */
export function judgeJwtCredential(assertion: string, { platformOrigin, ownerId }: JwtPurpose, now: number): JwtJudgement {
  const claims = claimsOf(assertion);
  if (typeof claims === 'string') return { facts: NO_FACTS, mistakes: [{ code: 'not_a_jwt', message: claims }] };
  const facts = factsOf(claims);
  return { facts, mistakes: [...environmentMistakes(facts, platformOrigin), ...expiryMistakes(facts, now), ...userMistakes(facts, ownerId)] };
}

// The last time that a calendar has (ECMA-262 §21.4.1.1); a JWT may say anything.
const LAST_TIME = 8.64e15;

/** From when a JWT is no longer good by its own word, epoch milliseconds; nothing where it does not say, or is none. */
export function jwtExpiresAt(assertion: string): number | undefined {
  const claims = claimsOf(assertion);
  const { expiresAt } = typeof claims === 'string' ? NO_FACTS : factsOf(claims);
  return expiresAt === undefined || expiresAt > LAST_TIME ? undefined : Math.floor(Math.max(0, expiresAt));
}

/** @returns the claims, or why there are none; nothing of the text is repeated, which may be another secret */
function claimsOf(assertion: string): Readonly<Record<string, unknown>> | string {
  const parts = assertion.split('.');
  if (parts.length !== 3)
    return `is not a JWT: it has ${parts.length === 1 ? 'one part' : `${parts.length} parts`}, a JWT has three with dots between; copy all of it`;
  if (!parts.every((part) => /^[\w-]+$/.test(part))) return 'is not a JWT: it holds characters that none has; copy it without blanks, quotes or line breaks';
  const [header, payload] = parts.slice(0, 2).map(parseObject);
  if (!header || !payload) return 'is not a JWT: its parts are not readable; copy all of it';
  return payload;
}

function factsOf(claims: Readonly<Record<string, unknown>>): JwtFacts {
  const { exp, sub, aud, iss, client_id: clientId } = claims;
  return {
    ...(typeof exp === 'number' && Number.isFinite(exp) && { expiresAt: exp * 1_000 }),
    // The platform writes its ids as text in one place and as numbers in another.
    ...((typeof sub === 'string' || typeof sub === 'number') && { sub: String(sub) }),
    aud: [aud].flat().filter((each) => typeof each === 'string'),
    ...(typeof iss === 'string' && { iss }),
    ...(typeof clientId === 'string' && { clientId }),
  };
}

// A JWT of the developer sandbox is refused in production and the other way round.
function environmentMistakes({ aud, iss }: JwtFacts, platformOrigin: string): JwtMistake[] {
  const audiences = aud.filter((each) => URL.canParse(each));
  const [other] = audiences;
  const issuer = iss !== undefined && URL.canParse(iss) ? iss : undefined;
  const elsewhere =
    other !== undefined && !audiences.some((each) => isSamePlace(each, platformOrigin))
      ? other
      : issuer && !isSamePlace(issuer, platformOrigin)
        ? issuer
        : undefined;
  if (elsewhere === undefined) return [];
  const message = `is for another environment: it is meant for ${placeOf(elsewhere)}, and the platform of the App is ${platformOrigin}; make one there, or use an App of that platform`;
  return [{ code: 'wrong_environment', message }];
}

function expiryMistakes({ expiresAt }: JwtFacts, now: number): JwtMistake[] {
  if (expiresAt === undefined || now < expiresAt) return [];
  return [{ code: 'expired', message: `has expired ${timeOf(expiresAt)}; make a new one in the developer console` }];
}

function userMistakes({ sub }: JwtFacts, ownerId: string | undefined): JwtMistake[] {
  if (sub === undefined || ownerId === undefined || sub === ownerId) return [];
  return [{ code: 'other_user', message: `is of another user: it signs in extension ${printable(sub)}, and the Connection belongs to extension ${ownerId}` }];
}

function isSamePlace(url: string, platformOrigin: string): boolean {
  const [one, other] = [new URL(url), new URL(platformOrigin)];
  if (isLoopback(one.hostname) && isLoopback(other.hostname)) return one.port === other.port;
  return one.origin === other.origin;
}

function placeOf(url: string): string {
  const { origin, protocol } = new URL(url);
  return printable(origin === 'null' ? protocol : origin);
}

// A time that no calendar has is shown as it is.
function timeOf(at: number): string {
  return Math.abs(at) <= LAST_TIME ? `on ${new Date(at).toISOString()}` : 'long ago';
}

// What a stranger wrote into a JWT goes into a message.
function printable(text: string): string {
  return text.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');
}

function parseObject(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
