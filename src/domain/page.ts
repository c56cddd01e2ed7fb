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

// The most that the management API gives at once.
const LARGEST_PART = 1_000;

/**
 * Every item of a list, read part by part.
 *
 * @param list  gives one part of it
 * @throws what `list` throws
 */
export async function* everyItem<Item>(list: (page: PageRequest) => Promise<Page<Item>>): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const part = await list({ limit: LARGEST_PART, ...(cursor !== undefined && { cursor }) });
    yield* part.items;
    cursor = part.nextCursor;
  } while (cursor !== undefined);
}
