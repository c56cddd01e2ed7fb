import type { Random } from '../../runtime/random.ts';
import type { Journal } from '../journal.ts';
import { endOf, isGone, type RingOut } from './ring-out.ts';

/** What the calls are made with. */
export interface RingOutsParts {
  readonly now: () => number;
  readonly random: Random;
  readonly journal: Journal;
}

/** The calls that are under way, or were a moment ago. */
export class RingOuts {
  readonly #parts: RingOutsParts;
  /** In the order of their start. */
  readonly #byId = new Map<string, RingOut>();

  constructor(parts: RingOutsParts) {
    this.#parts = parts;
  }

  create(call: Pick<RingOut, 'ownerId' | 'from' | 'to'>): RingOut {
    const { now, random, journal } = this.#parts;
    this.#forgetGone();
    const ringOut: RingOut = { id: drawId(random), ...call, startedAt: now() };
    this.#byId.set(ringOut.id, ringOut);
    journal.put('ring-out', ringOut.id, ringOut);
    return ringOut;
  }

  /** @returns nothing where it is gone, or another's */
  find(id: string, ownerId: string): RingOut | undefined {
    const ringOut = this.#byId.get(id);
    return ringOut?.ownerId === ownerId && !isGone(ringOut, this.#parts.now()) ? ringOut : undefined;
  }

  remove({ id }: RingOut): void {
    this.#byId.delete(id);
    this.#parts.journal.remove('ring-out', id);
  }

  /** Those that are not gone, oldest first. */
  list(): readonly RingOut[] {
    const now = this.#parts.now();
    return [...this.#byId.values()].filter((ringOut) => !isGone(ringOut, now));
  }

  /** Those that were under way at an instant, oldest first; it may be so long ago that they are gone by now. */
  underWayAt(at: number): readonly RingOut[] {
    return [...this.#byId.values()].filter((ringOut) => ringOut.startedAt <= at && at < endOf(ringOut));
  }

  /** Takes up what a journal held. */
  restore(ringOut: RingOut): void {
    this.#byId.set(ringOut.id, ringOut);
  }

  reset(): void {
    this.#byId.clear();
  }

  #forgetGone(): void {
    const now = this.#parts.now();
    for (const ringOut of this.#byId.values()) {
      if (!isGone(ringOut, now)) return;
      this.remove(ringOut);
    }
  }
}

// The documented id decodes to cs17184177411687730@10.62.24.238; old programs split their answer at spaces and may carry
// the id in a URL, so its form matters.
function drawId(random: Random): string {
  const digits = [random.integer(100_000_000, 1_000_000_000), random.integer(100_000_000, 1_000_000_000)].join('');
  return Buffer.from(`cs${digits}@10.62.24.238`).toString('base64').replace(/=+$/, '');
}
