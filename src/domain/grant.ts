import type { Secret } from './secret.ts';

/**
 * What one extension allowed one App, with the tokens that prove it.
 *
 * `generation` counts the token pairs a Connection has had, from 1, and never goes back; a save compares it.
 */
export interface Grant {
  readonly connection: string;
  /** The App it was won with, and must be refreshed with. */
  readonly app: string;
  readonly generation: number;
  readonly accessToken: Secret;
  /** Taken before the request for this pair left, so that expiry errs on the early side. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly refreshToken: Secret | undefined;
  readonly refreshExpiresAt: number | undefined;
  readonly ownerId: string | undefined;
  readonly scope: string;
  readonly endpointId: string | undefined;
  readonly sessionId: string | undefined;
  /** Set when the platform refused the refresh token: it is not presented again. */
  readonly refreshRefused: { readonly at: number; readonly code: string } | undefined;
}

/** What people may see of a Grant: no token. */
export type GrantOutline = Pick<Grant, 'connection' | 'app' | 'generation' | 'issuedAt' | 'expiresAt' | 'refreshExpiresAt' | 'ownerId' | 'scope'> & {
  /** It was revoked here, and has no tokens any more. */
  readonly revoked: boolean;
};

/** What the token endpoint gave: a Grant that has no place yet. */
export type TokenPair = Omit<Grant, 'connection' | 'app' | 'generation' | 'refreshRefused'>;

/** Where Grants rest; both tokens are sealed there. */
export interface GrantStore {
  findGrant(connection: string): Promise<Grant | undefined>;
  /** Those of these Connections that have one, in no order; nothing sealed is opened, so that one that is damaged hides no other. */
  listGrantOutlines(connections: readonly string[]): Promise<readonly GrantOutline[]>;
  /**
   * Saves a Grant durably, if the stored generation is still `expectedGeneration` (0: there is none yet) and the
   * Connection still the one of `connectionId`.
   * With it the Connection's owner is set and its need for a sign-in ends, and it is kept by the times of this Grant.
   *
   * Saves that are asked for at once may become durable together; each is judged by itself.
   *
   * @param options.usedAt  when a caller made it be won, where one did, in epoch milliseconds
   * @returns false where another generation is stored; nothing was changed then
   * @throws ConnectionNotFound  where the Connection was removed meanwhile, though another may have its name
   */
  saveGrant(grant: Grant, expectedGeneration: number, connectionId: string, options?: { readonly usedAt?: number }): Promise<boolean>;
  /** Notes that the platform refused the refresh token of this generation; without effect where another is stored. */
  refuseRefreshToken(connection: string, generation: number, refused: { readonly at: number; readonly code: string }): Promise<void>;
}

// A caller needs time to use what it is given (docs/guarantees.md, G5); with a short lifetime that margin would eat the token.
const MARGIN_MS = 60_000;
const MARGIN_SHARE = 0.1;

/** The instant from which the access token is no longer handed out, in epoch milliseconds. */
export function usableUntil(grant: Pick<Grant, 'issuedAt' | 'expiresAt'>): number {
  const lifetimeMs = grant.expiresAt - grant.issuedAt;
  return grant.expiresAt - Math.min(MARGIN_MS, lifetimeMs * MARGIN_SHARE);
}

// The clocks of nodes that share a database agree far better.
const AHEAD_MS = 60_000;

/**
 * Whether the access token may still be handed out. One that was issued in the future was timed by a clock that has been
 * set back since: it would die earlier than it says.
 */
export function isUsable(grant: Pick<Grant, 'issuedAt' | 'expiresAt'>, now: number): boolean {
  return now < usableUntil(grant) && grant.issuedAt <= now + AHEAD_MS;
}

/**
 * Whether a Refresh is worth asking for: there is a refresh token, the platform has not refused it, and by its own
 * answer it lives.
 *
 * @param now  epoch milliseconds
 */
export function canRefresh(grant: Grant, now: number): boolean {
  return grant.refreshToken !== undefined && !grant.refreshRefused && (grant.refreshExpiresAt === undefined || now < grant.refreshExpiresAt);
}
