import { PlatformBusy } from '../../src/domain/errors.ts';
import { isUsable, type TokenPair } from '../../src/domain/grant.ts';
import { refreshGrantRequest } from '../../src/oauth/refresh.ts';
import { processTokenAnswer } from '../../src/oauth/token-answer.ts';
import type { Simulation } from './world.ts';

const PASS_MS = 60_000;

/**
 * What programs do that have no budget: a plain loop over all stored tokens refreshes those whose refresh token ends within
 * a time, and sleeps for what a 429 says. Whoever needs an access token refreshes it too, with the same manners.
 */
export class NaiveLoop {
  readonly #simulation: Simulation;
  readonly #stored: Map<string, TokenPair>;

  constructor(simulation: Simulation, stored: ReadonlyMap<string, TokenPair>) {
    this.#simulation = simulation;
    this.#stored = new Map(stored);
  }

  /** @param withinMs  refreshed is what dies within this */
  async run(withinMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#simulation;
    while (!signal.aborted) {
      for (const name of this.#stored.keys()) {
        const now = clock.now();
        const dies = this.#stored.get(name)?.refreshExpiresAt ?? 0;
        if (dies > now && dies <= now + withinMs) await this.#refreshWithPatience(name, signal);
        if (signal.aborted) return;
      }
      await clock.sleep(PASS_MS, signal).catch(() => undefined);
    }
  }

  /** @returns how long to wait before asking again; 0: here is a token */
  async use(name: string): Promise<number> {
    const pair = this.#stored.get(name);
    return pair && isUsable(pair, this.#simulation.clock.now()) ? 0 : this.#refresh(name);
  }

  async #refreshWithPatience(name: string, signal: AbortSignal): Promise<void> {
    for (let waitMs = await this.#refresh(name); waitMs > 0 && !signal.aborted; waitMs = await this.#refresh(name)) {
      await this.#simulation.clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }

  async #refresh(name: string): Promise<number> {
    const { app, clock, fetch } = this.#simulation;
    const refreshToken = this.#stored.get(name)?.refreshToken;
    if (!refreshToken) return 0;
    try {
      const answer = await refreshGrantRequest(app, refreshToken, { fetch, signal: clock.deadline(10_000) });
      this.#stored.set(name, await processTokenAnswer(answer, app.platformOrigin, clock.now(), clock.now()));
    } catch (error) {
      if (error instanceof PlatformBusy) return error.retryAfterMs ?? PASS_MS;
      // Dead: a naive program finds that out as late as this.
      this.#stored.delete(name);
    }
    return 0;
  }

  /** Those whose refresh token is good. */
  living(): readonly string[] {
    const now = this.#simulation.clock.now();
    return [...this.#stored].flatMap(([name, { refreshExpiresAt = 0 }]) => (refreshExpiresAt > now ? [name] : []));
  }
}
