import { createHash } from 'node:crypto';

const FIRST_SLOTS = 1_024;

/**
 * On which line each value of a file stood first. Of a value 8 bytes of its SHA-256 are kept, not itself, which may be long
 * and a secret: among 200,000 two different ones meet in one file of a billion. With its line it takes 24 to 48 bytes.
 */
export class FirstLines {
  // Open addressing; a line of 0 marks a free slot, since lines are counted from 1.
  #prints = new BigUint64Array(FIRST_SLOTS);
  #lines = new Uint32Array(FIRST_SLOTS);
  #size = 0;

  /** @returns the line on which the value stood before; nothing where this one is the first */
  note(value: string, line: number): number | undefined {
    const print = createHash('sha256').update(value).digest().readBigUInt64LE();
    const slot = this.#slotOf(print);
    const earlier = this.#lines[slot];
    if (earlier) return earlier;
    this.#prints[slot] = print;
    this.#lines[slot] = line;
    this.#size += 1;
    if (this.#size * 2 > this.#lines.length) this.#grow();
    return undefined;
  }

  #slotOf(print: bigint): number {
    const last = this.#lines.length - 1;
    let slot = Number(print & BigInt(last));
    while (this.#lines[slot] && this.#prints[slot] !== print) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const [prints, lines] = [this.#prints, this.#lines];
    this.#prints = new BigUint64Array(prints.length * 2);
    this.#lines = new Uint32Array(lines.length * 2);
    for (const [index, print] of prints.entries()) {
      const line = lines[index];
      if (!line) continue;
      const slot = this.#slotOf(print);
      this.#prints[slot] = print;
      this.#lines[slot] = line;
    }
  }
}
