import type { AppSettings } from '../domain/app.ts';
import { type Budget, slotMs } from '../domain/budget.ts';
import type { DeadlineCount } from '../domain/forecast.ts';
import { capacityWithin } from '../domain/keeping.ts';
import { everyItem, type Page, type PageRequest } from '../domain/page.ts';
import type { Store } from '../domain/store.ts';
import type { AppOutlook, BudgetOutline, DyingConnection } from '../domain/weather.ts';
import type { Clock } from '../runtime/clock.ts';
import { countByApp } from './keep-alive.ts';

const DAY_MS = 24 * 60 * 60_000;
// RingCentral "Refresh tokens": a week, where the App was given no other and none has been seen.
const USUAL_LIFETIME_MS = 7 * DAY_MS;
// Programs ask for metrics every few seconds; what is kept changes by some Grants a minute.
const REMEMBERED_MS = 60_000;

/** How many Grants of an App are kept alive, how many could be, and when they must be refreshed. */
export interface AppWeather {
  readonly app: string;
  readonly budget: Budget;
  /** Whether its limit was agreed, and is not what answers say. */
  readonly agreed: boolean;
  /** How many Connections callers wait for in the queue. */
  readonly waiting: number;
  /** How many Connections are kept alive. */
  readonly kept: number;
  /** How many the budget can keep alive; nothing where there is no limit. */
  readonly capacity: number | undefined;
  /** The lifetime of a refresh token that this is reckoned with, and who says so. */
  readonly lifetime: { readonly ms: number; readonly from: 'grants' | 'setting' | 'usual' };
  /** How many Grants are left to die, those that were unused longest. */
  readonly givenUp: number;
  /** How many must be refreshed on each day (UTC, its first instant), those of today first; days without any are left out. */
  readonly deadlines: readonly { readonly day: number; readonly connections: number }[];
}

/** What the weather is read from. */
export interface WeatherParts {
  readonly store: Pick<Store, 'countDeadlines' | 'listOutlooks' | 'listBudgets' | 'listDying' | 'listApps'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Says what is ahead: which Grants the Apps' budgets keep alive, and which Connections die unless somebody acts. */
export class Weather {
  readonly #parts: WeatherParts;
  #remembered: { readonly at: number; readonly apps: Promise<readonly AppWeather[]> } | undefined;

  constructor(parts: WeatherParts) {
    this.#parts = parts;
  }

  /** Of every App, by name. */
  async listApps(): Promise<readonly AppWeather[]> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const [counts, outlooks] = await Promise.all([store.countDeadlines(now), store.listOutlooks(now)]);
    const byApp = countByApp(counts);
    const budgets = await store.listBudgets(
      outlooks.map(({ app }) => app),
      now,
    );
    const settings = await this.#settings();
    return outlooks.flatMap((outlook, index) => {
      const budget = budgets[index]?.budget;
      return budget ? [appWeather(outlook, budget, byApp.get(outlook.app) ?? [], settings.get(outlook.app) ?? {})] : [];
    });
  }

  /** The same; what takes long to count is as it was within the last minute. */
  async listAppsOfLate(): Promise<readonly AppWeather[]> {
    const apps = await this.#recent();
    const budgets = await this.listBudgets(apps.map(({ app }) => app));
    return apps.map((weather, index) => ({ ...weather, ...budgets[index] }));
  }

  /** What these Apps may send and who waits for it, in their order. */
  listBudgets(apps: readonly string[]): Promise<readonly BudgetOutline[]> {
    return this.#parts.store.listBudgets(apps, this.#parts.clock.now());
  }

  /** Connections that die within so many days unless somebody acts, or have died, by name. */
  listDying(page: PageRequest, days: number): Promise<Page<DyingConnection>> {
    const now = this.#parts.clock.now();
    return this.#parts.store.listDying(page, now + days * DAY_MS, now);
  }

  #recent(): Promise<readonly AppWeather[]> {
    const now = this.#parts.clock.now();
    const known = this.#remembered;
    if (known && Math.abs(now - known.at) < REMEMBERED_MS) return known.apps;
    const apps = this.listApps();
    this.#remembered = { at: now, apps };
    apps.catch(() => {
      this.#remembered = undefined;
    });
    return apps;
  }

  async #settings(): Promise<ReadonlyMap<string, AppSettings>> {
    const settings = new Map<string, AppSettings>();
    for await (const app of everyItem((page) => this.#parts.store.listApps(page))) settings.set(app.name, app);
    return settings;
  }
}

function appWeather({ app, waiting, givenUp, lifetimeMs }: AppOutlook, budget: Budget, counts: readonly DeadlineCount[], settings: AppSettings): AppWeather {
  const perSlotMs = slotMs(budget);
  const lifetime = lifetimeOf(lifetimeMs, settings.refreshTokenTtlMs);
  return {
    app,
    budget,
    agreed: settings.tokenRequestsPerMinute !== undefined,
    waiting,
    kept: counts.reduce((sum, { connections }) => sum + connections, 0),
    capacity: perSlotMs === undefined ? undefined : Math.floor(capacityWithin(lifetime.ms, perSlotMs, budget.callersShare)),
    lifetime,
    givenUp,
    deadlines: byDay(counts),
  };
}

function lifetimeOf(seenMs: number | undefined, agreedMs: number | undefined): AppWeather['lifetime'] {
  if (seenMs !== undefined && seenMs > 0) return { ms: seenMs, from: 'grants' };
  return !agreedMs ? { ms: USUAL_LIFETIME_MS, from: 'usual' } : { ms: agreedMs, from: 'setting' };
}

function byDay(counts: readonly DeadlineCount[]): AppWeather['deadlines'] {
  const days = new Map<number, number>();
  for (const { hour, connections } of counts) {
    const day = Math.floor(hour / 24) * DAY_MS;
    days.set(day, (days.get(day) ?? 0) + connections);
  }
  return [...days].map(([day, connections]) => ({ day, connections }));
}
