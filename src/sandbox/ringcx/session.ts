/** One sign-in to RingCX, with the tokens that came of it. */
export interface RingCxSession {
  readonly id: string;
  readonly userId: number;
  /** Whether RingCentral vouched for the user. */
  readonly ssoLogin: boolean;
  /** The newest last. Each is good until its own end, whatever comes after it. */
  readonly accessTokens: readonly Expiring[];
  /** Absent where none was asked for. */
  readonly refresh?: Expiring;
}

/** A token, with its end. */
export interface Expiring {
  readonly token: string;
  readonly expiresAt: number;
}

/** A sign-in at one of the legacy portals. */
export interface PortalSession {
  /** What `X-Auth-Token` shows. */
  readonly id: string;
  readonly userId: number;
  /** Each use has it live so much longer. */
  readonly lifetimeMs: number;
  readonly expiresAt: number;
}

/** A token that lives until it is deleted. */
export interface ApiToken {
  /** What `X-Auth-Token` shows. */
  readonly id: string;
  readonly userId: number;
}
