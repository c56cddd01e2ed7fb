import type { Connection } from '../domain/connection.ts';
import { AppNotFound, ConnectionNotFound, LeaseHeld, PlatformAnswerUnusable, PlatformUnreachable, RingCxRefused } from '../domain/errors.ts';
import type { Grant } from '../domain/grant.ts';
import type { RingCxGrant, RingCxPair } from '../domain/ring-cx-grant.ts';
import { RingCxTokenRefused } from '../oauth/ringcx-answer.ts';
import { ringCxExchangeRequest, ringCxRefreshRequest } from '../oauth/ringcx-request.ts';
import type { RingCxParts } from './ring-cx-parts.ts';
import { askRingCx } from './ring-cx-request.ts';

// Taken anew before each request to RingCX, which takes 16 s at most with its repeat; a RingCentral token takes 10 s.
const LEASE_MS = 30_000;
// While another node asks, this is how often its result is looked for.
const LOOK_AGAIN_MS = 50;
const RETRY_AFTER_MS = 5_000;

/** Whether the stored pair is one that the caller cannot use. */
type StillDue = (stored: RingCxGrant) => Promise<boolean>;

/** Another node has the Lease by now; what it wins is looked for. */
class LeaseLost extends Error {}

/**
 * Wins the next RingCX pair of a Connection and makes it durable: take the Lease of RingCX, read again, still due?
 * refresh, else exchange the RingCentral token, save where the generation is the one that was read.
 *
 * The Grant's own Lease is taken inside, while a RingCentral token is won, and given back before RingCX is asked; never
 * the other way round, so the two cannot wait for each other.
 *
 * @throws RingCxRefused, PlatformBusy, PlatformUnreachable, PlatformAnswerUnusable  what RingCX said to the exchange
 * @throws LeaseHeld  another node has had the Lease for as long as it lasts
 * @throws ConnectionNotFound, and what `Tokens.usableGrant` throws
 */
export async function winRingCxGrant(parts: RingCxParts, name: string, stillDue: StillDue): Promise<RingCxGrant> {
  const { store, clock } = parts;
  const until = clock.now() + LEASE_MS;
  for (;;) {
    const seen = await store.findRingCxGrant(name);
    if (seen && !(await stillDue(seen))) return seen;
    if (await takeLease(parts, name)) {
      const won = await holding(parts, name, stillDue);
      if (won) return won;
    }
    if (clock.now() >= until) throw new LeaseHeld(name, RETRY_AFTER_MS);
    await clock.sleep(LOOK_AGAIN_MS);
  }
}

function takeLease({ store, clock, node }: RingCxParts, name: string): Promise<boolean> {
  const now = clock.now();
  return store.takeRingCxLease(name, node, now + LEASE_MS, now);
}

/** @returns nothing where the Lease was lost meanwhile */
async function holding(parts: RingCxParts, name: string, stillDue: StillDue): Promise<RingCxGrant | undefined> {
  try {
    const connection = await parts.store.findConnection(name);
    if (!connection) throw new ConnectionNotFound(name);
    const stored = await parts.store.findRingCxGrant(name);
    if (stored && !(await stillDue(stored))) return stored;
    return (await refresh(parts, connection, stored)) ?? (await exchange(parts, connection, stored));
  } catch (error) {
    if (error instanceof LeaseLost) return undefined;
    throw error;
  } finally {
    await giveBackLease(parts, name);
  }
}

async function giveBackLease({ store, node, log }: RingCxParts, name: string): Promise<void> {
  try {
    await store.giveBackRingCxLease(name, node);
  } catch (error) {
    log.warn('ringcx_lease.not_given_back', { connection: name, error: error instanceof Error ? error.message : String(error) });
  }
}

/** @returns nothing where there is nothing to refresh with, or it came to nothing: then a RingCentral token is exchanged */
async function refresh(parts: RingCxParts, connection: Connection, stored: RingCxGrant | undefined): Promise<RingCxGrant | undefined> {
  if (!stored?.refreshToken || (await originOf(parts, stored.app)) !== stored.origin) return undefined;
  const { refreshToken, app, origin } = stored;
  await keepLease(parts, connection.name);
  try {
    const pair = await askRingCx(parts, { connection: connection.name, app, origin, request: 'refresh' }, (wire) =>
      ringCxRefreshRequest(origin, refreshToken, wire),
    );
    if (isOthers(stored, pair)) return await forget(parts, stored, 'owner_changed');
    return await keep(parts, connection, { ...stored, ...pair, ...kept(stored, pair) }, stored);
  } catch (cause) {
    if (cause instanceof RingCxTokenRefused) return forget(parts, stored, cause.platformCode);
    // Without a clear answer an exchange helps where only the Refresh is at fault; its own failure is what callers hear.
    if (cause instanceof PlatformUnreachable || cause instanceof PlatformAnswerUnusable) return undefined;
    throw cause;
  }
}

// What an answer leaves out stays as it was (RFC 6749 §6 says so of the refresh token).
function kept(stored: RingCxGrant, pair: RingCxPair): Pick<RingCxGrant, 'refreshToken' | 'mainAccountId' | 'adminId' | 'agentDetails'> {
  return {
    refreshToken: pair.refreshToken ?? stored.refreshToken,
    mainAccountId: pair.mainAccountId ?? stored.mainAccountId,
    adminId: pair.adminId ?? stored.adminId,
    agentDetails: pair.agentDetails ?? stored.agentDetails,
  };
}

// A Refresh goes on with the same user. `rcUserId` is not compared with the Connection's owner: RingCX does not say that
// it is an extension's id, and in its own example it is none.
function isOthers(stored: RingCxGrant, pair: RingCxPair): boolean {
  const differs = (one: string | undefined, other: string | undefined) => one !== undefined && other !== undefined && one !== other;
  return differs(stored.mainAccountId, pair.mainAccountId) || differs(stored.adminId, pair.adminId);
}

/** Forgets a refresh token that is of no use. @returns the newer pair, where another process has spent it to win that */
async function forget({ store, log }: RingCxParts, stored: RingCxGrant, code: string): Promise<RingCxGrant | undefined> {
  const { connection, generation } = stored;
  const latest = await store.findRingCxGrant(connection);
  if (latest && latest.generation > generation) return latest;
  await store.forgetRingCxRefreshToken(connection, generation);
  log.warn('ringcx.refresh_token_dead', { connection, generation, code });
  return undefined;
}

async function exchange(parts: RingCxParts, connection: Connection, stored: RingCxGrant | undefined): Promise<RingCxGrant> {
  const grant = await parts.tokens.usableGrant(connection.name);
  try {
    return await exchangeGrant(parts, connection, stored, grant);
  } catch (cause) {
    if (!(cause instanceof RingCxTokenRefused)) throw cause;
    // RingCX does not say whether the token is at fault, so the minute between two such attempts is the Connection's.
    const newer = cause.platformStatus === 401 ? await parts.tokens.newerGrant(grant, { hearsay: true }) : undefined;
    if (!newer) throw refused(connection, cause);
    return await exchangeGrant(parts, connection, stored, newer).catch((again) => {
      throw again instanceof RingCxTokenRefused ? refused(connection, again) : again;
    });
  }
}

function refused({ name }: Connection, { platformStatus, platformCode }: RingCxTokenRefused): RingCxRefused {
  return new RingCxRefused(name, platformStatus, platformCode);
}

async function exchangeGrant(parts: RingCxParts, connection: Connection, stored: RingCxGrant | undefined, grant: Grant): Promise<RingCxGrant> {
  const { app } = grant;
  const origin = await originOf(parts, app);
  await keepLease(parts, connection.name);
  const pair = await askRingCx(parts, { connection: connection.name, app, origin, request: 'exchange' }, (wire) =>
    ringCxExchangeRequest(origin, grant.accessToken, wire),
  );
  const won = { ...pair, connection: connection.name, app, origin, grantGeneration: grant.generation, agentDetails: pair.agentDetails ?? [] };
  return keep(parts, connection, won, stored);
}

async function originOf({ store }: RingCxParts, name: string): Promise<string> {
  const app = await store.findApp(name);
  if (!app) throw new AppNotFound(name);
  return app.ringcxOrigin;
}

async function keepLease(parts: RingCxParts, name: string): Promise<void> {
  if (!(await takeLease(parts, name))) throw new LeaseLost();
}

/** Saves the pair as the next generation, before anybody sees it. */
async function keep(
  { store, log }: RingCxParts,
  connection: Connection,
  won: Omit<RingCxGrant, 'generation'>,
  old: RingCxGrant | undefined,
): Promise<RingCxGrant> {
  const expected = old?.generation ?? 0;
  const grant: RingCxGrant = { ...won, generation: expected + 1 };
  if (await store.saveRingCxGrant(grant, expected, connection.id)) {
    log.info('ringcx.saved', { connection: connection.name, generation: grant.generation, expiresAt: grant.expiresAt });
    return grant;
  }
  const stored = await store.findRingCxGrant(connection.name);
  if (!stored) throw new ConnectionNotFound(connection.name);
  log.warn('ringcx.pair_dropped', { connection: connection.name, stored: stored.generation });
  return stored;
}
