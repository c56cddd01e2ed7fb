import { type App, isOnThisMachine } from '../domain/app.ts';
import { type Budget, type BudgetPause, DEFAULT_LIMIT, DEFAULT_WINDOW_MS, type TurnOutcome } from '../domain/budget.ts';
import {
  AccountLocked,
  AppNotFound,
  AppRefused,
  type GatewayError,
  PlatformAnswerUnusable,
  PlatformAway,
  PlatformBusy,
  PlatformUnreachable,
} from '../domain/errors.ts';
import { type RateLimit, rateLimitIn } from '../oauth/rate-limit.ts';
import { messageOf } from '../runtime/log.ts';
import { backOffMs } from './back-off.ts';
import type { BrokerParts } from './parts.ts';

// A refused App does not heal by itself; asking again for every caller would only spend its budget of 5 a minute.
const REFUSED_PAUSE_MS = 30_000;
// Requests of several Connections in a row without a clear answer: it is the endpoint and not one of them.
const FAILURES_OF_ONE = 2;
// So many answers in a row have to say that the limit is each user's own.
const SAYINGS = 3;

/** The run must wait for another slot: it gives its Lease back and gets in the queue. */
export class SlotPending extends Error {
  readonly app: string;
  readonly at: number;

  constructor(app: string, at: number) {
    super('no slot in the budget of token requests');
    this.app = app;
    this.at = at;
  }
}

/** What of an answer says something about a limit. */
interface Answer {
  /** When its request did; epoch milliseconds. */
  readonly leftAt: number;
  readonly headers: Headers;
}

/** What the answers say about the Apps' budgets of token requests, and what is to be thrown where one does not reach. */
export class Budgets {
  readonly #parts: Pick<BrokerParts, 'store' | 'clock' | 'random' | 'log'>;
  readonly #isUrgent: (app: string) => boolean;
  readonly #perUser = new Map<string, number>();
  readonly #answered = new Map<string, number[]>();
  /** From when on one more request may be sent for an App that was removed. */
  readonly #goneFrom = new Map<string, number>();

  /** @param isUrgent  whether Grants of the App would miss their deadline if others went first */
  constructor(parts: Pick<BrokerParts, 'store' | 'clock' | 'random' | 'log'>, isUrgent: (app: string) => boolean = () => false) {
    this.#parts = parts;
    this.#isUrgent = isUrgent;
  }

  /**
   * Takes a slot for one more request of a run.
   *
   * @throws SlotPending
   * @throws PlatformBusy, AppRefused, PlatformAway  during a pause
   */
  takeSlot(app: string): Promise<Budget> {
    return this.#takeSlot(app, undefined);
  }

  async #takeSlot(app: string, behind: number | undefined): Promise<Budget> {
    const now = this.#parts.clock.now();
    const { at, budget } = await this.#parts.store.takeSlot(app, now, behind);
    if (budget.pause && budget.pause.until > now) throw pauseError(app, budget.pause, now);
    if (at > now) throw new SlotPending(app, at);
    return budget;
  }

  /**
   * Takes a slot for a request that is no run's.
   *
   * @returns 0: it may leave now; else from when on it may be tried again, epoch milliseconds
   */
  async mayAsk(app: string): Promise<number> {
    const now = this.#parts.clock.now();
    try {
      const { at } = await this.#parts.store.takeSlot(app, now);
      return at > now ? at : 0;
    } catch (error) {
      if (!(error instanceof AppNotFound)) throw error;
      return this.#mayAskForGone(app, now);
    }
  }

  // The budget went with the App. The platform still counts what its client id sends.
  #mayAskForGone(app: string, now: number): number {
    const from = this.#goneFrom.get(app) ?? 0;
    if (from > now) return from;
    this.#goneFrom.set(app, now + DEFAULT_WINDOW_MS / DEFAULT_LIMIT);
    return 0;
  }

  /**
   * Takes a slot for somebody who cannot come back later, and waits for it.
   *
   * @throws PlatformBusy  there is none within `ms`, or during a penalty
   * @throws AppRefused, PlatformAway  during a pause
   */
  waitForSlot(app: string, ms: number): Promise<Budget> {
    return this.#wait(app, ms, () => undefined);
  }

  /**
   * The same for a request that a program sends on its own account, which Refreshes are never to wait for: whoever is in the
   * queue goes first, one slot stays free for the next, and where Grants would die otherwise all but one do.
   *
   * @throws the same as `waitForSlot`
   */
  waitBehindRefreshes(app: string, ms: number): Promise<Budget> {
    return this.#wait(app, ms, () => (this.#isUrgent(app) ? Number.MAX_SAFE_INTEGER : 1));
  }

  async #wait(app: string, ms: number, behind: () => number | undefined): Promise<Budget> {
    const { clock } = this.#parts;
    const until = clock.monotonic() + ms;
    for (;;) {
      try {
        return await this.#takeSlot(app, behind());
      } catch (cause) {
        if (!(cause instanceof SlotPending)) throw cause;
        if (clock.monotonic() >= until) throw new PlatformBusy(`App "${app}"`, Math.max(1_000, cause.at - clock.now()));
        await clock.sleep(Math.max(1, Math.min(cause.at - clock.now(), until - clock.monotonic())));
      }
    }
  }

  /** Why the next token of the App may be late, though those that were won are good: the code of an error. */
  async findTrouble(app: string): Promise<BudgetPause['code'] | undefined> {
    const now = this.#parts.clock.now();
    const { pause, failures } = await this.#parts.store.findBudget(app, now);
    if (pause && pause.until > now) return pause.code;
    return failures > FAILURES_OF_ONE ? 'platform_away' : undefined;
  }

  /** Ends a pause, because the App has changed. */
  async endPause(app: string): Promise<void> {
    await this.#parts.store.setPause(app, undefined);
  }

  /** Has the App's budget be what was agreed about it, where something was; what answers say comes second. */
  async keepAgreement(app: App): Promise<void> {
    const agreed = agreedLimit(app);
    if (agreed) await this.#parts.store.setLimit(app.name, agreed.limit, agreed.windowMs);
  }

  /**
   * Notes what an answer says about the limit. Rejects never, as the others do not that note something.
   *
   * @param budget         as it was when the slot for this request was taken
   * @param answer.leftAt  when the request did
   */
  learn(app: App, budget: Budget, answer: Answer): Promise<void> {
    return this.#noting(app.name, () => this.#learn(app, budget, answer));
  }

  /** Notes that a token request had a clear answer. */
  succeeded({ app, failures }: Budget): Promise<void> {
    return this.#noting(app, async () => {
      if (failures > 0) await this.#parts.store.setFailures(app, 0);
    });
  }

  /** Notes what a failed token request says of the App; errors that are about this one request say nothing. */
  failed(budget: Budget, fault: unknown): Promise<void> {
    return this.#noting(budget.app, () => this.#noteFailure(budget, fault));
  }

  // The next request says the same again; this one's caller must hear what became of it.
  async #noting(app: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#parts.log.warn('budget.not_noted', { app, error: messageOf(error) });
    }
  }

  async #learn(app: App, budget: Budget, { leftAt, headers }: Answer): Promise<void> {
    const { store, clock, log } = this.#parts;
    const stated = rateLimitIn(headers);
    const agreed = agreedLimit(app);
    const limit = agreed?.limit ?? this.#limitOf(app, budget, stated, leftAt);
    const windowMs = agreed?.windowMs ?? stated?.windowMs ?? budget.windowMs;
    if (limit !== budget.limit || windowMs !== budget.windowMs) {
      await store.setLimit(app.name, limit, windowMs);
      log.info('budget.learned', { app: app.name, limit: limit ?? null, windowMs });
    }
    // Where somebody else sends token requests of this App too, they count against the same limit.
    const used = stated && limit !== undefined ? stated.limit - stated.remaining : 0;
    if (used > budget.slots.length) await store.noteUsed(app.name, used, clock.now());
  }

  async #noteFailure({ app, failures, limit, windowMs }: Budget, fault: unknown): Promise<void> {
    const { store, clock, random } = this.#parts;
    const now = clock.now();
    if (fault instanceof PlatformBusy && !(fault instanceof AccountLocked)) {
      this.#perUser.delete(app);
      // There is a limit after all; whoever comes when the pause ends keeps to the usual one until an answer says which.
      if (limit === undefined) await store.setLimit(app, DEFAULT_LIMIT, windowMs);
      await store.setPause(app, { until: now + (fault.retryAfterMs ?? 0), code: 'platform_busy', word: '' });
    } else if (fault instanceof AppRefused) {
      await store.setPause(app, { until: now + REFUSED_PAUSE_MS, code: 'app_refused', word: fault.platformCode });
    } else if (fault instanceof PlatformUnreachable || fault instanceof PlatformAnswerUnusable) {
      await store.setFailures(app, failures + 1);
      if (failures < FAILURES_OF_ONE) return;
      await store.setPause(app, { until: now + backOffMs(random, failures + 1 - FAILURES_OF_ONE), code: 'platform_away', word: fault.message });
    } else if (failures > 0) {
      await store.setFailures(app, 0);
    }
  }

  // A platform on this machine that states no limit has none; the real one may leave it unsaid.
  #limitOf(app: App, budget: Budget, stated: RateLimit | undefined, leftAt: number): number | undefined {
    if (!stated) return isOnThisMachine(app) ? undefined : budget.limit;
    return this.#isPerUser(app.name, budget, stated, leftAt) ? undefined : stated.limit;
  }

  // Where more is left than this node alone has used up, others' requests are not counted: the limit is each user's own.
  // They count from when they left: an answer that took long is of a request that the platform forgets earlier than that.
  #isPerUser(app: string, budget: Budget, { limit, remaining, windowMs }: RateLimit, leftAt: number): boolean {
    const now = this.#parts.clock.now();
    const answered = [...(this.#answered.get(app) ?? []), leftAt].filter((at) => at > now - windowMs).slice(-limit);
    this.#answered.set(app, answered);
    const known = this.#perUser.get(app) ?? 0;
    // Where the App has a limit again, another node has met it since this one was sure.
    const before = budget.limit === undefined ? known : Math.min(known, SAYINGS - 1);
    const sayings = remaining > limit - answered.length ? before + 1 : before < SAYINGS ? 0 : before;
    this.#perUser.set(app, sayings);
    return sayings >= SAYINGS;
  }
}

function agreedLimit({ tokenRequestsPerMinute }: App): { readonly limit: number; readonly windowMs: number } | undefined {
  return tokenRequestsPerMinute === undefined ? undefined : { limit: tokenRequestsPerMinute, windowMs: 60_000 };
}

/** What callers meet during a pause of an App. */
export function pauseError(app: string, { until, code, word }: BudgetPause, now: number): GatewayError {
  if (code === 'app_refused') return new AppRefused(app, word);
  return code === 'platform_busy' ? new PlatformBusy(`App "${app}"`, until - now) : new PlatformAway(`App "${app}"`, word, until - now);
}

/** What callers meet while a Connection is left alone. */
export function backOffError(connection: string, { until, code }: Extract<TurnOutcome, { outcome: 'backing off' }>, now: number): GatewayError {
  const what = `Connection "${connection}"`;
  return code === LOCKED ? new PlatformBusy(what, until - now) : new PlatformAway(what, 'the token endpoint gave no clear answer', until - now);
}

/** Why a Connection is left alone: its user's account is locked for a while. */
export const LOCKED = 'account_locked';
