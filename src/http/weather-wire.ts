import type { Static } from 'typebox';
import type { AppWeather } from '../broker/weather.ts';
import { DEFAULT_LIMIT, DEFAULT_WINDOW_MS } from '../domain/budget.ts';
import type { ManagedAppWeather, ManagedDying } from '../domain/management.ts';
import { type BudgetOutline, type DyingConnection, explainDying } from '../domain/weather.ts';
import type { BudgetAnswer } from './contract-apps.ts';

const DAY_MS = 24 * 60 * 60_000;

/** A budget as the API shows it. */
export function toBudgetAnswer({ budget, waiting }: BudgetOutline, now: number): Static<typeof BudgetAnswer> {
  const { limit, windowMs, pause } = budget;
  return {
    ...(limit !== undefined && { limit }),
    windowSeconds: windowMs / 1_000,
    waiting,
    ...(pause && pause.until > now && { pausedUntil: pause.until, pausedBecause: pause.word === '' ? pause.code : `${pause.code} (${pause.word})` }),
  };
}

/** What is ahead of an App within so many days, as the API shows it. */
export function toAppWeatherAnswer(weather: AppWeather, days: number, now: number): ManagedAppWeather {
  const { app, budget, kept, capacity, lifetime, givenUp, deadlines } = weather;
  return {
    app,
    budget: toBudgetAnswer(weather, now),
    limitFrom: limitFrom(weather),
    callersShare: Math.round(budget.callersShare * 1_000) / 1_000,
    kept,
    ...(capacity !== undefined && { capacity }),
    lifetimeSeconds: Math.floor(lifetime.ms / 1_000),
    lifetimeFrom: lifetime.from,
    givenUp,
    deadlines: deadlines
      .filter(({ day }) => day <= now + days * DAY_MS)
      .map(({ day, connections }) => ({ day: new Date(day).toISOString().slice(0, 10), connections })),
  };
}

/** A Connection that dies, as the API shows it. */
export function toDyingAnswer(dying: DyingConnection): ManagedDying {
  const { name, app, cause, at, code } = dying;
  return { name, app, cause, diesAt: at, ...(code !== undefined && { code }), ...explainDying(dying) };
}

function limitFrom({ agreed, budget: { limit, windowMs } }: AppWeather): ManagedAppWeather['limitFrom'] {
  if (agreed) return 'agreed';
  return limit === DEFAULT_LIMIT && windowMs === DEFAULT_WINDOW_MS ? 'usual' : 'learned';
}
