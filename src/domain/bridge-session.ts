import type { Client } from './client.ts';
import type { Secret } from './secret.ts';

/** Two tokens of ours that were issued together: what of them rests. */
export interface BridgePair {
  /** SHA-256, hex. */
  readonly accessHash: string;
  readonly accessExpiresAt: number;
  /** Absent where the program wanted none. */
  readonly refreshHash: string | undefined;
  readonly refreshExpiresAt: number | undefined;
  readonly issuedAt: number;
  /** When the access token was first presented; absent while it never was. */
  readonly usedAt: number | undefined;
}

/**
 * One sign-in of a program through the Bridge. It speaks for a Client on one Connection, whatever becomes of the Grant behind
 * that.
 */
export interface BridgeSession {
  /** Stands in its tokens, and is no secret. */
  readonly id: string;
  readonly client: string;
  readonly connection: string;
  /** With which it signed in, and must refresh: that of an App, or the Client's own. */
  readonly clientId: string;
  readonly endpointId: string;
  /** 1 from the sign-in on; each new pair raises it by one. */
  readonly generation: number;
  readonly current: BridgePair;
  /** The pair that `current` has replaced. */
  readonly previous: Pick<BridgePair, 'accessHash' | 'refreshHash' | 'refreshExpiresAt'> | undefined;
  /** With the refresh token that was exchanged for it, this makes the present pair once more; absent after a sign-in. */
  readonly seed: Secret | undefined;
  readonly startedAt: number;
  readonly revokedAt: number | undefined;
  /** What it was exchanged for, where it stands in place of RingCX's: it ends with that. */
  readonly exchangedFor?: Exchanged;
}

/** The session whose access token was exchanged, or the gateway key, by their ids. */
export type Exchanged = { readonly session: string } | { readonly key: string };

/** Where the sessions of the Bridge rest. */
export interface BridgeSessionStore {
  /** @throws ClientNotFound, ConnectionNotFound */
  createBridgeSession(session: BridgeSession): Promise<void>;
  findBridgeSession(id: string): Promise<BridgeSession | undefined>;
  /**
   * Gives a session its next pair.
   *
   * @param session  as it is to be from now on
   * @returns false where it is no longer of the generation before, or was revoked: nothing was done
   */
  rotateBridgeSession(session: BridgeSession): Promise<boolean>;
  /** The access token of this generation was presented; without effect where that is known, or a newer one is there. */
  useBridgeSession(id: string, generation: number, now: number): Promise<void>;
  /**
   * Ends a session, and those that were exchanged for it.
   *
   * @returns the ids of those that it has ended: none where there is none, or all were revoked before
   */
  revokeBridgeSession(id: string, now: number): Promise<readonly string[]>;
  /** Ends all sessions of a Client. @returns how many */
  revokeBridgeSessionsOf(client: string, now: number): Promise<number>;
  /**
   * Removes those of which nothing has been good since before `time`, and of each Client on each Connection all but the newest.
   *
   * @param most  how many stay: a program that signs in for each of its calls leaves one behind each time
   */
  removeBridgeSessionsOver(time: number, most: number): Promise<void>;
}

/** For whom an access token of ours speaks. */
export interface BridgeCaller {
  readonly client: Client;
  readonly connection: string;
  /** It stands in place of a token of RingCX's, and is good for nothing else. */
  readonly isForRingCx: boolean;
}

/** Knows the programs that signed in through the Bridge by their tokens. */
export interface BridgeCallers {
  /**
   * For whom an access token of ours speaks, which from now on counts as used.
   *
   * @throws BridgeTokenRefused
   */
  findCaller(accessToken: string): Promise<BridgeCaller>;
}

/** How long the tokens of one answer live. */
export interface BridgeLifetimes {
  readonly accessMs: number;
  /** Absent where no refresh token is wanted. */
  readonly refreshMs: number | undefined;
}

// RingCentral "Access token": 600 to 3600 s; more is cut to the longest, less is raised to the shortest.
const ACCESS_SHORTEST_SECONDS = 600;
const ACCESS_LONGEST_SECONDS = 3_600;
// RingCentral "Refresh tokens": a week, which is also the most.
const REFRESH_LONGEST_SECONDS = 604_800;

// Measured on the platform in 2020: right after a Refresh the old access token is "corrupted", about 10 s later unknown.
const CORRUPTED_MS = 10_000;
// RingCentral "Refresh tokens": until the new access token is used, the old refresh token works for about an hour ...
const UNUSED_GRACE_MS = 60 * 60_000;
// ... and for about ten seconds after that.
const USED_GRACE_MS = 10_000;

/**
 * The lifetimes that a token request asks for, within the platform's bounds.
 *
 * What is no number, or too small, gets the shortest access token: an SDK asks for `access_token_ttl=-1` after a 401. A
 * refresh token of 0 or less is none.
 *
 * @param accessTtl, refreshTtl  seconds, as they were sent
 */
export function bridgeLifetimes(accessTtl: string | undefined, refreshTtl: string | undefined): BridgeLifetimes {
  const access = accessTtl === undefined ? ACCESS_LONGEST_SECONDS : Math.floor(Number(accessTtl));
  const refresh = Math.floor(Number(refreshTtl));
  const refreshSeconds = Number.isNaN(refresh) ? REFRESH_LONGEST_SECONDS : Math.min(refresh, REFRESH_LONGEST_SECONDS);
  return {
    accessMs: (access > ACCESS_SHORTEST_SECONDS ? Math.min(access, ACCESS_LONGEST_SECONDS) : ACCESS_SHORTEST_SECONDS) * 1_000,
    refreshMs: refreshSeconds > 0 ? refreshSeconds * 1_000 : undefined,
  };
}

/** How an access token stands: `corrupted` and then `unknown` once it was replaced. */
export function judgeBridgeAccess({ current, previous, revokedAt }: BridgeSession, hash: string, now: number): 'good' | 'expired' | 'corrupted' | 'unknown' {
  if (revokedAt !== undefined) return 'unknown';
  if (hash === current.accessHash) return now < current.accessExpiresAt ? 'good' : 'expired';
  return hash === previous?.accessHash && now < current.issuedAt + CORRUPTED_MS ? 'corrupted' : 'unknown';
}

/** What a refresh token brings: a new pair (`rotates`), the present one again (`repeats`), or nothing any more. */
export function judgeBridgeRefresh(session: BridgeSession, hash: string, now: number): 'rotates' | 'repeats' | 'expired' | 'revoked' | 'unknown' {
  const { current, previous, revokedAt } = session;
  const isCurrent = hash === current.refreshHash;
  if (!isCurrent && (hash !== previous?.refreshHash || now >= graceEndsAt(current))) return 'unknown';
  if (revokedAt !== undefined) return 'revoked';
  if (now >= ((isCurrent ? current : previous)?.refreshExpiresAt ?? 0)) return 'expired';
  return isCurrent ? 'rotates' : 'repeats';
}

/** Whether the gateway key that a session was exchanged for, if it was, is still one of its Client's. */
export function hasItsKey({ exchangedFor }: BridgeSession, { keys }: Pick<Client, 'keys'>, now: number): boolean {
  if (!exchangedFor || !('key' in exchangedFor)) return true;
  return keys.some(({ id, expiresAt }) => id === exchangedFor.key && (expiresAt === undefined || now < expiresAt));
}

/** From when on nothing can come of the session any more. */
export function bridgeSessionOverAt({ current }: Pick<BridgeSession, 'current'>): number {
  return Math.max(current.accessExpiresAt, current.refreshExpiresAt ?? 0);
}

function graceEndsAt({ issuedAt, usedAt }: BridgePair): number {
  return Math.min(issuedAt + UNUSED_GRACE_MS, (usedAt ?? Number.POSITIVE_INFINITY) + USED_GRACE_MS);
}
