import { GatewayError, PlatformRefused } from '../domain/errors.ts';
import type { Fax } from '../domain/fax.ts';
import { type FaxMessage, getFaxMessageRequest, processFaxResponse } from '../ringcentral/calls/fax.ts';
import { messageOf } from '../runtime/log.ts';
import { change, Superseded, waysFor } from './change.ts';
import type { OutboxParts } from './parts.ts';
import { codeOf } from './send.ts';

// Whoever asks about a fax has it for so long: longer than its request takes.
const CLAIM_MS = 60_000;
// By how long ago it left: the platform is asked less and less often.
const STEPS = [
  { forMs: 60_000, everyMs: 10_000 },
  { forMs: 10 * 60_000, everyMs: 30_000 },
  { forMs: 60 * 60_000, everyMs: 2 * 60_000 },
  { forMs: 3 * 24 * 60 * 60_000, everyMs: 10 * 60_000 },
] as const;

/**
 * Asks the platform about one fax that it has.
 *
 * @returns false where none is due
 * @throws StoreUnavailable
 */
export async function followNext(parts: OutboxParts): Promise<boolean> {
  const { store, clock, log } = parts;
  const fax = await store.takeFollowedFax(clock.now(), clock.now() + CLAIM_MS);
  if (!fax) return false;
  try {
    await follow(parts, fax);
  } catch (error) {
    if (!(error instanceof Superseded)) log.warn('fax.not_followed', { fax: fax.id, connection: fax.connection, error: messageOf(error) });
  }
  return true;
}

async function follow(parts: OutboxParts, fax: Fax): Promise<void> {
  let message: FaxMessage;
  try {
    message = processFaxResponse(await parts.call(fax.connection, getFaxMessageRequest(fax.messageId ?? '')));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const isGone = error instanceof PlatformRefused && [401, 403, 404].includes(error.platformStatus);
    if (isGone) return followNoMore(parts, fax, error.platformCode);
    return ask(parts, fax, {}, error.retryAfterMs ?? 0, codeOf(error));
  }
  const { messageStatus, recipients, pageCount } = message;
  const news = { messageStatus, results: recipients, ...(pageCount !== undefined && { pageCount }) };
  if (messageStatus === 'Queued') return ask(parts, fax, news, 0, 'still_queued');
  const { clock, rules, log } = parts;
  const isDelivered = messageStatus === 'Sent' || messageStatus === 'Delivered';
  const code = isDelivered ? undefined : (recipients.find(({ faxErrorCode }) => faxErrorCode !== undefined)?.faxErrorCode ?? messageStatus);
  const event = isDelivered ? 'delivered' : 'failed';
  log.info('fax.followed', { fax: fax.id, connection: fax.connection, messageStatus });
  await change(
    parts,
    fax,
    { ...news, state: event, code: code ?? null, closedAt: clock.now(), followAt: null },
    { event, ...(code !== undefined && { code }), tell: waysFor(rules.ways, true) },
  );
}

async function ask(parts: OutboxParts, fax: Fax, news: object, leastMs: number, code: string): Promise<void> {
  const { clock } = parts;
  const now = clock.now();
  const age = now - Math.max(fax.leftAt ?? fax.createdAt, fax.order.sendAt ?? 0);
  const step = STEPS.find(({ forMs }) => age < forMs);
  if (!step) return followNoMore(parts, fax, code);
  await change(parts, fax, { ...news, followAt: now + Math.max(leastMs, step.everyMs) });
}

/** What became of it cannot be learned any more. */
async function followNoMore(parts: OutboxParts, fax: Fax, code: string): Promise<void> {
  const { clock, rules, log } = parts;
  log.warn('fax.followed_no_more', { fax: fax.id, connection: fax.connection, code });
  await change(parts, fax, { closedAt: clock.now(), followAt: null, code }, { event: 'followed_no_more', code, tell: waysFor(rules.ways, true) });
}
