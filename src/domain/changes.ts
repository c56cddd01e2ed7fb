/** A thing whose row in the database was made, changed or removed, by this process or another one. */
export interface Change {
  readonly of: 'apps' | 'bridge_sessions' | 'clients' | 'connections' | 'freezes' | 'grants' | 'limit_nodes' | 'limit_penalties';
  /** Its name; of a Grant and a penalty, its Connection's, of a session of the Bridge its id. */
  readonly name: string;
}

/** Whatever is remembered of the database must be read again: it is not known what changed. */
export const EVERYTHING = 'everything';

/** Word of what changes in the database, so that whoever remembers something of it can forget it at once. */
export interface Changes {
  /**
   * Calls `hear` for every change from when the promise resolves on, after it was committed. With `EVERYTHING` where the
   * database does not say what changed, and after word may have been lost.
   *
   * @returns ends it
   * @throws StoreUnavailable  only at the beginning; later the word is asked for until it comes again
   */
  watch(hear: (change: Change | typeof EVERYTHING) => void): Promise<() => void>;
  /** Whether word comes now. While it does not, nothing that is remembered may be trusted. */
  comes(): boolean;
}
