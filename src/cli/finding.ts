/** One line of `trunkline doctor`. */
export interface Finding {
  readonly name: string;
  /** `skip`: not checked. */
  readonly level: 'ok' | 'warn' | 'fail' | 'skip';
  readonly message: string;
}

/** Prints findings as they come. */
export type Say = (found: readonly Finding[]) => void;
