import type { Change, EVERYTHING } from '../domain/changes.ts';

type Hear = (change: Change | typeof EVERYTHING) => void;

/** Those who watch one database. */
export class Listeners {
  readonly #hearing = new Set<Hear>();

  get size(): number {
    return this.#hearing.size;
  }

  /** @returns takes it away again */
  add(hear: Hear): () => void {
    // The same function may watch twice.
    const own: Hear = (change) => hear(change);
    this.#hearing.add(own);
    return () => this.#hearing.delete(own);
  }

  tell(change: Change | typeof EVERYTHING): void {
    for (const hear of this.#hearing) hear(change);
  }
}
