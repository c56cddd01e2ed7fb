import type { App } from '../domain/app.ts';

/** What is wrong with what somebody has pasted as a JWT credential. */
export type JwtFault =
  | { readonly code: 'empty' | 'not_jwt' | 'no_user' | 'no_expiry_readable' }
  | { readonly code: 'wrong_environment'; readonly found: string }
  | { readonly code: 'expired'; readonly at: number }
  | { readonly code: 'other_user' };

/** For whom and where it is to be good. */
export interface JwtUse {
  readonly app: Pick<App, 'platformOrigin'>;
  /** The Connection's user, where that is known. */
  readonly ownerId: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

const TOKEN_PATH = '/restapi/oauth/token';

/** What was pasted, without what copying adds: quotes, line breaks, the word Bearer. */
export function tidyJwt(pasted: string): string {
  return pasted
    .replace(/^\s*(bearer\s+)?["'`]?/i, '')
    .replace(/["'`,;]*\s*$/, '')
    .replace(/\s+/g, '');
}

/**
 * What can be seen without asking the platform, and without believing a word of it: whether it is a JWT of RingCentral's
 * for this environment, for the right user, and not over. A credential names no App; only the platform knows those.
 *
 * @param jwt  tidied
 * @returns every mistake; none does not mean that the platform will take it
 * @see RFC 7523 §3; RingCentral "Creating JWT credentials"
 */
export function judgeJwt(jwt: string, { app, ownerId, now }: JwtUse): readonly JwtFault[] {
  if (jwt === '') return [{ code: 'empty' }];
  const claims = readClaims(jwt);
  if (!claims) return [{ code: 'not_jwt' }];
  const elsewhere = environmentFaults(claims, app.platformOrigin);
  // What is not of RingCentral's kind has no user and no expiry worth a word.
  if (elsewhere[0]?.code === 'not_jwt') return elsewhere;
  return [...elsewhere, ...userFaults(claims, ownerId), ...expiryFaults(claims, now)];
}

function readClaims(jwt: string): Readonly<Record<string, unknown>> | undefined {
  const parts = jwt.split('.');
  if (parts.length !== 3 || parts.some((part) => !/^[\w-]+$/.test(part))) return undefined;
  const [header, claims] = parts.map(readObject);
  return header && claims && typeof header.alg === 'string' ? claims : undefined;
}

function readObject(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

// `iss` has been seen with a path behind the origin, so origins are compared; `aud` is the token endpoint.
function environmentFaults({ aud, iss }: Readonly<Record<string, unknown>>, platformOrigin: string): readonly JwtFault[] {
  const audiences = Array.isArray(aud) ? aud.map(String) : aud === undefined ? [] : [String(aud)];
  const isForUs = audiences.includes(platformOrigin + TOKEN_PATH) || audiences.includes(platformOrigin);
  const isFromUs = iss === undefined || originOf(String(iss)) === platformOrigin;
  if (isForUs && isFromUs) return [];
  const found = isForUs ? originOf(String(iss)) : audiences.map(originOf).find((origin) => origin !== undefined);
  return found === undefined ? [{ code: 'not_jwt' }] : [{ code: 'wrong_environment', found }];
}

function userFaults({ sub }: Readonly<Record<string, unknown>>, ownerId: string | undefined): readonly JwtFault[] {
  if ((typeof sub !== 'string' && typeof sub !== 'number') || sub === '') return [{ code: 'no_user' }];
  return ownerId === undefined || String(sub) === ownerId ? [] : [{ code: 'other_user' }];
}

function expiryFaults({ exp }: Readonly<Record<string, unknown>>, now: number): readonly JwtFault[] {
  if (exp === undefined) return [];
  if (typeof exp !== 'number' || !Number.isFinite(exp) || Math.abs(exp) > 8.64e12) return [{ code: 'no_expiry_readable' }];
  return now >= exp * 1_000 ? [{ code: 'expired', at: exp * 1_000 }] : [];
}

function originOf(text: string): string | undefined {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? new URL(text).origin : undefined;
}
