import { isLoopback } from '../domain/app.ts';
import { parseObject } from '../runtime/parse-object.ts';

// The last time that a calendar has (ECMA-262 §21.4.1.1); a JWT may say anything.
const LAST_TIME = 8.64e15;

/** What a JWT says of itself; nothing of it is proved. */
interface JwtFacts {
  /** From when it is no longer good, epoch milliseconds. */
  readonly expiresAt?: number;
  /** The extension that it signs in. */
  readonly sub?: string;
  /** For whom it is meant: the token endpoints of its platform. */
  readonly aud: readonly string[];
  /** Who issued it. */
  readonly iss?: string;
}

/**
 * Why a JWT cannot sign this user in on this platform: what is wrong, and what to do; the message follows the name of the
 * field. Whoever has pasted it is told by the code.
 */
export type JwtMistake = { readonly message: string } & (
  | { readonly code: 'not_a_jwt' | 'other_user' }
  /** `found`: the origin that it is for. */
  | { readonly code: 'wrong_environment'; readonly found: string }
  /** `at`: epoch milliseconds; nothing where no calendar has that time. */
  | { readonly code: 'expired'; readonly at: number | undefined }
);

/** What a JWT credential is to be good for. */
export interface JwtPurpose {
  /** The origin of the App's platform. */
  readonly platformOrigin: string;
  /** The extension that it must sign in, where that is known. */
  readonly ownerId?: string | undefined;
}

/**
 * Judges a JWT credential before anybody is asked: whether it is one, for this platform, not over, and of this user.
 *
 * Nothing is proved by that, since its signature is not checked: the platform has the last word. What a JWT does not say
 * is not held against it.
 *
 * @param now  epoch milliseconds
 * @returns every mistake; none does not mean that the platform will take it
 * @see RFC 7519 §4.1, §7.2; RFC 7523 §3; RingCentral "JWT auth flow"
 */
export function judgeJwtCredential(assertion: string, { platformOrigin, ownerId }: JwtPurpose, now: number): readonly JwtMistake[] {
  const claims = claimsOf(assertion);
  if (typeof claims === 'string') return [{ code: 'not_a_jwt', message: claims }];
  const facts = factsOf(claims);
  return [...environmentMistakes(facts, platformOrigin), ...expiryMistakes(facts, now), ...userMistakes(facts, ownerId)];
}

/** From when a JWT is no longer good by its own word, epoch milliseconds; nothing where it does not say, or is none. */
export function jwtExpiresAt(assertion: string): number | undefined {
  const claims = claimsOf(assertion);
  const expiresAt = typeof claims === 'string' ? undefined : factsOf(claims).expiresAt;
  return expiresAt === undefined || expiresAt > LAST_TIME ? undefined : Math.floor(Math.max(0, expiresAt));
}

/** @returns the claims, or why there are none; nothing of the text is repeated, which may be another secret */
function claimsOf(assertion: string): Readonly<Record<string, unknown>> | string {
  const parts = assertion.split('.');
  if (parts.length !== 3)
    return `is not a JWT: it has ${parts.length === 1 ? 'one part' : `${parts.length} parts`}, a JWT has three with dots between; copy all of it`;
  if (!parts.every((part) => /^[\w-]+$/.test(part))) return 'is not a JWT: it holds characters that none has; copy it without blanks, quotes or line breaks';
  const [header, payload] = parts.slice(0, 2).map((part) => parseObject(Buffer.from(part, 'base64url').toString('utf8')));
  if (!header || !payload) return 'is not a JWT: its parts are not readable; copy all of it';
  return payload;
}

function factsOf(claims: Readonly<Record<string, unknown>>): JwtFacts {
  const { exp, sub, aud, iss } = claims;
  return {
    ...(typeof exp === 'number' && Number.isFinite(exp) && { expiresAt: exp * 1_000 }),
    // The platform writes its ids as text in one place and as numbers in another.
    ...((typeof sub === 'string' || typeof sub === 'number') && { sub: String(sub) }),
    aud: [aud].flat().filter((each) => typeof each === 'string'),
    ...(typeof iss === 'string' && { iss }),
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
  const found = placeOf(elsewhere);
  const message = `is for another environment: it is meant for ${found}, and the platform of the App is ${platformOrigin}; make one there, or use an App of that platform`;
  return [{ code: 'wrong_environment', found, message }];
}

function expiryMistakes({ expiresAt }: JwtFacts, now: number): JwtMistake[] {
  if (expiresAt === undefined || now < expiresAt) return [];
  // A time that no calendar has is not shown.
  const at = Math.abs(expiresAt) <= LAST_TIME ? expiresAt : undefined;
  const when = at === undefined ? 'long ago' : `on ${new Date(at).toISOString()}`;
  return [{ code: 'expired', at, message: `has expired ${when}; make a new one in the developer console` }];
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

// What a stranger wrote into a JWT goes into a message.
function printable(text: string): string {
  return text.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');
}
