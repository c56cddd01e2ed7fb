import type { Credential } from '../domain/credential.ts';
import { AppNotFound, AppRefused, GatewayError, PlatformBusy, PlatformUnreachable } from '../domain/errors.ts';
import type { TokenPair } from '../domain/grant.ts';
import type { Lease } from '../domain/lease.ts';
import { clientCredentialsGrantRequest } from '../oauth/client-credentials.ts';
import { jwtBearerGrantRequest } from '../oauth/jwt-bearer.ts';
import { passwordGrantRequest } from '../oauth/password.ts';
import { refreshGrantRequest } from '../oauth/refresh.ts';
import { revokeRequest } from '../oauth/revoke.ts';
import { processTokenAnswer, type TokenAnswer, TokenRefused } from '../oauth/token-answer.ts';
import type { TokenApp, Wire } from '../oauth/token-request.ts';
import { withClientSecrets } from './client-secrets.ts';
import type { WinningParts } from './parts.ts';
import { appPause, connectionPause } from './pauses.ts';

// An answer that takes longer is not coming; the same refresh token may then be asked again (docs/guarantees.md, G3). Two of them are
// shorter than a Lease.
const TOKEN_TIMEOUT_MS = 10_000;
// An unclear answer (timeout, dropped connection, 5xx) is asked again once at once; after that the next caller asks.
const ATTEMPTS = 2;
// RingCentral does not say how long an account stays locked; other services take a quarter of an hour to half a day.
const LOCKED_PAUSE_MS = 5 * 60_000;

/**
 * Asks the token endpoint, once more after an unclear answer.
 *
 * @param issuedAt  from when the lifetimes count, epoch milliseconds
 * @throws TokenRefused         the Grant's fault only; the App's own is an AppRefused
 * @throws AppRefused, PlatformBusy, PlatformUnreachable, PlatformAnswerUnusable, AppNotFound
 */
export async function ask(
  parts: WinningParts,
  lease: Lease,
  appName: string,
  issuedAt: number,
  request: (app: TokenApp, wire: Wire) => Promise<TokenAnswer>,
): Promise<TokenPair> {
  const app = await parts.store.findApp(appName);
  if (!app) throw new AppNotFound(appName);
  parts.pauses.check(appPause(appName));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withClientSecrets({ ...parts, mayAskAgain: () => lastsAnother(parts, lease) }, app, async (target) => {
        const answer = await request(target, { fetch: parts.fetch, signal: parts.clock.deadline(TOKEN_TIMEOUT_MS) });
        return processTokenAnswer(answer, app.platformOrigin, issuedAt, parts.clock.now());
      });
    } catch (cause) {
      if (cause instanceof PlatformUnreachable && attempt < ATTEMPTS && lastsAnother(parts, lease)) continue;
      const fault = cause instanceof TokenRefused ? blamed(cause, appName) : cause;
      parts.pauses.note(cause instanceof TokenRefused && cause.blame === 'later' ? connectionPause(lease.connection) : appPause(appName), fault);
      parts.log.warn('token_request.failed', { app: appName, connection: lease.connection, ...describeFailure(fault) });
      throw fault;
    }
  }
}

// A locked account opens again by itself, and a wrong word to it would lock it longer.
function blamed(refusal: TokenRefused, appName: string): Error {
  if (refusal.blame === 'app') return new AppRefused(appName, refusal.platformCode);
  return refusal.blame === 'later' ? new PlatformBusy(`the user's account is locked: ${refusal.platformCode}`, LOCKED_PAUSE_MS) : refusal;
}

// What an operator needs to see why; the causes are the network's, never an answer's content.
function describeFailure(fault: unknown): Readonly<Record<string, unknown>> {
  if (fault instanceof TokenRefused || fault instanceof AppRefused) return { code: fault.code, platformCode: fault.platformCode };
  if (!(fault instanceof GatewayError)) return { code: 'internal' };
  const cause = fault.cause instanceof Error ? (fault.cause.cause ?? fault.cause) : undefined;
  return { code: fault.code, message: fault.message, ...(cause instanceof Error && { cause: cause.message }) };
}

// A process that was stopped for a while wakes up to a Lease that another may hold by now.
function lastsAnother(parts: WinningParts, lease: Lease): boolean {
  return parts.clock.now() + TOKEN_TIMEOUT_MS < lease.expiresAt;
}

/** The token request that a credential makes. */
export function credentialRequest(app: TokenApp, credential: Credential, wire: Wire): Promise<TokenAnswer> {
  switch (credential.kind) {
    case 'jwt':
      return jwtBearerGrantRequest(app, credential, wire);
    case 'password':
      return passwordGrantRequest(app, credential, wire);
    case 'refresh_token':
      return refreshGrantRequest(app, credential.refreshToken, wire);
    case 'client_credentials':
      return clientCredentialsGrantRequest(app, credential, wire);
  }
}

/** Ends the session of a pair that nobody will use. One that cannot be ended lapses by itself. */
export async function endSession(parts: WinningParts, appName: string, pair: TokenPair): Promise<void> {
  const app = await parts.store.findApp(appName);
  try {
    if (app) await revokeRequest(app, pair.refreshToken ?? pair.accessToken, { fetch: parts.fetch, signal: parts.clock.deadline(TOKEN_TIMEOUT_MS) });
  } catch (error) {
    parts.log.warn('session.not_ended', { app: appName, error: error instanceof Error ? error.message : String(error) });
  }
}
