import type { Journal } from './journal.ts';

/** Things of one kind that outlive a restart, in the order in which each was first put. */
export class Collection<Item extends { readonly id: string }> {
  readonly #kind: string;
  readonly #journal: Journal;
  readonly #byId = new Map<string, Item>();

  /** @param kind  what the journal calls them; no other collection's */
  constructor(kind: string, journal: Journal) {
    this.#kind = kind;
    this.#journal = journal;
  }

  get size(): number {
    return this.#byId.size;
  }

  find(id: string): Item | undefined {
    return this.#byId.get(id);
  }

  list(): Item[] {
    return [...this.#byId.values()];
  }

  /** Adds it, or puts it in the place of the one with its id. */
  put(item: Item): Item {
    this.#byId.set(item.id, item);
    this.#journal.put(this.#kind, item.id, item);
    return item;
  }

  remove({ id }: Pick<Item, 'id'>): void {
    if (this.#byId.delete(id)) this.#journal.remove(this.#kind, id);
  }

  /** Takes up what a journal held. */
  restore(item: Item): void {
    this.#byId.set(item.id, item);
  }

  /** Forgets them all; the journal is cleared by the world. */
  reset(): void {
    this.#byId.clear();
  }
}
