import type { Fax } from '../domain/fax.ts';
import type { Happening } from '../domain/outbox.ts';
import { deleteFaxMessageRequest, type FaxMessage } from '../ringcentral/calls/fax.ts';
import { change, waysFor } from './change.ts';
import type { OutboxParts } from './parts.ts';

const FIRST_FOLLOW_MS = 10_000;

/**
 * The platform has the fax. Where whoever sent it was told that it failed, it is cancelled there, if it still can be.
 *
 * @param how  it was answered, or found in the message store
 * @throws Superseded, StoreUnavailable, GatewayError  where it is to be cancelled and that cannot be asked for now
 */
export async function keepAccepted(parts: OutboxParts, fax: Fax, message: FaxMessage, how: 'sent' | 'found'): Promise<void> {
  const { clock, rules, log, store } = parts;
  const has = { messageId: message.id, messageStatus: message.messageStatus, results: message.recipients };
  const pages = message.pageCount === undefined ? {} : { pageCount: message.pageCount };
  const isWithdrawn = (await store.findFax(fax.id))?.isWithdrawn ?? false;
  if (isWithdrawn && (await cancel(parts, fax, message))) {
    await change(parts, fax, { state: 'withdrawn', closedAt: clock.now(), ...has, ...pages }, { event: 'withdrawn' });
    return;
  }
  if (isWithdrawn) log.warn('fax.withdrawn_too_late', { fax: fax.id, connection: fax.connection });
  const followAt = Math.max(clock.now(), fax.order.sendAt ?? 0) + FIRST_FOLLOW_MS;
  const happening: Happening = { event: isWithdrawn ? 'withdrawn_too_late' : how, tell: waysFor(rules.ways, false) };
  await change(parts, fax, { state: 'sent', followAt, code: null, ...has, ...pages }, happening);
  log.info('fax.sent', { fax: fax.id, connection: fax.connection, attempts: fax.attempts });
}

/** @returns false where it has gone already */
async function cancel({ call }: OutboxParts, { connection }: Fax, { id, messageStatus }: FaxMessage): Promise<boolean> {
  if (messageStatus !== 'Queued') return false;
  const { status } = await call(connection, deleteFaxMessageRequest(id));
  return (status >= 200 && status < 300) || status === 404;
}
