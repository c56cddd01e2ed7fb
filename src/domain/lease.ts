/**
 * A node's time-limited right to win the next token pair of one Connection.
 *
 * The Lease saves work: it keeps two nodes from asking at once. What keeps a Grant right, whatever the clocks say, is
 * the generation that a save compares.
 */
export interface Lease {
  readonly connection: string;
  readonly holder: string;
  readonly expiresAt: number;
  /** The generation that the holder means to replace; 0 where there is no Grant. */
  readonly generation: number;
  /**
   * When the first attempt to replace that generation left. A repeated request brings the pair that the first one won,
   * so expiry counts from there, also where that one was another node's.
   */
  readonly firstAttemptAt: number;
  /** How many attempts in a row had no clear answer before this one. */
  readonly failures: number;
}

/** What a Lease is given back with. */
export interface LeaseEnd {
  /** Whether a request may have taken effect without our knowing: then the time of its first attempt is remembered. */
  readonly unclear: boolean;
  /** Until when the Connection is left alone, and why; absent: it need not be. */
  readonly retry?: { readonly at: number; readonly code: string };
}

/** What it takes to take a Lease; `holder` is used by one run only. */
export type WantedLease = Omit<Lease, 'failures'>;

/** Where Leases rest. */
export interface LeaseStore {
  /**
   * Takes the Lease, where nobody holds it or the holder's time is over. Whoever holds it already takes it anew.
   * A back-off is no obstacle: whoever asks has a reason. One that ends over a minute later than the wanted one is of a
   * clock that was set back since, and counts as over.
   *
   * @param wanted  `firstAttemptAt`: now; that of an earlier attempt for the same generation stands
   * @returns the Lease as it stands now, or nothing where another holds it
   * @throws ConnectionNotFound
   */
  takeLease(wanted: WantedLease, now: number): Promise<Lease | undefined>;
  /** Gives the Lease back; without effect where another holds it. */
  giveBackLease(connection: string, holder: string, end: LeaseEnd): Promise<void>;
  /**
   * Gives back every Lease of a node that is about to end, those of RingCX too; when its attempts left is remembered.
   *
   * @param node  the holders' names begin with it and a slash
   * @returns how many it still held
   */
  giveBackLeases(node: string): Promise<number>;
  /** Ends the back-off of a Connection, because something about it has changed. */
  endBackOff(connection: string): Promise<void>;
}
