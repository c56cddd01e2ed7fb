import { type Change, EVERYTHING } from '../domain/changes.ts';
import type { DeadlineCount } from '../domain/forecast.ts';
import { type Forecast, forecast, type Pressing } from '../domain/keeping.ts';
import { messageOf } from '../runtime/log.ts';
import { adjustKeeping, countByApp } from './keep-alive.ts';
import { LEASE_MS } from './lease.ts';
import type { WinningParts } from './parts.ts';
import { type Attention, Sleepers } from './sleepers.ts';
import type { HeldTurn } from './under-lease.ts';
import { turnTaking } from './win.ts';

// A round looks at every App; between two of them only a token that is always to be ready comes due.
const ROUND_MS = 5_000;
// What the deadlines ask of the budgets changes by some requests a minute.
const FORECAST_MS = 60_000;
const ADJUST_MS = 10 * 60_000;
// Refreshed a day before they would die (domain/keeping.ts); the store picks those whose time it is.
const KEEP_WITHIN_MS = 24 * 60 * 60_000;
// Nodes that wait for the same slot do not ask for it in the same millisecond.
const JITTER_MS = 200;
const AGAIN_MS = 1_000;
// As many requests as may wait for a slow token endpoint at once.
const MOST_UNDER_WAY = 64;

/** What an App's deadlines are, and what of its budget one Grant takes. */
interface Outlook {
  readonly counts: readonly DeadlineCount[];
  readonly slotMs: number | undefined;
}

/**
 * Decides who is refreshed next, within the Apps' budgets of token requests (docs/guarantees.md, G7).
 *
 * Every node runs one. Which Connection is next is decided in the database, in the transaction that takes the slot: so a node
 * works on what is most pressing of all, whoever waits for it and wherever.
 */
export class Scheduler {
  readonly #parts: WinningParts;
  readonly #perform: (turn: HeldTurn) => Promise<unknown>;
  readonly #drivers = new Map<string, Promise<void>>();
  readonly #underWay = new Set<Promise<unknown>>();
  /** How many callers here wait for a slot of an App. */
  readonly #waiting = new Map<string, number>();
  /** Apps that have something to do though no caller waits here. */
  readonly #due = new Set<string>();
  readonly #sleepers: Sleepers;
  #outlooks: ReadonlyMap<string, Outlook> = new Map();
  readonly #ending = new AbortController();
  #watching = false;

  /** @param perform  wins what the turn is for */
  constructor(parts: WinningParts, perform: (turn: HeldTurn) => Promise<unknown>) {
    this.#parts = parts;
    this.#perform = perform;
    this.#sleepers = new Sleepers(parts.clock);
  }

  /** What the App's deadlines ask of its budget now. */
  forecastFor(app: string): Forecast {
    const { counts, slotMs } = this.#outlooks.get(app) ?? { counts: [], slotMs: undefined };
    return forecast(counts, slotMs, this.#parts.clock.now());
  }

  /** Resolves when something has become of the Connection, or after `ms`; meanwhile this node works on the App's queue. */
  async waitForTurn(app: string, connection: string, ms: number): Promise<void> {
    this.#waiting.set(app, (this.#waiting.get(app) ?? 0) + 1);
    const attention = this.#sleepers.attend(connection);
    this.#drive(app);
    await attention.wait(Math.max(1, ms));
    attention.end();
    this.#waiting.set(app, (this.#waiting.get(app) ?? 1) - 1);
  }

  /** Attends to a Connection until `end`: what is heard from now on ends a wait, also where it comes before that. */
  attend(connection: string): Attention {
    return this.#sleepers.attend(connection);
  }

  /** Whether word of changes comes here now, so that whoever attends to a Connection need not look often. */
  get hears(): boolean {
    return this.#watching && this.#parts.store.changes.comes();
  }

  /** Keeps everything alive until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, clock, log, random } = this.#parts;
    const leave = await this.#watch();
    let forecastAt = Number.NEGATIVE_INFINITY;
    let adjustAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      let pressing: readonly Pressing[] = [];
      try {
        pressing = await store.listPressing(clock.now());
        if (clock.now() - forecastAt >= FORECAST_MS) {
          forecastAt = clock.now();
          const adjusting = forecastAt - adjustAt >= ADJUST_MS;
          this.#outlooks = await this.#look(pressing, adjusting);
          if (adjusting) adjustAt = forecastAt;
        }
        for (const { app } of pressing.filter((one) => this.#isDue(one))) this.#begin(app);
      } catch (error) {
        log.warn('round.failed', { error: messageOf(error) });
      }
      await clock.sleep(untilNext(pressing, clock.now()) + random.integer(0, JITTER_MS), signal).catch(() => undefined);
    }
    leave();
    this.#watching = false;
    this.#ending.abort();
    this.#sleepers.wakeAll();
  }

  /** @returns ends it; without word of what other nodes win, those who wait here look for it themselves */
  async #watch(): Promise<() => void> {
    try {
      const leave = await this.#parts.store.changes.watch((change) => this.#tell(change));
      this.#watching = true;
      return leave;
    } catch (error) {
      this.#parts.log.warn('changes.not_heard', { error: messageOf(error) });
      return () => undefined;
    }
  }

  #tell(change: Change | typeof EVERYTHING): void {
    if (change === EVERYTHING) this.#sleepers.wakeAll();
    else this.#sleepers.wake(change.name);
  }

  /** Resolves when nothing is being won. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  async #look(apps: readonly Pick<Pressing, 'app'>[], adjusting: boolean): Promise<ReadonlyMap<string, Outlook>> {
    const outlooks = new Map<string, Outlook>();
    const byApp = countByApp(await this.#parts.store.countDeadlines(this.#parts.clock.now()));
    for (const { app } of apps) {
      const counts = byApp.get(app) ?? [];
      outlooks.set(app, { counts, slotMs: await adjustKeeping(this.#parts, app, counts, adjusting) });
    }
    return outlooks;
  }

  #isDue({ app, keepBy, freshAt, waiting }: Pressing): boolean {
    const now = this.#parts.clock.now();
    if (!this.#parts.freezes.mayKeepAlive(app)) return false;
    if (waiting || (freshAt !== undefined && freshAt <= now)) return true;
    return keepBy !== undefined && (keepBy <= now + KEEP_WITHIN_MS || this.forecastFor(app).early);
  }

  #begin(app: string): void {
    this.#due.add(app);
    this.#drive(app);
  }

  #drive(app: string): void {
    if (this.#ending.signal.aborted || this.#drivers.has(app)) return;
    const driver = this.#keepDriving(app).finally(() => this.#drivers.delete(app));
    this.#drivers.set(app, driver);
  }

  async #keepDriving(app: string): Promise<void> {
    const { clock, random } = this.#parts;
    while (!this.#ending.signal.aborted && this.#hasWork(app)) {
      const next = await this.#next(app);
      if (next === 'taken') continue;
      const now = clock.now();
      // A round comes again before then, and nobody here waits.
      if (next === undefined || next > now + ROUND_MS) this.#due.delete(app);
      if (!this.#hasWork(app)) return;
      const ms = Math.max(1, Math.min((next ?? now + AGAIN_MS) - now, ROUND_MS)) + random.integer(0, JITTER_MS);
      await clock.sleep(ms, this.#ending.signal).catch(() => undefined);
    }
  }

  #hasWork(app: string): boolean {
    return this.#parts.freezes.mayKeepAlive(app) && (this.#due.has(app) || (this.#waiting.get(app) ?? 0) > 0);
  }

  /** @returns `taken`, or when to look again: nothing where it is not known */
  async #next(app: string): Promise<'taken' | number | undefined> {
    const { store, log, clock } = this.#parts;
    if (this.#underWay.size >= MOST_UNDER_WAY) await Promise.race(this.#underWay);
    const endsAt = clock.monotonic() + LEASE_MS;
    try {
      const outcome = await store.takeNextTurn(app, turnTaking(this.#parts, this, app));
      if (outcome.outcome === 'nothing') return outcome.at;
      this.#follow({ ...outcome.turn, endsAt });
      return 'taken';
    } catch (error) {
      log.warn('turn.not_taken', { app, error: messageOf(error) });
      return clock.now() + AGAIN_MS;
    }
  }

  #follow(turn: HeldTurn): void {
    const done = this.#perform(turn)
      // What went wrong is logged where it did; whoever waits asks again, and hears why there is no token.
      .catch(() => undefined)
      .finally(() => {
        this.#underWay.delete(done);
        this.#sleepers.wake(turn.lease.connection);
      });
    this.#underWay.add(done);
  }
}

function untilNext(pressing: readonly Pressing[], now: number): number {
  const soonest = Math.min(...pressing.flatMap(({ freshAt }) => (freshAt !== undefined && freshAt > now ? [freshAt - now] : [])), ROUND_MS);
  return Math.max(1, soonest);
}
