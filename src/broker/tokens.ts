import { LeaseHeld, SealedValueUnreadable, StoreUnavailable, TokenPending } from '../domain/errors.ts';
import { type Grant, isUsable } from '../domain/grant.ts';
import type { BrokerParts, WinningParts } from './parts.ts';
import { Pauses } from './pauses.ts';
import { winGrant } from './win.ts';

// A caller waits this long for a token that is being won, then is told to come back (docs/guarantees.md, G5).
const CALLER_WAIT_MS = 10_000;
const RETRY_AFTER_MS = 5_000;
// At most one forced Refresh per generation and minute: what a newer token does not cure has another cause (docs/guarantees.md, G6).
export const FORCE_INTERVAL_MS = 60_000;

/**
 * Keeps the Grants of all Connections alive in this process, and gives their access tokens out.
 *
 * A Grant is, in the order it goes through:
 *   fresh       its access token is usable: it is handed out as it is
 *   due         less than the margin is left, or the platform refused it: the next caller starts a run
 *   refreshing  one run is under way; whoever asks meanwhile waits for it
 *   waiting     its App is paused (a penalty, or the App itself refused): callers hear for how long
 *   dead        its refresh token and every credential were refused: a person must sign in
 */
export class Tokens {
  readonly pauses: Pauses;
  readonly #parts: WinningParts;
  readonly #runs = new Map<string, Promise<Grant>>();
  readonly #lastForced = new Map<string, { readonly generation: number; readonly at: number }>();

  constructor(parts: BrokerParts) {
    this.pauses = new Pauses(parts.clock);
    this.#parts = { ...parts, pauses: this.pauses };
  }

  /**
   * A Grant whose access token has at least 60 s left (a tenth of its lifetime where that is less).
   *
   * @throws ConnectionNotFound
   * @throws Frozen        an operator has stopped it
   * @throws TokenPending  no token within 10 s; it goes on being won
   * @throws GrantDead, AppRefused, PlatformBusy, PlatformUnreachable  see `winGrant`
   */
  async usableGrant(connection: string): Promise<Grant> {
    const grant = await this.#parts.grants.find(connection).catch(unlessDamaged);
    await this.#parts.freezes.requireConnection(connection, grant?.app);
    if (grant && this.#isUsable(grant)) return grant;
    const won = await this.#wait(connection, (stored) => !this.#isUsable(stored));
    // A repeated pair may be over already; its refresh token is not.
    return this.#isUsable(won) ? won : this.#wait(connection, (stored) => !this.#isUsable(stored));
  }

  /**
   * A newer Grant than the one whose access token the platform refused: the stored one, else by one forced Refresh
   * that all who ask share.
   *
   * @param hearsay  a caller outside says that its token was refused: then the minute is the Connection's, whatever the
   *                 generation
   * @returns nothing where a Refresh was forced for this generation within the last minute
   * @throws the same as `usableGrant`
   */
  async newerGrant(refused: Grant, { hearsay = false }: { readonly hearsay?: boolean } = {}): Promise<Grant | undefined> {
    const { connection, generation } = refused;
    await this.#parts.freezes.requireConnection(connection, refused.app);
    const stored = await this.#parts.store.findGrant(connection);
    if (stored && stored.generation > generation) return this.usableGrant(connection);
    if (!this.#runs.has(connection) && !this.#mayForce(connection, generation, hearsay)) return undefined;
    const latest = await this.#forced(connection, generation);
    // A run that was under way may have found the refused token still usable.
    return latest.generation > generation ? latest : undefined;
  }

  /** Resolves when no run is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#runs.values());
  }

  #isUsable(grant: Grant): boolean {
    return isUsable(grant, this.#parts.clock.now());
  }

  // Whoever only says that its token was refused could otherwise spend the App's budget, one generation after another.
  #mayForce(connection: string, generation: number, hearsay: boolean): boolean {
    const now = this.#parts.clock.now();
    const last = this.#lastForced.get(connection);
    if (last && now - last.at < FORCE_INTERVAL_MS && (hearsay || last.generation === generation)) return false;
    for (const [name, { at }] of this.#lastForced) if (now - at >= FORCE_INTERVAL_MS) this.#lastForced.delete(name);
    this.#lastForced.set(connection, { generation, at: now });
    return true;
  }

  async #forced(connection: string, generation: number): Promise<Grant> {
    try {
      return await this.#wait(connection, (grant) => grant.generation <= generation);
    } catch (error) {
      // The minute is for what the platform was asked; while the database is away nobody is asked.
      if (error instanceof StoreUnavailable || error instanceof LeaseHeld) this.#lastForced.delete(connection);
      throw error;
    }
  }

  async #wait(connection: string, stillDue: (stored: Grant) => boolean): Promise<Grant> {
    const enough = new AbortController();
    const late = this.#parts.clock.sleep(CALLER_WAIT_MS, enough.signal).then(() => {
      throw new TokenPending(connection, RETRY_AFTER_MS);
    });
    // Whichever loses the race has nobody left to hear it.
    late.catch(() => undefined);
    try {
      const won = await Promise.race([this.#run(connection, stillDue), late]);
      // Frozen while it was won: it is saved, and nobody gets it.
      await this.#parts.freezes.requireConnection(connection, won.app);
      return won;
    } finally {
      enough.abort();
    }
  }

  #run(connection: string, stillDue: (stored: Grant) => boolean): Promise<Grant> {
    const underWay = this.#runs.get(connection);
    if (underWay) return underWay;
    const run = winGrant(this.#parts, connection, stillDue).finally(() => this.#runs.delete(connection));
    run.catch(() => undefined);
    this.#runs.set(connection, run);
    return run;
  }
}

// The run that follows replaces what is damaged, where something can, or says the same.
function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof SealedValueUnreadable)) throw error;
}
