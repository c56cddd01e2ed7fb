import type { Counter } from 'prom-client';

/** Counts for a counter what comes thousands of times a second: a number is all that each of them costs, until somebody reads. */
export class Tally<Label extends string> {
  readonly #counter: Counter<Label>;
  readonly #labels: readonly Label[];
  readonly #counts = new Map<string, number>();

  /** @param labels  of the counter, in the order in which `add` has their values */
  constructor(counter: Counter<Label>, labels: readonly Label[]) {
    this.#counter = counter;
    this.#labels = labels;
  }

  /** @param values  of the labels, a line feed between them */
  add(values: string): void {
    this.#counts.set(values, (this.#counts.get(values) ?? 0) + 1);
  }

  /** Tells the counter. */
  settle(): void {
    for (const [values, count] of this.#counts) {
      const parts = values.split('\n');
      this.#counter.inc(Object.fromEntries(this.#labels.map((label, index) => [label, parts[index] ?? ''])) as Record<Label, string>, count);
    }
    this.#counts.clear();
  }
}
