/** What part of a list is wanted: at most `limit` items, those that follow `cursor` in the order of their names. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
}

/** A part of a list. `nextCursor` is absent on the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}
