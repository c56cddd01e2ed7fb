import type { Connection } from '../domain/connection.ts';
import type { Credential } from '../domain/credential.ts';
import { AppRefused, ConnectionNotFound, GrantDead, LeaseHeld, OwnerChanged, PlatformAnswerUnusable, PlatformUnreachable } from '../domain/errors.ts';
import { canRefresh, type Grant, type TokenPair, usableUntil } from '../domain/grant.ts';
import type { Lease } from '../domain/lease.ts';
import { refreshGrantRequest } from '../oauth/refresh.ts';
import { TokenRefused } from '../oauth/token-answer.ts';
import { ask, credentialRequest, endSession } from './ask.ts';
import { giveBackLease, LEASE_MS, takeLease } from './lease.ts';
import type { WinningParts } from './parts.ts';
import { appPause, connectionPause } from './pauses.ts';
import { findRepairable, openCredentials } from './repair.ts';
import { saveWon } from './save.ts';

// While another node holds the Lease, this is how often its result is looked for: a Refresh takes some 100 ms.
const LOOK_AGAIN_MS = 50;
const RETRY_AFTER_MS = 5_000;
// A token is used within some milliseconds of being handed out, or its `expires_in` is heeded.
const LAST_USES_MS = 250;
// RingCentral "Refresh tokens": the old one works for about an hour while the new access token is unused.
const GRACE_MS = 60 * 60_000;

/**
 * Wins the next token pair of a Connection and makes it durable: take the Lease, read again, still due? refresh, else
 * sign in, save where the generation is the one that was read.
 *
 * Within a process the caller sees to it that one run per Connection is under way; among processes the Lease does.
 *
 * @param stillDue  whether the stored Grant is one that the caller cannot use; another run may have replaced it
 * @throws GrantDead            the refresh token is dead and every credential was refused: a person must sign in
 * @throws AppRefused           the App's fault; the Grant is untouched
 * @throws PlatformBusy         inside a penalty
 * @throws PlatformUnreachable  no clear answer; the Grant is untouched and may be asked again
 * @throws LeaseHeld            another node has held the Lease for as long as a Lease lasts
 * @throws StoreUnavailable     the database is away; what was won stands in the rescue journal
 */
export async function winGrant(parts: WinningParts, name: string, stillDue: (grant: Grant) => boolean): Promise<Grant> {
  const until = parts.clock.now() + LEASE_MS;
  for (;;) {
    const seen = await look(parts, name);
    if (seen.grant && !stillDue(seen.grant)) return seen.grant;
    if (seen.connection.signInNeeded) throw new GrantDead(name, seen.connection.signInNeeded.code);
    // Asked before the Lease is taken: expiry counts from there, and during a pause nothing leaves.
    if (seen.grant) await letLastUsesEnd(parts, seen.grant);
    parts.pauses.check(connectionPause(name));
    if (seen.grant && canRefresh(seen.grant, parts.clock.now())) parts.pauses.check(appPause(seen.grant.app));

    const lease = await takeLease(parts, name, seen.grant?.generation ?? 0);
    if (lease) return holding(parts, lease, stillDue);
    if (parts.clock.now() >= until) throw new LeaseHeld(name, RETRY_AFTER_MS);
    await parts.clock.sleep(LOOK_AGAIN_MS);
  }
}

// The old access token dies with the Refresh. Whoever was handed it a moment ago, by this node or another, is using it.
async function letLastUsesEnd(parts: WinningParts, grant: Grant): Promise<void> {
  const sinceLastHandOut = parts.clock.now() - usableUntil(grant);
  if (sinceLastHandOut >= 0 && sinceLastHandOut < LAST_USES_MS) await parts.clock.sleep(LAST_USES_MS - sinceLastHandOut);
}

async function holding(parts: WinningParts, lease: Lease, stillDue: (grant: Grant) => boolean): Promise<Grant> {
  let unclear = false;
  try {
    const { connection, grant } = await look(parts, lease.connection);
    // The node that held the Lease before may have won between our reading and our taking.
    if ((grant?.generation ?? 0) !== lease.generation) return await winGrant(parts, lease.connection, stillDue);
    return (
      (await saveEarlier(parts, connection, grant)) ?? (await refreshGrant(parts, lease, connection, grant)) ?? (await signIn(parts, lease, connection, grant))
    );
  } catch (error) {
    unclear = error instanceof PlatformUnreachable || error instanceof PlatformAnswerUnusable;
    throw error;
  } finally {
    await giveBackLease(parts, lease, unclear);
  }
}

async function look(parts: WinningParts, name: string): Promise<{ connection: Connection; grant: Grant | undefined }> {
  const connection = await parts.store.findConnection(name);
  if (!connection) throw new ConnectionNotFound(name);
  return { connection, grant: await findRepairable(parts, name) };
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
async function refreshGrant(parts: WinningParts, lease: Lease, connection: Connection, grant: Grant | undefined): Promise<Grant | undefined> {
  if (!grant?.refreshToken || !canRefresh(grant, parts.clock.now())) return undefined;
  const { refreshToken } = grant;
  try {
    const pair = await ask(parts, lease, grant.app, firstAttemptAt(parts, lease), (app, wire) => refreshGrantRequest(app, refreshToken, wire));
    if (isOthers(connection, pair)) throw new OwnerChanged(connection.name);
    return await keep(parts, connection, grant.app, keepingRefreshToken(pair, grant), grant);
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

// A repeated Refresh brings the pair that the first one won, so expiry counts from there; but only for as long as the
// platform repeats it: after that the old refresh token would be dead, and what comes is new.
function firstAttemptAt(parts: WinningParts, lease: Lease): number {
  const now = parts.clock.now();
  return now - lease.firstAttemptAt < GRACE_MS ? lease.firstAttemptAt : now;
}

/** Tries the Connection's credentials in their order; one that was refused is not presented again. */
async function signIn(parts: WinningParts, lease: Lease, connection: Connection, grant: Grant | undefined): Promise<Grant> {
  let appFault: AppRefused | undefined;
  let refusal: TokenRefused | OwnerChanged | undefined;
  for (const [position, credential] of await openCredentials(parts, connection.name)) {
    if (credential.refused) continue;
    try {
      return await signInWith(parts, lease, connection, grant, credential);
    } catch (cause) {
      if (cause instanceof AppRefused) appFault = cause;
      else if (cause instanceof TokenRefused || cause instanceof OwnerChanged) refusal = await refuse(parts, connection, position, credential, cause);
      else throw cause;
    }
  }
  // An App that is refused says nothing about the user: the credential stays good, and nobody has to sign in.
  if (appFault) throw appFault;
  const code = refusal ? codeOf(refusal) : 'no_credential';
  await parts.store.needSignIn(connection.name, grant?.generation ?? 0, { at: parts.clock.now(), code });
  parts.log.warn('connection.needs_sign_in', { connection: connection.name, code });
  throw new GrantDead(connection.name, code, refusal);
}

async function signInWith(parts: WinningParts, lease: Lease, connection: Connection, grant: Grant | undefined, credential: Credential): Promise<Grant> {
  const app = credential.app ?? connection.app;
  const pair = await ask(parts, lease, app, parts.clock.now(), (target, wire) => credentialRequest(target, credential, wire));
  if (isOthers(connection, pair)) {
    await endSession(parts, app, connection.name, pair);
    throw new OwnerChanged(connection.name);
  }
  const kept = await keep(parts, connection, app, pair, grant);
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
  await parts.store.refuseCredential(connection.name, position, refused);
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
async function keep(parts: WinningParts, connection: Connection, app: string, pair: TokenPair, old: Grant | undefined): Promise<Grant> {
  const expected = old?.generation ?? 0;
  const grant: Grant = { ...pair, connection: connection.name, app, generation: expected + 1, refreshRefused: undefined };
  if (await saveWon(parts, { grant, expectedGeneration: expected, connectionId: connection.id })) {
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
