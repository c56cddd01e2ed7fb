import { type Grant, isUsable } from '../domain/grant.ts';
import { Budgets } from './budgets.ts';
import { waitAsCaller } from './caller-wait.ts';
import { ForcedRefreshes } from './forced-refreshes.ts';
import type { BrokerParts, WinningParts } from './parts.ts';
import { unlessDamaged } from './repair.ts';
import { Scheduler } from './scheduler.ts';
import { type Wish, winGrant, winPicked } from './win.ts';

/**
 * Keeps the Grants of all Connections alive in this process, and gives their access tokens out.
 *
 * A Grant is, in the order it goes through:
 *   fresh       its access token is usable: it is handed out as it is
 *   due         less than the margin is left, or the platform refused it: the next caller starts a run
 *   refreshing  one run is under way; whoever asks meanwhile waits for it
 *   waiting     for a slot in its App's budget of token requests, or for a pause of the App or a back-off of its own to
 *               end: callers hear for how long
 *   dead        its refresh token and every credential were refused: a person must sign in
 */
export class Tokens {
  readonly budgets: Budgets;
  readonly scheduler: Scheduler;
  readonly #parts: WinningParts;
  readonly #runs = new Map<string, Promise<Grant>>();
  readonly #forced: ForcedRefreshes;

  constructor(parts: BrokerParts) {
    this.budgets = new Budgets(parts, (app) => this.scheduler.forecastFor(app).urgent);
    this.#parts = { ...parts, budgets: this.budgets };
    this.#forced = new ForcedRefreshes(parts.clock);
    // What the store picks is due, whoever could still use its access token.
    this.scheduler = new Scheduler(this.#parts, (turn) => winPicked(this.#parts, turn));
  }

  /** What `usableGrant` gives, where it can be told at once: the Grant is in memory and usable, and nothing is frozen. */
  peekGrant(connection: string): Grant | undefined {
    return this.#parts.freezes.isEmpty() ? this.#parts.grants.peek(connection) : undefined;
  }

  /**
   * A Grant whose access token has at least 60 s left (a tenth of its lifetime where that is less).
   *
   * @param onBehalf.client  the Client that wants it: Clients take turns in the queue for a slot
   * @throws ConnectionNotFound
   * @throws Frozen        an operator has stopped it
   * @throws TokenPending  no token within 10 s; it goes on being won
   * @throws GrantDead, AppRefused, PlatformBusy, PlatformAway, PlatformUnreachable  see `winGrant`
   */
  async usableGrant(connection: string, { client = '' }: OnBehalf = {}): Promise<Grant> {
    const grant = await this.#parts.grants.find(connection).catch(unlessDamaged);
    await this.#parts.freezes.requireConnection(connection, grant?.app);
    if (grant && this.#isUsable(grant)) return grant;
    const wish = { connection, client, stillDue: (stored: Grant) => !this.#isUsable(stored) };
    const won = await this.#wait(wish);
    // A repeated pair may be over already; its refresh token is not.
    return this.#isUsable(won) ? won : this.#wait(wish);
  }

  /**
   * A newer Grant than the one whose access token the platform refused: the stored one, else by one forced Refresh
   * that all who ask share.
   *
   * @param hearsay  a caller outside says that its token was refused: then the minute is the Connection's, whatever the
   *                 generation
   * @param force    false: none is forced, only what others have won or are winning counts
   * @returns nothing where a Refresh was forced for this generation within the last minute, or none may be
   * @throws the same as `usableGrant`
   */
  async newerGrant(refused: Grant, { hearsay = false, force = true, client = '' }: Newer & OnBehalf = {}): Promise<Grant | undefined> {
    const { connection, generation } = refused;
    await this.#parts.freezes.requireConnection(connection, refused.app);
    const stored = await this.#parts.store.findGrant(connection);
    if (stored && stored.generation > generation) return this.#usable(stored, client);
    if (!this.#runs.has(connection) && !(force && this.#forced.mayForce(refused, hearsay))) {
      // The run that was forced may have ended since the row was read.
      const latest = await this.#parts.store.findGrant(connection);
      return latest && latest.generation > generation ? this.#usable(latest, client) : undefined;
    }
    const latest = await this.#forced.carryOut(refused, () => this.#wait({ connection, client, stillDue: (grant) => grant.generation <= generation }));
    // A run that was under way may have found the refused token still usable.
    return latest.generation > generation ? this.#usable(latest, client) : undefined;
  }

  /** Resolves when no run is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#runs.values());
    await this.scheduler.settled();
  }

  // As it is stored: what is remembered here may still be the refused one, where word of the newer has not come yet. A pair that
  // is repeated late may be over already.
  async #usable(stored: Grant, client: string): Promise<Grant> {
    if (!this.#isUsable(stored)) return this.usableGrant(stored.connection, { client });
    await this.#parts.freezes.requireConnection(stored.connection, stored.app);
    return stored;
  }

  #isUsable(grant: Grant): boolean {
    return isUsable(grant, this.#parts.clock.now());
  }

  async #wait(wish: Wish): Promise<Grant> {
    const won = await waitAsCaller(this.#parts.clock, wish.connection, this.#run(wish));
    // Frozen while it was won: it is saved, and nobody gets it.
    await this.#parts.freezes.requireConnection(wish.connection, won.app);
    return won;
  }

  #run(wish: Wish): Promise<Grant> {
    const { connection } = wish;
    const underWay = this.#runs.get(connection);
    if (underWay) return underWay;
    const run = winGrant(this.#parts, this.scheduler, wish).finally(() => this.#runs.delete(connection));
    run.catch(() => undefined);
    this.#runs.set(connection, run);
    return run;
  }
}

/** How a newer token than a refused one may be had. */
export interface Newer {
  readonly hearsay?: boolean;
  readonly force?: boolean;
}

/** On whose behalf a token is wanted; nobody's: the gateway's own. */
export interface OnBehalf {
  readonly client?: string;
}
