import { type AuditTrail, gatewayLine } from '../domain/audit.ts';
import { PlatformUnreachable } from '../domain/errors.ts';
import type { Grant } from '../domain/grant.ts';
import { type Revocation, revocationOf } from '../domain/revocation.ts';
import type { Store } from '../domain/store.ts';
import { processRevokeAnswer, revokeRequest } from '../oauth/revoke.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Fetch } from '../runtime/fetch.ts';
import { type Log, messageOf } from '../runtime/log.ts';
import { type Random, randomText } from '../runtime/random.ts';

const ID_BYTES = 12;
// What is due is looked for this often, by one indexed statement.
const LOOK_MS = 1_000;
// An answer that takes longer is not coming.
const TIMEOUT_MS = 10_000;
// Whoever sends one has it for this long: longer than its request takes, so that no other node sends it too.
const CLAIM_MS = 30_000;
// Back-off with full jitter: from a second, doubled with each attempt, to ten minutes.
const FIRST_BACK_OFF_MS = 1_000;
const LONGEST_BACK_OFF_MS = 10 * 60_000;
// RingCentral restarts the penalty when a request arrives during it ("Rate limits"), so we add a little.
const PENALTY_MARGIN_MS = 1_000;

/** What the sending of revocations is handed. */
export interface RevocationParts {
  readonly store: Pick<Store, 'claimRevocation' | 'putOffRevocation' | 'putOffRevocationsOf' | 'removeRevocation' | 'findApp'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: Fetch;
  readonly log: Log;
  readonly trail: Pick<AuditTrail, 'note'>;
  /**
   * Takes a slot in the App's budget: a revocation is a token request.
   *
   * @returns 0: it may be asked now; else from when on it may be tried again, epoch milliseconds
   */
  readonly mayAsk: (app: string) => Promise<number>;
}

/**
 * Writes the revocation of a pair that is in no row any more, or never was: it was replaced, it lost, or it is another user's.
 *
 * It never rejects: what ends is not worth failing for what goes on.
 */
export async function revokeLater(
  { store, clock, random, log }: Pick<RevocationParts, 'clock' | 'random' | 'log'> & { readonly store: Pick<Store, 'addRevocation' | 'findApp'> },
  grant: Pick<Grant, 'connection' | 'app' | 'accessToken' | 'expiresAt' | 'refreshToken' | 'refreshExpiresAt'>,
): Promise<void> {
  const { app: appName, connection } = grant;
  try {
    const app = await store.findApp(appName);
    const at = clock.now();
    const revocation = app && revocationOf(grant, app, { id: randomText(random, ID_BYTES), at });
    if (revocation && revocation.diesAt > at) await store.addRevocation(revocation);
  } catch (error) {
    log.warn('session.not_ended', { app: appName, connection, error: messageOf(error) });
  }
}

/** Sends revocations as they fall due, until the signal. A freeze does not hold them: they only end what could be misused. */
export async function keepRevoking(parts: RevocationParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      while (!signal.aborted && (await revokeNext(parts)));
    } catch (error) {
      parts.log.warn('revocations.failed', { error: messageOf(error) });
    }
    await parts.clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

/**
 * Sends one revocation that is due.
 *
 * @returns false where none is
 * @throws StoreUnavailable
 */
export async function revokeNext(parts: RevocationParts): Promise<boolean> {
  const { store, clock, mayAsk } = parts;
  const now = clock.now();
  const revocation = await store.claimRevocation(now, now + CLAIM_MS);
  if (!revocation) return false;
  if (revocation.diesAt <= now) return end(parts, revocation, 'expired');
  const from = await mayAsk(revocation.app);
  if (from === 0) {
    await send(parts, revocation);
    return true;
  }
  await store.putOffRevocation(revocation.id, revocation.attempts, from);
  await store.putOffRevocationsOf(revocation.app, now, from);
  return true;
}

async function send(parts: RevocationParts, revocation: Revocation): Promise<void> {
  const { store, clock, random, log } = parts;
  const { ended, waitMs = 0, status } = await attempt(parts, revocation);
  if (ended) {
    await end(parts, revocation, 'ok');
    return;
  }
  const attempts = revocation.attempts + 1;
  const backOffMs = random.integer(FIRST_BACK_OFF_MS, Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(attempts, 30)) + 1);
  const notBefore = clock.now() + Math.max(backOffMs, waitMs && waitMs + PENALTY_MARGIN_MS);
  await store.putOffRevocation(revocation.id, attempts, notBefore);
  log.warn('revocation.failed', { connection: revocation.connection, app: revocation.app, status, attempts, notBefore });
}

async function attempt(parts: RevocationParts, revocation: Revocation): Promise<{ ended: boolean; waitMs?: number; status: number }> {
  const { store, clock, fetch } = parts;
  const { app, platformOrigin, clientId } = revocation;
  const present = await store.findApp(app);
  // Its secret may have been replaced since; an App of this name that is another one at the platform is none of it.
  const asker = present?.clientId === clientId && present.platformOrigin === platformOrigin ? present : revocation;
  try {
    const answer = await revokeRequest(asker, revocation, { fetch, signal: clock.deadline(TIMEOUT_MS) });
    return { ...processRevokeAnswer(answer, clock.now()), status: answer.status };
  } catch (error) {
    if (!(error instanceof PlatformUnreachable)) throw error;
    return { ended: false, status: 0 };
  }
}

async function end({ store, log, trail }: RevocationParts, { id, connection, app, attempts }: Revocation, result: 'ok' | 'expired'): Promise<true> {
  await store.removeRevocation(id);
  if (result === 'ok') log.info('revocation.done', { connection, app, attempts: attempts + 1 });
  else log.warn('revocation.given_up', { connection, app, attempts, note: 'the token is over by itself' });
  await trail.note(gatewayLine('revokeUpstream', `connections/${connection}`, result));
  return true;
}
