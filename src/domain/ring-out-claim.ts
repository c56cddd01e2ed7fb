/**
 * The time-limited right to place one call: of all who ask for the same call at once, on whichever node, one has it.
 *
 * It ends with the session that the call became, or with the word that nothing was placed. One whose holder is gone
 * stands until its time is over, because nobody knows whether that call rings.
 */
export interface RingOutClaim {
  /** Equal for calls that ask for the same. */
  readonly repeatKey: string;
  /** Who places the call; never the same twice. */
  readonly holder: string;
  readonly expiresAt: number;
  /** Nobody places the call any more, and whether it rings is not known. */
  readonly unclear: boolean;
}

/** Where claims rest. */
export interface RingOutClaimStore {
  /**
   * Takes the claim, where there is none with its key, or one that was over by `overBy`.
   *
   * @returns whether it was taken; of many who ask at once, one is told so
   */
  takeClaim(claim: RingOutClaim, overBy: number): Promise<boolean>;
  /** The claim with this key, also one whose time is over. */
  findClaim(repeatKey: string): Promise<RingOutClaim | undefined>;
  /**
   * Changes how long a claim lasts, and whether it is unclear.
   *
   * @returns false where it is no longer there, or another holds it; nothing was changed then
   */
  keepClaim(claim: RingOutClaim): Promise<boolean>;
  /** Removes a claim; without effect where another holds it. */
  releaseClaim(repeatKey: string, holder: string): Promise<void>;
  /** @returns how many were removed */
  removeExpiredClaims(now: number): Promise<number>;
}
