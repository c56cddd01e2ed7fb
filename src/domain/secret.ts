const REDACTED = '[redacted]';

/**
 * A value that cannot be printed: string conversion, JSON and inspection all give `[redacted]`.
 *
 * `reveal()` is the word to search for in review. It belongs where the value leaves for the wire or for the vault.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** Whether both hold the same value. Not in constant time: for values that nobody outside can choose. */
  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  // Node's inspection (console.log, assertion messages) looks the method up under this registered symbol.
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
