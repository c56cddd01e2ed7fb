/** How many Connections must have been refreshed within one hour, by the App whose budget that takes. */
export interface DeadlineCount {
  readonly app: string;
  /** Hours since the epoch. */
  readonly hour: number;
  readonly connections: number;
}

/** Looks at all Connections, for what is ahead. */
export interface ForecastStore {
  /**
   * Counts what must be kept alive, hour by hour, in order of App and hour: what is still alive at `now`, since nothing can
   * be done for the rest. It reads every Connection, and holds up nobody who serves meanwhile.
   */
  countDeadlines(now: number): Promise<readonly DeadlineCount[]>;
}
