const WINDOW_MS = 60_000;

/** How many requests a caller may send in any minute. RingCX knows of no penalty. */
export class RequestLimit {
  readonly #limit: number;
  readonly #parts: { readonly now: () => number; readonly scale: () => number };
  readonly #takenAt = new Map<string, number[]>();

  /** @param parts.scale  what the limit is multiplied with; 0 is no limit */
  constructor(limit: number, parts: { readonly now: () => number; readonly scale: () => number }) {
    this.#limit = limit;
    this.#parts = parts;
  }

  /** @returns nothing where the request may pass; otherwise in how many seconds the next one may */
  take(caller: string): number | undefined {
    const { now, scale } = this.#parts;
    if (scale() === 0) return undefined;
    const limit = Math.max(1, Math.floor(this.#limit * scale()));
    const recent = (this.#takenAt.get(caller) ?? []).filter((at) => at > now() - WINDOW_MS);
    this.#takenAt.set(caller, recent);
    const [oldest] = recent;
    if (oldest !== undefined && recent.length >= limit) return Math.ceil((oldest + WINDOW_MS - now()) / 1_000);
    recent.push(now());
    return undefined;
  }

  reset(): void {
    this.#takenAt.clear();
  }
}
