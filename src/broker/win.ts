import type { Connection } from '../domain/connection.ts';
import type { Credential } from '../domain/credential.ts';
import { AppNotFound, AppRefused, ConnectionNotFound, GrantDead, OwnerChanged, PlatformUnreachable } from '../domain/errors.ts';
import { canRefresh, type Grant, type TokenPair } from '../domain/grant.ts';
import { passwordGrantRequest } from '../oauth/password.ts';
import { refreshGrantRequest } from '../oauth/refresh.ts';
import { processTokenAnswer, type TokenAnswer, TokenRefused } from '../oauth/token-answer.ts';
import type { TokenApp, Wire } from '../oauth/token-request.ts';
import type { BrokerParts } from './parts.ts';
import type { AppPauses } from './pauses.ts';

// An answer that takes longer is not coming; the same refresh token may then be asked again (design G3).
const TOKEN_TIMEOUT_MS = 10_000;
// An unclear answer (timeout, dropped connection, 5xx) is asked again once at once; after that the next caller asks.
const ATTEMPTS = 2;

/** What a winning run needs besides the broker's parts. */
export interface WinningParts extends BrokerParts {
  readonly pauses: AppPauses;
  /** When the first attempt for the pair after a generation left, by Connection: expiry counts from there. */
  readonly firstAttempts: Map<string, { readonly generation: number; readonly at: number }>;
}

/**
 * Wins the next token pair of a Connection and makes it durable: read again, still due? refresh, else sign in, save
 * where the generation is the one that was read.
 *
 * The caller sees to it that only one run per Connection is under way.
 *
 * @param stillDue  whether the stored Grant is one that the caller cannot use; another run may have replaced it
 * @throws GrantDead            the refresh token is dead and every credential was refused: a person must sign in
 * @throws AppRefused           the App's fault; the Grant is untouched
 * @throws PlatformBusy         inside a penalty
 * @throws PlatformUnreachable  no clear answer; the Grant is untouched and may be asked again
 */
export async function winGrant(parts: WinningParts, name: string, stillDue: (grant: Grant) => boolean): Promise<Grant> {
  const connection = await parts.store.findConnection(name);
  if (!connection) throw new ConnectionNotFound(name);
  const grant = await parts.store.findGrant(name);
  if (grant && !stillDue(grant)) return grant;
  if (connection.signInNeeded) throw new GrantDead(name);

  if (grant && canRefresh(grant, parts.clock.now())) {
    const refreshed = await refreshGrant(parts, connection, grant);
    if (refreshed) return refreshed;
  }
  return signIn(parts, connection, grant);
}

/** @returns nothing where the refresh token is dead and no newer Grant is stored */
async function refreshGrant(parts: WinningParts, connection: Connection, grant: Grant): Promise<Grant | undefined> {
  const refreshToken = grant.refreshToken;
  if (!refreshToken) return undefined;
  try {
    const pair = await ask(parts, connection.name, grant.app, grant.generation, (app, wire) => refreshGrantRequest(app, refreshToken, wire));
    return await keep(parts, connection, grant.app, pair, grant);
  } catch (cause) {
    if (!(cause instanceof TokenRefused)) throw cause;
    // Another process may have spent this refresh token: only the row can tell that from a Grant that is dead.
    const stored = await parts.store.findGrant(connection.name);
    if (stored && stored.generation > grant.generation) return stored;
    parts.log.warn('grant.refresh_token_dead', { connection: connection.name, generation: grant.generation, code: cause.platformCode });
    return undefined;
  }
}

/** Tries the Connection's credentials in their order; one that was refused is not presented again. */
async function signIn(parts: WinningParts, connection: Connection, grant: Grant | undefined): Promise<Grant> {
  let appFault: AppRefused | undefined;
  let refusal: TokenRefused | OwnerChanged | undefined;
  for (const [position, credential] of (await parts.store.listCredentials(connection.name)).entries()) {
    if (credential.refused) continue;
    const app = credential.app ?? connection.app;
    try {
      const pair = await ask(parts, connection.name, app, grant?.generation ?? 0, (target, wire) => credentialRequest(target, credential, wire));
      const kept = await keep(parts, connection, app, pair, grant);
      parts.log.info('connection.signed_in', { connection: connection.name, app, kind: credential.kind, generation: kept.generation });
      return kept;
    } catch (cause) {
      if (cause instanceof AppRefused) appFault = cause;
      else if (cause instanceof TokenRefused || cause instanceof OwnerChanged) refusal = await refuse(parts, connection, position, credential, cause);
      else throw cause;
    }
  }
  // An App that is refused says nothing about the user: the credential stays good, and nobody has to sign in.
  if (appFault) throw appFault;
  await parts.store.needSignIn(connection.name, grant?.generation ?? 0, { at: parts.clock.now(), code: refusal ? codeOf(refusal) : 'no_credential' });
  parts.log.warn('connection.needs_sign_in', { connection: connection.name });
  throw new GrantDead(connection.name, refusal);
}

function credentialRequest(app: TokenApp, credential: Credential, wire: Wire): Promise<TokenAnswer> {
  switch (credential.kind) {
    case 'password':
      return passwordGrantRequest(app, credential, wire);
    case 'refresh_token':
      return refreshGrantRequest(app, credential.refreshToken, wire);
  }
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

/**
 * Asks the token endpoint, once more after an unclear answer.
 *
 * @throws TokenRefused  with blame `grant` only; the App's own fault is an AppRefused
 */
async function ask(
  parts: WinningParts,
  connection: string,
  appName: string,
  generation: number,
  request: (app: TokenApp, wire: Wire) => Promise<TokenAnswer>,
): Promise<TokenPair> {
  const app = await parts.store.findApp(appName);
  if (!app) throw new AppNotFound(appName);
  parts.pauses.check(appName);
  const issuedAt = firstAttemptAt(parts, connection, generation);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await request(app, { fetch: parts.fetch, signal: parts.clock.deadline(TOKEN_TIMEOUT_MS) });
      return await processTokenAnswer(answer, app.platformOrigin, issuedAt);
    } catch (cause) {
      if (cause instanceof PlatformUnreachable && attempt < ATTEMPTS) continue;
      const fault = cause instanceof TokenRefused && cause.blame === 'app' ? new AppRefused(appName, cause.platformCode) : cause;
      parts.pauses.note(appName, fault);
      throw fault;
    }
  }
}

// A repeated request gets the pair that the first one won, with the lifetimes of then: expiry counts from the first.
function firstAttemptAt(parts: WinningParts, connection: string, generation: number): number {
  const known = parts.firstAttempts.get(connection);
  if (known?.generation === generation) return known.at;
  const at = parts.clock.now();
  parts.firstAttempts.set(connection, { generation, at });
  return at;
}

/** Saves the pair as the next generation, before anybody sees it (design G2). */
async function keep(parts: WinningParts, connection: Connection, app: string, pair: TokenPair, old: Grant | undefined): Promise<Grant> {
  if (connection.ownerId !== undefined && pair.ownerId !== undefined && pair.ownerId !== connection.ownerId) throw new OwnerChanged(connection.name);
  const expected = old?.generation ?? 0;
  const grant: Grant = {
    ...pair,
    // An App may issue an access token only, on a Refresh too: then there is nothing to refresh with next time.
    connection: connection.name,
    app,
    generation: expected + 1,
  };
  const saved = await parts.store.saveGrant(grant, expected);
  parts.firstAttempts.delete(connection.name);
  if (saved) {
    parts.log.info('grant.saved', { connection: connection.name, app, generation: grant.generation, expiresAt: grant.expiresAt });
    return grant;
  }
  const stored = await parts.store.findGrant(connection.name);
  if (!stored) throw new ConnectionNotFound(connection.name);
  return stored;
}
