/** Two tokens that were issued together. */
export interface TokenPair {
  readonly accessToken: string;
  readonly accessExpiresAt: number;
  /** Absent where the app gets none, or asked for none. */
  readonly refreshToken?: string;
  readonly refreshExpiresAt?: number;
  readonly issuedAt: number;
  /** When the access token was first presented; absent while it never was. */
  readonly usedAt?: number;
}

/**
 * Whom a session's tokens speak for: a user; an account, without anybody of it (account-centric session); or nobody yet
 * (signup session of a partner's brand).
 *
 * @see RingCentral OAuth 2.0 (2016), "Client Credentials Authorization Flow"
 */
export type Subject =
  | { readonly kind: 'user'; readonly ownerId: string }
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'signup'; readonly brandId: string };

/** What an app may learn of its user. */
export interface Identity {
  /** `openid`, with `email` or `profile` where they were asked for. */
  readonly scopes: readonly string[];
  /** When the user showed who he is. */
  readonly authenticatedAt: number;
  readonly nonce?: string;
}

/** One sign-in, with the tokens that came of it. */
export interface Session {
  readonly id: string;
  readonly clientId: string;
  readonly subject: Subject;
  readonly endpointId: string;
  /** The permissions that were asked for, where that is less than all of the app's. */
  readonly scope?: readonly string[];
  /** Of a sign-in with OpenID Connect. */
  readonly identity?: Identity;
  readonly startedAt: number;
  readonly current: TokenPair;
  /** The pair that `current` has replaced. */
  readonly previous?: TokenPair;
  readonly revokedAt?: number;
}

// Measured on the platform in 2020: right after a Refresh the old access token is "corrupted", about 10 s later unknown.
const CORRUPTED_MS = 10_000;
// RingCentral "Refresh tokens": until the new access token is used, the old refresh token works for about an hour ...
const UNUSED_GRACE_MS = 60 * 60_000;
// ... and for about ten seconds after that.
const USED_GRACE_MS = 10_000;

/**
 * How an access token stands that the session knows: `corrupted` and then `unknown` once it was replaced.
 */
export function judgeAccessToken(session: Session, accessToken: string, now: number): 'good' | 'expired' | 'corrupted' | 'unknown' {
  if (session.revokedAt !== undefined) return 'unknown';
  if (accessToken === session.current.accessToken) return now < session.current.accessExpiresAt ? 'good' : 'expired';
  return now < session.current.issuedAt + CORRUPTED_MS ? 'corrupted' : 'unknown';
}

/**
 * What a refresh token brings that the session knows: a new pair (`rotates`), the present one again (`repeats`), or
 * nothing any more.
 */
export function judgeRefreshToken(session: Session, refreshToken: string, now: number): 'rotates' | 'repeats' | 'expired' | 'revoked' | 'unknown' {
  const { current, previous } = session;
  const isCurrent = refreshToken === current.refreshToken;
  if (!isCurrent && now >= graceEndsAt(current)) return 'unknown';
  if (session.revokedAt !== undefined) return 'revoked';
  if (now >= ((isCurrent ? current : previous)?.refreshExpiresAt ?? 0)) return 'expired';
  return isCurrent ? 'rotates' : 'repeats';
}

function graceEndsAt({ issuedAt, usedAt }: TokenPair): number {
  return Math.min(issuedAt + UNUSED_GRACE_MS, (usedAt ?? Number.POSITIVE_INFINITY) + USED_GRACE_MS);
}

/** Whether nothing can come of the session any more. */
export function isOver({ revokedAt, current }: Session, now: number): boolean {
  return revokedAt !== undefined || now >= Math.max(current.accessExpiresAt, current.refreshExpiresAt ?? 0);
}
