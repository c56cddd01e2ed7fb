import type { TurnTaking } from '../domain/budget.ts';
import { GrantDead, LeaseHeld, TokenPending } from '../domain/errors.ts';
import { canRefresh, type Grant, usableUntil } from '../domain/grant.ts';
import { backOffError, pauseError, SlotPending } from './budgets.ts';
import { LEASE_MS, newHolder } from './lease.ts';
import type { WinningParts } from './parts.ts';
import type { Scheduler } from './scheduler.ts';
import type { Attention } from './sleepers.ts';
import { type HeldTurn, look, underLease } from './under-lease.ts';

// While another run holds the Lease, its result is looked for after this: a Refresh takes some 100 ms.
const LOOK_AGAIN_MS = 50;
// Word of the result comes where this node hears of changes. Of a run that failed none does, so the next look comes
// later and later, up to this.
const LOOK_ANYWAY_MS = 500;
const RETRY_AFTER_MS = 5_000;
// Who waits for a slot is told after this long when to come back, which is before anybody stops waiting (docs/guarantees.md,
// G5); the queue keeps the place.
const QUEUE_WAIT_MS = 9_500;
// A token is used within some milliseconds of being handed out, or its `expires_in` is heeded.
const LAST_USES_MS = 250;

/** What a run needs to know of whoever started it. */
export interface Wish {
  readonly connection: string;
  /** The Client on whose behalf; empty: the gateway's own. */
  readonly client: string;
  /** Whether the stored Grant is one that the caller cannot use; another run may have replaced it. */
  stillDue(stored: Grant): boolean;
}

/**
 * Sees to it that a Connection has a Grant that is not due: take a slot and the Lease, win, or wait for whoever does.
 *
 * Within a process the caller sees to it that one such run per Connection is under way; among processes the Lease does.
 *
 * @throws TokenPending  in the queue for a slot of the App's budget, with the time that it takes
 * @throws LeaseHeld     another run has held the Lease for as long as a Lease lasts
 * @throws GrantDead     a person must sign in
 * @throws PlatformAway, PlatformBusy, AppRefused  during a pause
 * @throws what `underLease` throws
 */
export async function winGrant(parts: WinningParts, scheduler: Scheduler, wish: Wish): Promise<Grant> {
  const attention = scheduler.attend(wish.connection);
  try {
    return await winAttentively(parts, scheduler, wish, attention);
  } finally {
    attention.end();
  }
}

async function winAttentively(parts: WinningParts, scheduler: Scheduler, wish: Wish, attention: Attention): Promise<Grant> {
  const { connection } = wish;
  let lookAfterMs = LOOK_AGAIN_MS;
  const startedAt = parts.clock.monotonic();
  const waitedMs = () => parts.clock.monotonic() - startedAt;
  // Where a run found that it needs a slot of another App's, or a second one.
  let app: string | undefined;
  let queued = false;
  for (;;) {
    const seen = await look(parts, connection);
    if (seen.grant && !wish.stillDue(seen.grant)) {
      if (queued) await parts.store.leaveQueue(connection);
      return seen.grant;
    }
    if (seen.connection.signInNeeded) throw new GrantDead(connection, seen.connection.signInNeeded.code);
    // Asked before the Lease is taken: expiry counts from there.
    if (seen.grant) await letLastUsesEnd(parts, seen.grant);

    const now = parts.clock.now();
    app ??= await nextApp(parts, seen);
    const seeker = { connection, app, client: wish.client, generation: seen.grant?.generation ?? 0 };
    const endsAt = parts.clock.monotonic() + LEASE_MS;
    const outcome = await parts.store.takeTurn(seeker, turnTaking(parts, scheduler, app));
    switch (outcome.outcome) {
      case 'paused':
        throw pauseError(app, outcome.pause, now);
      case 'backing off':
        throw backOffError(connection, outcome, now);
      case 'held':
        if (waitedMs() >= LEASE_MS) throw new LeaseHeld(connection, RETRY_AFTER_MS);
        if (scheduler.hears) lookAfterMs = Math.min(2 * lookAfterMs, LOOK_ANYWAY_MS);
        await attention.wait(scheduler.hears ? lookAfterMs : LOOK_AGAIN_MS);
        break;
      case 'queued':
        queued = true;
        if (waitedMs() >= QUEUE_WAIT_MS) throw new TokenPending(connection, Math.max(1_000, outcome.at - now));
        await scheduler.waitForTurn(app, connection, Math.min(outcome.at - now, QUEUE_WAIT_MS - waitedMs()));
        break;
      case 'taken':
        try {
          const won = await underLease(parts, { ...outcome.turn, endsAt }, wish.stillDue);
          if (won) return won;
          app = undefined;
        } catch (cause) {
          if (!(cause instanceof SlotPending)) throw cause;
          app = cause.app;
        }
    }
  }
}

/**
 * Wins what a turn of the scheduler is for, which was picked by the App of the Grant. Where that is dead, and the credentials
 * are of another App, its budget decides: it is picked by that one from then on, and not again and again in vain.
 *
 * @throws what `underLease` throws
 */
export async function winPicked(parts: WinningParts, turn: HeldTurn): Promise<void> {
  try {
    await underLease(parts, turn, () => true);
  } catch (error) {
    if (!(error instanceof GrantDead)) await payFromNext(parts, turn).catch(() => undefined);
    throw error;
  }
}

async function payFromNext(parts: WinningParts, { app, lease }: HeldTurn): Promise<void> {
  const next = await nextApp(parts, await look(parts, lease.connection));
  if (next !== app) await parts.store.payFrom(lease.connection, next);
}

/** How this node takes turns in the budget of an App now. */
export function turnTaking(parts: WinningParts, scheduler: Pick<Scheduler, 'forecastFor'>, app: string): TurnTaking {
  return { holder: newHolder(parts), leaseMs: LEASE_MS, now: parts.clock.now(), ...scheduler.forecastFor(app) };
}

// The old access token dies with the Refresh. Whoever was handed it a moment ago, by this node or another, is using it.
async function letLastUsesEnd(parts: WinningParts, grant: Grant): Promise<void> {
  const sinceLastHandOut = parts.clock.now() - usableUntil(grant);
  if (sinceLastHandOut >= 0 && sinceLastHandOut < LAST_USES_MS) await parts.clock.sleep(LAST_USES_MS - sinceLastHandOut);
}

/** Whose budget the next request takes: that of the App which the Grant was won with, else of the first that may still be signed in with. */
async function nextApp(parts: WinningParts, { connection, grant }: Awaited<ReturnType<typeof look>>): Promise<string> {
  const now = parts.clock.now();
  if (grant && canRefresh(grant, now)) return grant.app;
  const apps = (await parts.store.listCredentialOutlines([connection.name])).filter(({ refused }) => !refused).map(({ app }) => app ?? connection.app);
  for (const app of new Set(apps)) {
    const { pause } = await parts.store.findBudget(app, now);
    if (!pause || pause.until <= now) return app;
  }
  return apps[0] ?? connection.app;
}
