import type { Connection } from '../domain/connection.ts';
import { AppNotFound, ConnectionNotFound, LeaseHeld, PlatformAnswerUnusable, PlatformUnreachable, RingCxRefused } from '../domain/errors.ts';
import type { Grant } from '../domain/grant.ts';
import type { RingCxGrant, RingCxPair } from '../domain/ring-cx-grant.ts';
import { RingCxTokenRefused } from '../oauth/ringcx-answer.ts';
import { ringCxExchangeRequest, ringCxRefreshRequest } from '../oauth/ringcx-request.ts';
import { messageOf } from '../runtime/log.ts';
import { newHolder } from './lease.ts';
import type { RingCxParts } from './ring-cx-parts.ts';
import { askRingCx } from './ring-cx-request.ts';

// Taken anew before each request to RingCX, which takes 16 s at most with its repeat; a RingCentral token takes 10 s.
const LEASE_MS = 30_000;
// While another node asks, this is how often its result is looked for.
const LOOK_AGAIN_MS = 50;
const RETRY_AFTER_MS = 5_000;

/** Whether the stored pair is one that the caller cannot use. */
type StillDue = (stored: RingCxGrant) => Promise<boolean>;

/** Another run has the Lease by now, or the Grant was revoked meanwhile: what is stored is looked at anew. */
class Overtaken extends Error {}

/** One run that has the Lease of a Connection's RingCX tokens. */
interface RingCxRun {
  readonly parts: RingCxParts;
  readonly connection: Connection;
  /** Of its Lease; no other run passes for it. */
  readonly holder: string;
}

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
  const holder = newHolder(parts);
  const until = clock.now() + LEASE_MS;
  for (;;) {
    const seen = await store.findRingCxGrant(name);
    if (seen && !(await stillDue(seen))) return seen;
    if (await takeLease(parts, name, holder)) {
      const won = await holding(parts, name, holder, stillDue);
      if (won) return won;
    }
    if (clock.now() >= until) throw new LeaseHeld(name, RETRY_AFTER_MS);
    await clock.sleep(LOOK_AGAIN_MS);
  }
}

function takeLease({ store, clock }: RingCxParts, name: string, holder: string): Promise<boolean> {
  const now = clock.now();
  return store.takeRingCxLease(name, holder, now + LEASE_MS, now);
}

/** @returns nothing where the Lease was lost meanwhile */
async function holding(parts: RingCxParts, name: string, holder: string, stillDue: StillDue): Promise<RingCxGrant | undefined> {
  try {
    const connection = await parts.store.findConnection(name);
    if (!connection) throw new ConnectionNotFound(name);
    const stored = await parts.store.findRingCxGrant(name);
    if (stored && !(await stillDue(stored))) return stored;
    const run = { parts, connection, holder };
    return (await refresh(run, stored)) ?? (await exchange(run, stored));
  } catch (error) {
    if (error instanceof Overtaken) return undefined;
    throw error;
  } finally {
    await giveBackLease(parts, name, holder);
  }
}

async function giveBackLease({ store, log }: RingCxParts, name: string, holder: string): Promise<void> {
  try {
    await store.giveBackRingCxLease(name, holder);
  } catch (error) {
    log.warn('ringcx_lease.not_given_back', { connection: name, error: messageOf(error) });
  }
}

/** @returns nothing where there is nothing to refresh with, or it came to nothing: then a RingCentral token is exchanged */
async function refresh(run: RingCxRun, stored: RingCxGrant | undefined): Promise<RingCxGrant | undefined> {
  const { parts, connection } = run;
  if (!stored?.refreshToken || (await originOf(parts, stored.app)) !== stored.origin) return undefined;
  const { refreshToken, app, origin } = stored;
  await keepLease(run);
  try {
    const pair = await askRingCx(parts, { connection: connection.name, app, origin, request: 'refresh' }, (wire) =>
      ringCxRefreshRequest(origin, refreshToken, wire),
    );
    if (isOthers(stored, pair)) return await forget(parts, stored, 'owner_changed');
    return await keep(run, { ...stored, ...pair, ...kept(stored, pair) }, stored);
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

async function exchange(run: RingCxRun, stored: RingCxGrant | undefined): Promise<RingCxGrant> {
  const { parts, connection } = run;
  const grant = await parts.tokens.usableGrant(connection.name);
  try {
    return await exchangeGrant(run, stored, grant);
  } catch (cause) {
    if (!(cause instanceof RingCxTokenRefused)) throw cause;
    // RingCX does not say whether the token is at fault, so the minute between two such attempts is the Connection's.
    const newer = cause.platformStatus === 401 ? await parts.tokens.newerGrant(grant, { hearsay: true }) : undefined;
    if (!newer) throw refused(connection, cause);
    return await exchangeGrant(run, stored, newer).catch((again) => {
      throw again instanceof RingCxTokenRefused ? refused(connection, again) : again;
    });
  }
}

function refused({ name }: Connection, { platformStatus, platformCode }: RingCxTokenRefused): RingCxRefused {
  return new RingCxRefused(name, platformStatus, platformCode);
}

async function exchangeGrant(run: RingCxRun, stored: RingCxGrant | undefined, grant: Grant): Promise<RingCxGrant> {
  const { parts, connection } = run;
  const { app } = grant;
  const origin = await originOf(parts, app);
  await keepLease(run);
  const pair = await askRingCx(parts, { connection: connection.name, app, origin, request: 'exchange' }, (wire) =>
    ringCxExchangeRequest(origin, grant.accessToken, wire),
  );
  const won = { ...pair, connection: connection.name, app, origin, grantGeneration: grant.generation, agentDetails: pair.agentDetails ?? [] };
  return keep(run, won, stored);
}

async function originOf({ store }: RingCxParts, name: string): Promise<string> {
  const app = await store.findApp(name);
  if (!app) throw new AppNotFound(name);
  return app.ringcxOrigin;
}

async function keepLease({ parts, connection, holder }: RingCxRun): Promise<void> {
  if (!(await takeLease(parts, connection.name, holder))) throw new Overtaken();
}

/** Saves the pair as the next generation, before anybody sees it. */
async function keep({ parts, connection }: RingCxRun, won: Omit<RingCxGrant, 'generation'>, old: RingCxGrant | undefined): Promise<RingCxGrant> {
  const { store, log } = parts;
  const expected = old?.generation ?? 0;
  const grant: RingCxGrant = { ...won, generation: expected + 1 };
  if (await store.saveRingCxGrant(grant, expected, connection.id)) {
    log.info('ringcx.saved', { connection: connection.name, generation: grant.generation, expiresAt: grant.expiresAt });
    return grant;
  }
  const stored = await store.findRingCxGrant(connection.name);
  log.warn('ringcx.pair_dropped', { connection: connection.name, stored: stored?.generation ?? 0 });
  if (!stored) throw new Overtaken();
  return stored;
}
