import {
  ConnectionNotFound,
  type GatewayError,
  GrantDead,
  PlatformAnswerUnusable,
  PlatformBusy,
  PlatformUnreachable,
  RingCxRefused,
} from '../domain/errors.ts';
import { isUsable } from '../domain/grant.ts';
import type { RingCxGrant } from '../domain/ring-cx-grant.ts';
import { waitAsCaller } from './caller-wait.ts';
import { ForcedRefreshes } from './forced-refreshes.ts';
import type { RingCxParts } from './ring-cx-parts.ts';
import { winRingCxGrant } from './ring-cx-win.ts';
import type { Newer } from './tokens.ts';

// An App that lacks the Permission, or a user whom nobody has added, is not put right within seconds; and each run that
// ends so may have cost a Refresh of the Grant.
const REFUSED_PAUSE_MS = 60_000;
// A run without a clear answer sends two exchanges, and five a minute are answered: with this between two runs there are four.
const UNCLEAR_PAUSE_MS = 30_000;

/**
 * Keeps the RingCX tokens of Connections alive in this process, and gives them out. Nothing is asked of RingCX before
 * somebody wants one.
 *
 * They are, in the order they go through:
 *   fresh       usable: handed out as they are
 *   due         less than a tenth of the lifetime is left, or RingCX refused the token: the next caller starts a run
 *   refreshing  by their own refresh token; whoever asks meanwhile waits for it
 *   exchanging  where that is refused, or there is none: with the Connection's RingCentral token
 *   held        RingCX refused the user, gave no clear answer or set a penalty: callers hear that for a while
 */
export class RingCxTokens {
  readonly #parts: RingCxParts;
  readonly #runs = new Map<string, Promise<RingCxGrant>>();
  readonly #held = new Map<string, { readonly until: number; readonly why: GatewayError }>();
  readonly #forced: ForcedRefreshes;

  constructor(parts: RingCxParts) {
    this.#parts = parts;
    this.#forced = new ForcedRefreshes(parts.clock);
  }

  /**
   * A pair whose access token has at least a tenth of its lifetime left.
   *
   * @throws ConnectionNotFound
   * @throws Frozen         an operator has stopped it
   * @throws GrantDead      a person must sign in: what hangs on a dead Grant is not handed out either
   * @throws TokenPending   no token within 10 s; it goes on being won
   * @throws RingCxRefused  RingCX does not sign this user in
   * @throws PlatformBusy, PlatformUnreachable, PlatformAnswerUnusable, and what `Tokens.usableGrant` throws
   */
  async usableToken(connection: string): Promise<RingCxGrant> {
    const stored = await this.#parts.store.findRingCxGrant(connection);
    await this.#requireAllowed(connection, stored);
    if (stored && (await this.#isUsable(stored))) return stored;
    const due = async (grant: RingCxGrant) => !(await this.#isUsable(grant));
    const won = await this.#wait(connection, due);
    return (await this.#isUsable(won)) ? won : this.#wait(connection, due);
  }

  /**
   * A newer pair than the one whose access token RingCX refused as expired: the stored one, else by one forced run that
   * all who ask share.
   *
   * @param hearsay  a caller outside says that its token was refused: then the minute is the Connection's, whatever the
   *                 generation
   * @param force    false: none is forced, only what others have won or are winning counts
   * @returns nothing where a run was forced for this generation within the last minute, or none may be
   * @throws the same as `usableToken`
   */
  async newerToken(refused: Pick<RingCxGrant, 'connection' | 'generation'>, { hearsay = false, force = true }: Newer = {}): Promise<RingCxGrant | undefined> {
    const { connection, generation } = refused;
    const stored = await this.#parts.store.findRingCxGrant(connection);
    if (stored && stored.generation > generation) return this.usableToken(connection);
    await this.#requireAllowed(connection, stored);
    if (!this.#runs.has(connection) && !(force && this.#forced.mayForce(refused, hearsay))) return undefined;
    const latest = await this.#forced.carryOut(refused, () => this.#wait(connection, async (grant) => grant.generation <= generation));
    // A run that was under way may have found the refused token still usable.
    return latest.generation > generation ? latest : undefined;
  }

  /** Resolves when no run is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#runs.values());
  }

  // What RingCX gave lives on by itself, whatever became of the Grant that it was given for: only we can withhold it.
  async #requireAllowed(name: string, stored: Pick<RingCxGrant, 'app'> | undefined): Promise<void> {
    const { store, freezes } = this.#parts;
    await freezes.requireConnection(name, stored?.app);
    const connection = await store.findConnection(name);
    if (!connection) throw new ConnectionNotFound(name);
    if (connection.signInNeeded) throw new GrantDead(name, connection.signInNeeded.code);
  }

  // A token of an origin that the App no longer names is of no use to whoever calls the one that it does.
  async #isUsable(grant: RingCxGrant): Promise<boolean> {
    if (!isUsable(grant, this.#parts.clock.now())) return false;
    return (await this.#parts.store.findApp(grant.app))?.ringcxOrigin === grant.origin;
  }

  async #wait(connection: string, stillDue: (stored: RingCxGrant) => Promise<boolean>): Promise<RingCxGrant> {
    const won = await waitAsCaller(this.#parts.clock, connection, this.#run(connection, stillDue));
    // Frozen, or revoked, while it was won: nobody gets it.
    await this.#requireAllowed(connection, won);
    return won;
  }

  #run(connection: string, stillDue: (stored: RingCxGrant) => Promise<boolean>): Promise<RingCxGrant> {
    const underWay = this.#runs.get(connection);
    if (underWay) return underWay;
    const run = this.#win(connection, stillDue).finally(() => this.#runs.delete(connection));
    run.catch(() => undefined);
    this.#runs.set(connection, run);
    return run;
  }

  async #win(connection: string, stillDue: (stored: RingCxGrant) => Promise<boolean>): Promise<RingCxGrant> {
    this.#checkHeld(connection);
    try {
      return await winRingCxGrant(this.#parts, connection, stillDue);
    } catch (error) {
      this.#hold(connection, error);
      throw error;
    }
  }

  #checkHeld(connection: string): void {
    const now = this.#parts.clock.now();
    const held = this.#held.get(connection);
    if (!held || held.until <= now) return;
    throw held.why instanceof PlatformBusy ? new PlatformBusy('RingCX', held.until - now) : held.why;
  }

  #hold(connection: string, why: unknown): void {
    const pauseMs = pauseAfter(why);
    if (pauseMs === 0) return;
    const now = this.#parts.clock.now();
    for (const [name, { until }] of this.#held) if (until <= now) this.#held.delete(name);
    this.#held.set(connection, { until: now + pauseMs, why: why as GatewayError });
  }
}

function pauseAfter(why: unknown): number {
  if (why instanceof RingCxRefused) return REFUSED_PAUSE_MS;
  if (why instanceof PlatformBusy) return why.retryAfterMs ?? 0;
  return why instanceof PlatformUnreachable || why instanceof PlatformAnswerUnusable ? UNCLEAR_PAUSE_MS : 0;
}
