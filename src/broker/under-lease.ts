import type { Budget, Turn } from '../domain/budget.ts';
import type { Connection } from '../domain/connection.ts';
import type { Credential } from '../domain/credential.ts';
import { AccountLocked, AppRefused, ConnectionNotFound, GrantDead, OwnerChanged, PlatformAnswerUnusable, PlatformUnreachable } from '../domain/errors.ts';
import { canRefresh, type Grant, type TokenPair } from '../domain/grant.ts';
import type { Lease, LeaseEnd } from '../domain/lease.ts';
import { refreshGrantRequest } from '../oauth/refresh.ts';
import { TokenRefused } from '../oauth/token-answer.ts';
import { messageOf } from '../runtime/log.ts';
import { ask, credentialRequest, endSession, type Run } from './ask.ts';
import { backOffMs } from './back-off.ts';
import { LOCKED } from './budgets.ts';
import { giveBackLease } from './lease.ts';
import type { WinningParts } from './parts.ts';
import { findRepairable, openCredentials } from './repair.ts';
import { saveWon } from './save.ts';

// RingCentral "Refresh tokens": the old one works for about an hour while the new access token is unused.
const GRACE_MS = 60 * 60_000;

/** A turn as its holder has it. */
export interface HeldTurn extends Turn {
  /** When its Lease ends by `monotonic()`. */
  readonly endsAt: number;
}

/**
 * Wins the next token pair of a Connection, whose Lease is held, and makes it durable: read again, still due? refresh,
 * else sign in, save where the generation is the one that was read. The Lease is given back, and a slot that was not used.
 *
 * @param stillDue  whether the stored Grant is one that nobody can use
 * @returns nothing where the stored Grant is not due any more, or no longer the one that was to be replaced; or where
 *          new credentials came while the old ones were refused
 * @throws SlotPending          a second request is needed, and the budget has no slot for it now
 * @throws GrantDead            the refresh token is dead and every credential was refused: a person must sign in
 * @throws AppRefused           the App's fault; the Grant is untouched
 * @throws PlatformBusy, AccountLocked, PlatformAway  inside a penalty; of the account; after unclear answers
 * @throws PlatformUnreachable  no clear answer; the Grant is untouched and may be asked again
 * @throws StoreUnavailable     the database is away; what was won stands in the rescue journal
 */
export async function underLease(parts: WinningParts, turn: HeldTurn, stillDue: (grant: Grant) => boolean): Promise<Grant | undefined> {
  const { lease } = turn;
  const run: Run = { parts, lease, endsAt: turn.endsAt, slot: turn.budget, usedAt: turn.cause === 'alive' ? undefined : parts.clock.now(), notes: [] };
  let end: LeaseEnd = { unclear: false };
  try {
    const { connection, grant } = await look(parts, lease.connection);
    // Another run may have won between our reading and our taking.
    if ((grant?.generation ?? 0) !== lease.generation || (grant && !stillDue(grant))) return undefined;
    return (await saveEarlier(parts, connection, grant)) ?? (await refreshGrant(run, connection, grant)) ?? (await signIn(run, connection, grant));
  } catch (error) {
    end = endAfter(parts, lease, error);
    throw error;
  } finally {
    await Promise.all(run.notes);
    if (run.slot) await returnSlot(parts, run.slot);
    await giveBackLease(parts, lease, end);
  }
}

function endAfter({ clock, random }: WinningParts, { failures }: Lease, error: unknown): LeaseEnd {
  const now = clock.now();
  if (error instanceof AccountLocked) return { unclear: false, retry: { at: now + (error.retryAfterMs ?? 0), code: LOCKED } };
  const unclear = error instanceof PlatformUnreachable || error instanceof PlatformAnswerUnusable || error instanceof OwnerChanged;
  return unclear ? { unclear, retry: { at: now + backOffMs(random, failures + 1), code: error.code } } : { unclear };
}

/** Gives a slot back that nothing was sent for. */
export async function returnSlot({ store, log }: Pick<WinningParts, 'store' | 'log'>, { app, slots, limit }: Budget): Promise<void> {
  const taken = slots.at(-1);
  if (limit === undefined || taken === undefined) return;
  try {
    await store.returnSlot(app, taken);
  } catch (error) {
    log.warn('budget.slot_not_returned', { app, error: messageOf(error) });
  }
}

/** A Connection and its Grant, as they are stored. @throws ConnectionNotFound */
export async function look(parts: WinningParts, name: string): Promise<{ connection: Connection; grant: Grant | undefined }> {
  const [connection, grant] = await Promise.all([parts.store.findConnection(name), findRepairable(parts, name)]);
  if (!connection) throw new ConnectionNotFound(name);
  return { connection, grant };
}

/** Saves what an earlier run won and could not save: its refresh token is spent, so nothing else may be asked first. */
async function saveEarlier(parts: WinningParts, connection: Connection, grant: Grant | undefined): Promise<Grant | undefined> {
  const rescued = parts.rescue.find(connection.name);
  if (!rescued) return undefined;
  const living = rescued.connectionId === connection.id && rescued.expectedGeneration === (grant?.generation ?? 0);
  const saved = living && (await parts.store.saveGrant(rescued.grant, rescued.expectedGeneration, rescued.connectionId));
  parts.rescue.forget(connection.name);
  return saved ? rescued.grant : undefined;
}

/** @returns nothing where there is nothing to refresh with, or the refresh token is dead and no newer Grant is stored */
async function refreshGrant(run: Run, connection: Connection, grant: Grant | undefined): Promise<Grant | undefined> {
  const { parts } = run;
  if (!grant?.refreshToken || !canRefresh(grant, parts.clock.now())) return undefined;
  const { refreshToken } = grant;
  try {
    const pair = await ask(run, grant.app, firstAttemptAt(run), (app, wire) => refreshGrantRequest(app, refreshToken, wire));
    if (isOthers(connection, pair)) throw await othersTokens(parts, connection.name);
    return await keep(run, connection, grant.app, keepingRefreshToken(pair, grant), grant);
  } catch (cause) {
    if (!(cause instanceof TokenRefused)) throw cause;
    // Another process may have spent this refresh token: only the row can tell that from one that is dead.
    const stored = await parts.store.findGrant(connection.name);
    if (stored && stored.generation > grant.generation) return stored;
    await parts.store.refuseRefreshToken(connection.name, grant.generation, { at: parts.clock.now(), code: cause.platformCode });
    parts.log.warn('grant.refresh_token_dead', { connection: connection.name, generation: grant.generation, code: cause.platformCode });
    return undefined;
  }
}

// Answers were mixed up on the way: ours may still come where the platform is asked again. The session is left alone, which may
// be that of another Connection here.
async function othersTokens({ trail }: WinningParts, connection: string): Promise<OwnerChanged> {
  const error = new OwnerChanged(connection);
  await trail.note({ who: 'gateway', action: 'refuseTokens', object: `connections/${connection}`, address: '', result: error.code, requestId: '' });
  return error;
}

// A repeated Refresh brings the pair that the first one won, so expiry counts from there; but only for as long as the
// platform repeats it: after that the old refresh token would be dead, and what comes is new.
function firstAttemptAt({ parts, lease }: Run): number {
  const now = parts.clock.now();
  return now - lease.firstAttemptAt < GRACE_MS ? lease.firstAttemptAt : now;
}

/**
 * Tries the Connection's credentials in their order; one that was refused is not presented again.
 *
 * @returns nothing where somebody has given it new ones, or a Grant, while these were refused
 */
async function signIn(run: Run, connection: Connection, grant: Grant | undefined): Promise<Grant | undefined> {
  const { parts } = run;
  let appFault: AppRefused | undefined;
  let refusal: TokenRefused | OwnerChanged | undefined;
  for (const [position, credential] of await openCredentials(parts, connection.name)) {
    try {
      return await signInWith(run, connection, grant, credential);
    } catch (cause) {
      if (cause instanceof AppRefused) appFault = cause;
      else if (cause instanceof TokenRefused || cause instanceof OwnerChanged) refusal = await refuse(parts, connection, position, credential, cause);
      else throw cause;
    }
  }
  // An App that is refused says nothing about the user: the credential stays good, and nobody has to sign in.
  if (appFault) throw appFault;
  const code = refusal ? codeOf(refusal) : 'no_credential';
  if (!(await parts.store.needSignIn(connection.name, grant?.generation ?? 0, { at: parts.clock.now(), code }))) return undefined;
  parts.log.warn('connection.needs_sign_in', { connection: connection.name, code });
  throw new GrantDead(connection.name, code, refusal);
}

async function signInWith(run: Run, connection: Connection, grant: Grant | undefined, credential: Credential): Promise<Grant> {
  const { parts } = run;
  const app = credential.app ?? connection.app;
  const pair = await ask(run, app, parts.clock.now(), (target, wire) => credentialRequest(target, credential, wire));
  if (isOthers(connection, pair)) {
    await endSession(parts, app, connection.name, pair);
    throw new OwnerChanged(connection.name);
  }
  const kept = await keep(run, connection, app, pair, grant);
  parts.log.info('connection.signed_in', { connection: connection.name, app, kind: credential.kind, generation: kept.generation });
  return kept;
}

async function refuse<Refusal extends TokenRefused | OwnerChanged>(
  parts: WinningParts,
  connection: Connection,
  position: number,
  credential: Credential,
  refusal: Refusal,
): Promise<Refusal> {
  const refused = { at: parts.clock.now(), code: codeOf(refusal) };
  if (await parts.store.refuseCredential(connection.name, position, credential, refused))
    parts.log.warn('credential.refused', { connection: connection.name, kind: credential.kind, code: refused.code });
  return refusal;
}

function codeOf(refusal: TokenRefused | OwnerChanged): string {
  return refusal instanceof TokenRefused ? refusal.platformCode : refusal.code;
}

// An answer without a refresh token leaves the old one in force (RFC 6749 §6).
function keepingRefreshToken(pair: TokenPair, { refreshToken, refreshExpiresAt }: Grant): TokenPair {
  return pair.refreshToken ? pair : { ...pair, refreshToken, refreshExpiresAt };
}

function isOthers(connection: Connection, pair: TokenPair): boolean {
  return connection.ownerId !== undefined && pair.ownerId !== undefined && pair.ownerId !== connection.ownerId;
}

/** Saves the pair as the next generation, before anybody sees it (G2). */
async function keep({ parts, usedAt }: Run, connection: Connection, app: string, pair: TokenPair, old: Grant | undefined): Promise<Grant> {
  const expected = old?.generation ?? 0;
  const grant: Grant = { ...pair, connection: connection.name, app, generation: expected + 1, refreshRefused: undefined };
  if (await saveWon(parts, { grant, expectedGeneration: expected, connectionId: connection.id }, usedAt)) {
    parts.log.info('grant.saved', { connection: connection.name, app, generation: grant.generation, expiresAt: grant.expiresAt });
    return grant;
  }
  const stored = await parts.store.findGrant(connection.name);
  if (!stored) throw new ConnectionNotFound(connection.name);
  // Ours lost. Revoking ends a whole session, so it is done only where that is not the winner's.
  if (pair.sessionId !== undefined && stored.sessionId !== pair.sessionId) await endSession(parts, app, connection.name, pair);
  parts.log.warn('grant.pair_dropped', { connection: connection.name, stored: stored.generation });
  return stored;
}
