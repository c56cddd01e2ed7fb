import { LRUCache } from 'lru-cache';
import type { AtOnce } from './at-once.ts';
import { type Change, type Changes, EVERYTHING } from './changes.ts';

/** What is remembered, and how it is found where it is not. */
export interface RememberedParts<Value extends object> {
  readonly changes: Changes;
  /** How many are remembered; the longest unused goes first, so memory stays as it is. */
  readonly max: number;
  find(key: string): Promise<Value | undefined>;
  /** The key that a change makes wrong; `EVERYTHING` where it is not known which; nothing where it makes none wrong. */
  touched(change: Change): string | typeof EVERYTHING | undefined;
}

/**
 * Things of the database that are remembered until word comes that they changed.
 *
 * Nothing is served from memory before word comes, nor while it may be lost. What was being read when word came about it
 * is not remembered, and not shared with those who ask after the word: it may be from before the change.
 */
export class Remembered<Value extends object> {
  readonly #parts: RememberedParts<Value>;
  readonly #values: LRUCache<string, Value>;
  /** The readings under way that nothing was heard about since they began. */
  readonly #readings = new Map<string, Promise<Value | undefined>>();
  /** The saves under way that nothing was heard about since they began. */
  readonly #saves = new Map<string, object>();
  #leave: (() => void) | undefined;

  constructor(parts: RememberedParts<Value>) {
    this.#parts = parts;
    this.#values = new LRUCache({ max: parts.max });
  }

  /** Begins to remember. @throws StoreUnavailable */
  async watch(): Promise<void> {
    this.#leave ??= await this.#parts.changes.watch((change) => {
      const touched = change === EVERYTHING ? EVERYTHING : this.#parts.touched(change);
      if (touched !== undefined) this.forget(touched);
    });
  }

  /** Remembers nothing any more. */
  close(): void {
    this.#leave?.();
    this.#leave = undefined;
    this.forget(EVERYTHING);
  }

  get #remembers(): boolean {
    return this.#leave !== undefined && this.#parts.changes.comes();
  }

  /** What is in memory, now. */
  peek(key: string): Value | undefined {
    return this.#remembers ? this.#values.get(key) : undefined;
  }

  /** What is in memory, else in the database. */
  find(key: string): AtOnce<Value | undefined> {
    return this.peek(key) ?? this.read(key);
  }

  /** What is in the database, which is remembered from then on. Those who ask at once share one reading. */
  read(key: string): Promise<Value | undefined> {
    if (!this.#remembers) return this.#parts.find(key);
    const underWay = this.#readings.get(key);
    if (underWay) return underWay;
    const reading = this.#parts.find(key).then((value) => {
      if (value && this.#readings.get(key) === reading && this.#remembers) this.#values.set(key, value);
      return value;
    });
    this.#readings.set(key, reading);
    const over = () => {
      if (this.#readings.get(key) === reading) this.#readings.delete(key);
    };
    reading.then(over, over);
    return reading;
  }

  /**
   * A save of this process's own begins.
   *
   * @returns called when it was committed: then the new value is there at once, unless word came meanwhile, which may be
   *          about a later change of somebody else
   */
  saving(key: string): (saved: Value) => void {
    const save = {};
    this.#saves.set(key, save);
    return (saved) => {
      if (this.#saves.get(key) !== save) return;
      // A reading that began before the commit may have the old one.
      this.forget(key);
      if (this.#remembers) this.#values.set(key, saved);
    };
  }

  /** After a change of this process's own, which is then effective here before the word of it comes. */
  forget(key: string | typeof EVERYTHING): void {
    if (key === EVERYTHING) {
      this.#values.clear();
      this.#readings.clear();
      this.#saves.clear();
      return;
    }
    this.#values.delete(key);
    this.#readings.delete(key);
    this.#saves.delete(key);
  }
}
