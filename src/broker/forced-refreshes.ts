import { LeaseHeld, StoreUnavailable } from '../domain/errors.ts';
import type { Clock } from '../runtime/clock.ts';

/** At most one forced Refresh per generation in this time: what a newer token does not cure has another cause (docs/guarantees.md, G6). */
export const FORCE_INTERVAL_MS = 60_000;

/** A token that was refused before its time. */
export interface RefusedToken {
  readonly connection: string;
  readonly generation: number;
}

/** Remembers which Connections a Refresh was forced for within the last minute. */
export class ForcedRefreshes {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #last = new Map<string, { readonly generation: number; readonly at: number }>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /**
   * Whether a Refresh may be forced, which then counts as done.
   *
   * @param hearsay  a caller outside says that its token was refused: then the minute is the Connection's, whatever the generation.
   *                 It could otherwise spend the App's budget, one generation after another
   */
  mayForce({ connection, generation }: RefusedToken, hearsay: boolean): boolean {
    const now = this.#clock.now();
    const last = this.#last.get(connection);
    if (last && now - last.at < FORCE_INTERVAL_MS && (hearsay || last.generation === generation)) return false;
    for (const [name, { at }] of this.#last) if (now - at >= FORCE_INTERVAL_MS) this.#last.delete(name);
    this.#last.set(connection, { generation, at: now });
    return true;
  }

  /** Carries a forced Refresh out. @throws what `refresh` throws */
  async carryOut<Won>({ connection }: Pick<RefusedToken, 'connection'>, refresh: () => Promise<Won>): Promise<Won> {
    try {
      return await refresh();
    } catch (error) {
      // The minute is for what the platform was asked; while the database is away nobody is asked.
      if (error instanceof StoreUnavailable || error instanceof LeaseHeld) this.#last.delete(connection);
      throw error;
    }
  }
}
