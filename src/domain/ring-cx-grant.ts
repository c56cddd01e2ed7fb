import type { Secret } from './secret.ts';

/**
 * What RingCX gave for a Connection's Grant: tokens of its own, and who the extension is there.
 *
 * It has a `generation` of its own, which counts its token pairs from 1. It outlives the access token that it was
 * exchanged for: a Refresh of the Grant changes nothing about it.
 */
export interface RingCxGrant {
  readonly connection: string;
  readonly generation: number;
  /** The App of the Grant that it was exchanged for. */
  readonly app: string;
  /** Where it was won; its refresh token is presented nowhere else. */
  readonly origin: string;
  /** The generation of the Grant that it was exchanged for; a Refresh keeps it. */
  readonly grantGeneration: number;
  readonly accessToken: Secret;
  /** Absent where RingCX gave none, or has refused it: it is not presented again. */
  readonly refreshToken: Secret | undefined;
  /** Taken before the request for this pair left, so that expiry errs on the early side. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly mainAccountId: string | undefined;
  /** The user's own id in RingCX. */
  readonly adminId: string | undefined;
  /** What the user is as an agent, in each account where it is one. */
  readonly agentDetails: readonly RingCxAgent[];
}

/** An agent of RingCX, in RingCX's spelling; ids are text, whether they came as numbers or as text. */
export interface RingCxAgent {
  readonly agentId?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
  readonly username?: string;
  readonly agentType?: string;
  readonly rcUserId?: string;
  readonly accountId?: string;
  readonly accountName?: string;
  readonly agentGroupId?: string;
  readonly allowLoginControl?: boolean;
  readonly allowLoginUpdates?: boolean;
}

/** What RingCX answered: a RingCxGrant that has no place yet. */
export interface RingCxPair extends Pick<RingCxGrant, 'accessToken' | 'refreshToken' | 'issuedAt' | 'expiresAt' | 'mainAccountId' | 'adminId'> {
  /** Absent where the answer says nothing about agents. */
  readonly agentDetails: readonly RingCxAgent[] | undefined;
}

/** What people may see of it: no token. */
export type RingCxOutline = Pick<RingCxGrant, 'connection' | 'generation' | 'expiresAt' | 'mainAccountId' | 'adminId' | 'agentDetails'>;

/** What of it stands in the view of its Connection. */
export interface RingCxView {
  readonly mainAccountId?: string;
  readonly adminId?: string;
  readonly agentDetails: readonly RingCxAgent[];
  readonly expiresAt: number;
}

/** RingCX has had too many requests of this kind. */
export interface RingCxPenalty {
  readonly app: string;
  readonly origin: string;
  readonly request: RingCxRequestKind;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** `exchange`: a RingCentral token for RingCX's, of which five a minute are answered; `refresh`: RingCX's own. */
export type RingCxRequestKind = 'exchange' | 'refresh';

/** Where RingCxGrants rest; both tokens are sealed there. One goes with its Connection, and ends with the Grant when that is revoked. */
export interface RingCxGrantStore {
  findRingCxGrant(connection: string): Promise<RingCxGrant | undefined>;
  /** Those of these Connections that have one, in no order; nothing sealed is opened. */
  listRingCxOutlines(connections: readonly string[]): Promise<readonly RingCxOutline[]>;
  /**
   * Saves it durably, if the stored generation is still `expectedGeneration` (0: there is none yet) and the Connection
   * still the one of `connectionId`.
   *
   * @returns false where another generation is stored, or the Grant that it was exchanged for was revoked; nothing was
   *          changed then
   * @throws ConnectionNotFound  where the Connection was removed meanwhile, though another may have its name
   */
  saveRingCxGrant(grant: RingCxGrant, expectedGeneration: number, connectionId: string): Promise<boolean>;
  /** Forgets the refresh token of this generation, which RingCX has refused; without effect where another is stored. */
  forgetRingCxRefreshToken(connection: string, generation: number): Promise<void>;
  /**
   * Takes the right to ask RingCX for the Connection's next pair, where nobody has it or its time is over; whoever has
   * it already has it for longer then. One that ends over a minute later than the wanted one is of a clock that was set
   * back since, and counts as over. It is apart from the Connection's Lease, so that a Refresh never waits for RingCX.
   *
   * @returns whether it was taken; of many who ask at once, one is told so
   * @throws ConnectionNotFound
   */
  takeRingCxLease(connection: string, holder: string, expiresAt: number, now: number): Promise<boolean>;
  /** Gives it back; without effect where another has it. */
  giveBackRingCxLease(connection: string, holder: string): Promise<void>;
  /** Until when RingCX wants no such request of the App at that origin, epoch milliseconds; 0 where it has not said. */
  findRingCxPenalty(penalty: Omit<RingCxPenalty, 'until'>): Promise<number>;
  /** Notes a penalty, for all nodes; one that lasts longer stands. Without effect where there is no such App. */
  noteRingCxPenalty(penalty: RingCxPenalty): Promise<void>;
}

/** What of a RingCxGrant its people see. */
export function viewRingCx({ mainAccountId, adminId, agentDetails, expiresAt }: RingCxOutline): RingCxView {
  return { ...(mainAccountId !== undefined && { mainAccountId }), ...(adminId !== undefined && { adminId }), agentDetails, expiresAt };
}
