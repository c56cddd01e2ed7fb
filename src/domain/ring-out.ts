/** One old client casts a session id to a 32-bit integer. */
export const HIGHEST_SESSION_ID = 2_147_483_647;

/**
 * A call that an old program placed: which platform RingOut its session id stands for, and what the platform's
 * status does not return, the numbers.
 */
export interface RingOutSession {
  /** 1 to `HIGHEST_SESSION_ID`, drawn at random. */
  readonly sessionId: number;
  readonly client: string;
  readonly connection: string;
  /** The platform's id of the RingOut. */
  readonly ringOutId: string;
  /** As the old program may read them back: no spaces, no semicolons. */
  readonly to: string;
  readonly from: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Equal for calls that ask for the same; absent once the next one like it is to be another call. */
  readonly repeatKey: string | undefined;
}

/** Where RingOut sessions rest, so that a restart of the gateway does not end them. */
export interface RingOutSessionStore {
  /** @returns false where the session id is taken by a session that has not expired */
  createSession(session: RingOutSession, now: number): Promise<boolean>;
  /** By our session id, or by the platform's RingOut id; expired ones are not found. */
  findSession(id: string, now: number): Promise<RingOutSession | undefined>;
  /** The latest session with this repeat key that was created at `since` or later. */
  findRepeat(repeatKey: string, since: number, now: number): Promise<RingOutSession | undefined>;
  /** Takes its repeat key from a session. */
  endRepeats(sessionId: number): Promise<void>;
  /** @returns how many were removed */
  removeExpiredSessions(now: number): Promise<number>;
}
