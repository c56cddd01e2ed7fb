/** How many Connections die within one hour unless they are refreshed before. */
export interface DeadlineCount {
  readonly app: string;
  /** Hours since the epoch. */
  readonly hour: number;
  readonly connections: number;
}

/** Where deadlines are counted. */
export interface ForecastStore {
  /** Those that are to be kept alive, by the App whose budget it takes, each App's in ascending order; taken off the main thread. */
  countDeadlines(): Promise<readonly DeadlineCount[]>;
}
