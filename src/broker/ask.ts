import type { Budget } from '../domain/budget.ts';
import type { Credential } from '../domain/credential.ts';
import { AccountLocked, AppNotFound, AppRefused, GatewayError, PlatformBusy, PlatformUnreachable } from '../domain/errors.ts';
import type { TokenPair } from '../domain/grant.ts';
import type { Lease } from '../domain/lease.ts';
import { clientCredentialsGrantRequest } from '../oauth/client-credentials.ts';
import { jwtBearerGrantRequest } from '../oauth/jwt-bearer.ts';
import { passwordGrantRequest } from '../oauth/password.ts';
import { refreshGrantRequest } from '../oauth/refresh.ts';
import { processTokenAnswer, type TokenAnswer, TokenRefused } from '../oauth/token-answer.ts';
import type { TokenApp, Wire } from '../oauth/token-request.ts';
import { SlotPending } from './budgets.ts';
import { withClientSecrets } from './client-secrets.ts';
import type { WinningParts } from './parts.ts';
import { revokeLater } from './revocations.ts';

// An answer that takes longer is not coming; the same refresh token may then be asked again (docs/guarantees.md, G3). Two of them are
// shorter than a Lease.
const TOKEN_TIMEOUT_MS = 10_000;
// An unclear answer (timeout, dropped connection, 5xx) is asked again once at once; after that the next caller asks.
const ATTEMPTS = 2;
// RingCentral restarts the penalty when a request arrives during it ("Rate limits"), so we add a little.
const PENALTY_MARGIN_MS = 1_000;

/** What asks for a token pair: the slot that it has, until it is used, and how long it may go on. */
export interface Asking {
  readonly parts: WinningParts;
  /** The Connection, for the log; empty while nobody knows whose pair it will be. */
  readonly lease: Pick<Lease, 'connection'>;
  /** When the Lease ends by `monotonic()`, which nobody sets: a clock that is set does not make it longer. */
  readonly endsAt: number;
  slot: Budget | undefined;
  /** What is being written down beside winning; a pair that was won is saved first. */
  readonly notes: Promise<void>[];
  /** A person brought what is sent: where the App is refused for it, that says nothing of what others bring. */
  readonly personal?: boolean;
}

/** A run that wins a token pair: its Lease, and the slot that came with it, until it is used. */
export interface Run extends Asking {
  readonly lease: Lease;
  /** When somebody wanted the token; absent where it is only kept from dying. */
  readonly usedAt: number | undefined;
}

/**
 * Asks the token endpoint, once more after an unclear answer where the budget has another slot.
 *
 * @param issuedAt  from when the lifetimes count, epoch milliseconds
 * @throws TokenRefused         the Grant's fault only; the App's own is an AppRefused
 * @throws AccountLocked        the user's account is locked for a while
 * @throws AppRefused, PlatformBusy, PlatformAway, PlatformUnreachable, PlatformAnswerUnusable, AppNotFound
 * @throws SlotPending          the budget has no slot for it now
 * @throws Frozen               the App, or everything; a Connection that is frozen may be kept alive
 */
export async function ask(run: Asking, appName: string, issuedAt: number, request: (app: TokenApp, wire: Wire) => Promise<TokenAnswer>): Promise<TokenPair> {
  const { parts, lease } = run;
  const app = await parts.store.findApp(appName);
  if (!app) throw new AppNotFound(appName);
  parts.freezes.requireApp(appName);
  let budget = await slotFor(run, appName);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const mayAskAgain = async () => {
        const next = lastsAnother(run) ? await anotherSlot(run, appName) : undefined;
        budget = next ?? budget;
        return next !== undefined;
      };
      const pair = await withClientSecrets({ ...parts, mayAskAgain }, app, async (target) => {
        const leftAt = parts.clock.now();
        const answer = await request(target, { fetch: parts.fetch, signal: parts.clock.deadline(TOKEN_TIMEOUT_MS) });
        run.notes.push(parts.budgets.learn(app, budget, { leftAt, headers: answer.headers }));
        return processTokenAnswer(answer, app.platformOrigin, issuedAt, parts.clock.now());
      });
      run.notes.push(parts.budgets.succeeded(budget));
      return pair;
    } catch (cause) {
      const again = cause instanceof PlatformUnreachable && attempt < ATTEMPTS && lastsAnother(run) ? await anotherSlot(run, appName) : undefined;
      if (again) {
        budget = again;
        continue;
      }
      const fault = cause instanceof TokenRefused ? blamed(cause, appName) : withMargin(cause, appName);
      if (!(run.personal && fault instanceof AppRefused)) run.notes.push(parts.budgets.failed(budget, fault));
      parts.log.warn('token_request.failed', { app: appName, connection: lease.connection, ...describeFailure(fault) });
      throw fault;
    }
  }
}

async function slotFor(run: Asking, app: string): Promise<Budget> {
  const { slot } = run;
  if (slot?.app !== app) return run.parts.budgets.takeSlot(app);
  run.slot = undefined;
  return slot;
}

async function anotherSlot(run: Asking, app: string): Promise<Budget | undefined> {
  try {
    return await run.parts.budgets.takeSlot(app);
  } catch (cause) {
    if (cause instanceof SlotPending || cause instanceof GatewayError) return undefined;
    throw cause;
  }
}

// A locked account opens again by itself, and a wrong word to it would lock it longer.
function blamed(refusal: TokenRefused, appName: string): Error {
  if (refusal.blame === 'app') return new AppRefused(appName, refusal.platformCode);
  return refusal.blame === 'later' ? new AccountLocked(refusal.platformCode) : refusal;
}

// This caller is told the same as all who come during the pause, so that coming back then is not too early.
function withMargin(cause: unknown, appName: string): unknown {
  return cause instanceof PlatformBusy ? new PlatformBusy(`App "${appName}"`, (cause.retryAfterMs ?? 0) + PENALTY_MARGIN_MS) : cause;
}

// What an operator needs to see why; the causes are the network's, never an answer's content.
function describeFailure(fault: unknown): Readonly<Record<string, unknown>> {
  if (fault instanceof TokenRefused || fault instanceof AppRefused) return { code: fault.code, platformCode: fault.platformCode };
  if (!(fault instanceof GatewayError)) return { code: 'internal' };
  const cause = fault.cause instanceof Error ? (fault.cause.cause ?? fault.cause) : undefined;
  return { code: fault.code, message: fault.message, ...(cause instanceof Error && { cause: cause.message }) };
}

// A process that was stopped for a while wakes up to a Lease that another may hold by now.
function lastsAnother({ parts, endsAt }: Asking): boolean {
  return parts.clock.monotonic() + TOKEN_TIMEOUT_MS < endsAt;
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

/** Ends the session of a pair that nobody will use: now or later, whatever the platform says (see `Revocations`). */
export function endSession(parts: WinningParts, appName: string, connection: string, pair: TokenPair): Promise<void> {
  return revokeLater(parts, { ...pair, app: appName, connection });
}
