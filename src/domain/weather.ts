import type { Budget } from './budget.ts';
import type { Page, PageRequest } from './page.ts';

/** Why a Connection is about to die, or has died. */
export type DyingCause = 'needs-sign-in' | 'jwt-expires' | 'given-up' | 'too-late' | 'cannot-refresh';

/** A Connection that gives no tokens any more from some time on, unless somebody acts. */
export interface DyingConnection {
  readonly name: string;
  readonly app: string;
  readonly cause: DyingCause;
  /** When it dies or died, epoch milliseconds. */
  readonly at: number;
  /** Of `needs-sign-in`: the platform's code, or ours. */
  readonly code?: string;
}

/** What of an App's Grants and callers the database knows. */
export interface AppOutlook {
  readonly app: string;
  /** How many Connections callers wait for in the queue. */
  readonly waiting: number;
  /** How many Grants that still live the budget does not reach for. */
  readonly givenUp: number;
  /** How long the refresh token of the Grant lives that dies last; nothing where none is kept. */
  readonly lifetimeMs: number | undefined;
}

/** What an App may still send, and who waits for it. */
export interface BudgetOutline {
  readonly budget: Budget;
  readonly waiting: number;
}

/** Looks at what is ahead of all Connections, for people. */
export interface WeatherStore {
  /** Of these Apps, in their order; of one that has sent nothing yet, the default. */
  listBudgets(apps: readonly string[], now: number): Promise<readonly BudgetOutline[]>;
  /** Of every App, by name. It reads every Connection that is kept, and holds up nobody who serves meanwhile. */
  listOutlooks(now: number): Promise<readonly AppOutlook[]>;
  /**
   * Those that die by `by` or have died, by name. What wins a new Grant by itself, or by its user's password, does not die.
   * It may read very many Connections, and holds up nobody who serves meanwhile.
   */
  listDying(page: PageRequest, by: number, now: number): Promise<Page<DyingConnection>>;
}

const WHY: Readonly<Record<DyingCause, { readonly why: string; readonly todo: string }>> = {
  'needs-sign-in': {
    why: 'its Grant is dead, and none of its credentials wins another',
    todo: 'have its user sign in (`trunkline connect NAME --app APP --invite`), or give it other credentials (`trunkline connection credentials NAME`)',
  },
  'jwt-expires': {
    why: 'its JWT credential expires, and nothing else signs it in',
    todo: 'make a new JWT in the developer console, and give it with `trunkline connection credentials NAME --jwt`',
  },
  'given-up': {
    why: "its App's budget of token requests does not reach to keep it alive",
    todo: 'use it, which puts it among those that are kept, or give its App more token requests (docs/budgets.md)',
  },
  'too-late': {
    why: 'its refresh token was not used in time, and nothing signs it in again',
    todo: 'have its user sign in (`trunkline connect NAME --app APP --invite`)',
  },
  'cannot-refresh': {
    why: 'it has no refresh token that is good, and nothing signs it in again',
    todo: 'have its user sign in (`trunkline connect NAME --app APP --invite`), or give it credentials (`trunkline connection credentials NAME`)',
  },
};

/** Why a Connection dies, and what a person can do about it. */
export function explainDying({ name, app, cause }: Pick<DyingConnection, 'name' | 'app' | 'cause'>): { readonly why: string; readonly todo: string } {
  const { why, todo } = WHY[cause];
  return { why, todo: todo.replaceAll(/\b(?:NAME|APP)\b/g, (word) => (word === 'NAME' ? name : app)) };
}
