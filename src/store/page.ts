import type { Page, PageRequest } from '../domain/page.ts';

/** One row more than asked for: whether it comes says whether the list goes on. */
export function rowsFor({ limit }: PageRequest): number {
  return limit + 1;
}

/** The name after which the rows of a page begin; every name follows the empty one. */
export function startOf({ cursor }: PageRequest): string {
  return cursor ?? '';
}

/** The page that `items`, in the order of their names and at most `rowsFor(page)` of them, make. */
export function pageOf<Item extends { readonly name: string }>(items: readonly Item[], page: PageRequest): Page<Item> {
  return pageBy(({ name }) => name, items, page);
}

/**
 * The page that `items` make, whatever their order.
 *
 * @param cursorOf  what the next page begins after, where this item is the last one shown
 * @param items     at most `rowsFor(page)` of them
 */
export function pageBy<Item>(cursorOf: (item: Item) => string, items: readonly Item[], { limit }: PageRequest): Page<Item> {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return items.length > limit && last ? { items: shown, nextCursor: cursorOf(last) } : { items: shown };
}
