import { AppNotFound, ConnectionNotFound, GatewayError, SealedValueUnreadable } from '../domain/errors.ts';
import type { Fax } from '../domain/fax.ts';
import { createFaxRequest, processFaxResponse } from '../ringcentral/calls/fax.ts';
import { errorCodeOf, type PlatformAnswer } from '../ringcentral/calls/request.ts';
import { messageOf } from '../runtime/log.ts';
import { randomText } from '../runtime/random.ts';
import { retryAfterMs } from '../runtime/retry-after.ts';
import { keepAccepted } from './accepted.ts';
import { backOffMs } from './back-off.ts';
import { change, Superseded, waysFor } from './change.ts';
import type { WorkParts } from './parts.ts';

const BOUNDARY_BYTES = 24;
// For the answer alone, and for a body on a line of 100 KB a second.
const ANSWER_MS = 60_000;
const SLOWEST_BYTES_PER_MS = 100;
// RingCentral restarts the penalty when a request arrives during it ("Rate limits"), so we add a little.
const PENALTY_MARGIN_MS = 1_000;
// So often the platform was there, and did not take this fax on: others of the Connection go first from then on.
const LOST_IN_LINE = 3;
// What cannot be mended by waiting.
const FINAL: readonly (new (...given: never[]) => GatewayError)[] = [ConnectionNotFound, AppNotFound, SealedValueUnreadable];

/**
 * Hands a fax to the platform, once.
 *
 * Up to its last bytes it can be broken off, and the platform does nothing. Before those leave, that they do is written down,
 * unless another node has taken the fax on since: so no two nodes send it whole, and after a crash it is known whether it may
 * have been sent.
 *
 * @throws Superseded, StoreUnavailable
 */
export async function send(parts: WorkParts, queued: Fax): Promise<void> {
  const { store, clock, random, coverPages, call, log } = parts;
  const cover = await settled(coverPages.indexOf(queued.connection, queued.order.coverPage));
  if (cover.error !== undefined) return postpone(parts, queued, cover.error);
  let fax = await change(parts, queued, { state: 'sending', attempts: queued.attempts + 1, leftAt: null, code: null }, { event: 'sending' });
  if (cover.value === 'unknown' && fax.attempts === 1) fax = await change(parts, fax, {}, { event: 'cover_page_unknown' });

  let broken: unknown;
  let hasLeft = false;
  const { coverPage: _name, ...order } = fax.order;
  const request = createFaxRequest({ ...order, ...(typeof cover.value === 'number' && { coverIndex: cover.value }) }, () => store.readFaxContent(fax.id), {
    boundary: randomText(random, BOUNDARY_BYTES),
    timeoutMs: ANSWER_MS + Math.ceil(order.documents.reduce((sum, { bytes }) => sum + bytes, 0) / SLOWEST_BYTES_PER_MS),
    beforeEnd: async () => {
      if (!hasLeft) {
        const marked = await store.markFaxLeft(fax, clock.now());
        if (!marked) throw new Superseded();
        fax = marked;
        hasLeft = true;
      }
      // A process that stood still for long comes here late: another node may be at it.
      if (!parts.hasTurn()) throw new Superseded();
    },
  });
  const { body } = request;
  const noted = body && {
    ...request,
    body: {
      ...body,
      read: () =>
        noting(body.read(), (error) => {
          broken = error;
        }),
    },
  };
  const answer = await settled(call(fax.connection, noted ?? request));
  if (broken !== undefined && !hasLeft) return isBroken(parts, fax, broken);
  if (broken instanceof Superseded) throw broken;
  if (answer.value) return judge(parts, fax, answer.value);
  if (hasLeft) return becomeUnclear(parts, fax, codeOf(answer.error));
  log.info('fax.not_left', { fax: fax.id, connection: fax.connection, code: codeOf(answer.error) });
  return postpone(parts, fax, answer.error);
}

/** The outcome of an attempt is not known: it is looked for before anything else is done. */
export async function becomeUnclear(parts: WorkParts, fax: Fax, code: string): Promise<void> {
  const { clock, rules, log } = parts;
  log.warn('fax.unclear', { fax: fax.id, connection: fax.connection, code });
  await change(parts, fax, { state: 'unclear', dueAt: clock.now() + Math.min(FIRST_LOOK_MS, rules.settleMs), code }, { event: 'unclear', code });
}

// What was taken on is in the message store soon.
const FIRST_LOOK_MS = 1_000;

/** A fax that is over, and was not sent. */
export async function fail(parts: WorkParts, fax: Fax, code: string): Promise<void> {
  const { clock, rules, log } = parts;
  log.warn('fax.failed', { fax: fax.id, connection: fax.connection, code });
  await change(parts, fax, { state: 'failed', code, closedAt: clock.now() }, { event: 'failed', code, tell: waysFor(rules.ways, true) });
}

async function judge(parts: WorkParts, fax: Fax, answer: PlatformAnswer): Promise<void> {
  const { status, headers } = answer;
  const code = errorCodeOf(answer);
  if (status >= 200 && status < 300) {
    const message = await settled(Promise.resolve().then(() => processFaxResponse(answer)));
    return message.value ? keepAccepted(parts, fax, message.value, 'sent') : becomeUnclear(parts, fax, code);
  }
  // Neither was carried out (RFC 6585 §4, RFC 9110 §15.6.4).
  if (status === 429 || status === 503) {
    return wait(parts, fax, code, headers.has('retry-after') || status === 429 ? retryAfterMs(headers, parts.clock.now()) + PENALTY_MARGIN_MS : 0);
  }
  if (status >= 500 || status === 408) return becomeUnclear(parts, fax, code);
  return fail(parts, fax, code);
}

/** It did not leave whole. */
async function isBroken(parts: WorkParts, fax: Fax, broken: unknown): Promise<void> {
  if (!(broken instanceof Superseded)) return postpone(parts, fax, broken);
  const now = await parts.store.findFax(fax.id);
  if (!now?.isWithdrawn || now.state !== 'sending' || now.attempts !== fax.attempts) throw broken;
  await change(parts, now, { state: 'withdrawn', closedAt: parts.clock.now() }, { event: 'withdrawn' });
}

async function postpone(parts: WorkParts, fax: Fax, error: unknown): Promise<void> {
  if (FINAL.some((kind) => error instanceof kind)) return fail(parts, fax, codeOf(error));
  if (!(error instanceof GatewayError)) parts.log.error('fax.broken', { fax: fax.id, connection: fax.connection, error: messageOf(error) });
  return wait(parts, fax, codeOf(error), error instanceof GatewayError ? (error.retryAfterMs ?? 0) : 0);
}

/** It has certainly not been sent, and waits for its next attempt. */
async function wait(parts: WorkParts, fax: Fax, code: string, leastMs: number): Promise<void> {
  const { clock, random } = parts;
  const now = await parts.store.findFax(fax.id);
  if (now?.isWithdrawn) {
    await change(parts, now, { state: 'withdrawn', closedAt: clock.now(), code }, { event: 'withdrawn', code });
    return;
  }
  const dueAt = clock.now() + Math.max(leastMs, backOffMs(random, Math.max(1, fax.attempts)));
  await change(parts, fax, { state: 'queued', dueAt, leftAt: null, code }, { event: 'postponed', code });
}

/** It is not on the platform: it is sent again. */
export async function sendAgain(parts: WorkParts, fax: Fax): Promise<void> {
  const { clock, random, store } = parts;
  const lost = 1 + (await store.listFaxEvents(fax.id)).filter(({ event }) => event === 'not_found').length;
  const dueAt = clock.now() + (lost > 1 ? backOffMs(random, lost) : 0);
  await change(parts, fax, { state: 'queued', dueAt, leftAt: null, isAside: lost >= LOST_IN_LINE }, { event: 'not_found' });
}

/** What an error is called in a history. */
export function codeOf(error: unknown): string {
  return error instanceof GatewayError ? error.code : 'internal';
}

async function* noting(content: AsyncIterable<Uint8Array>, note: (error: unknown) => void): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    note(error);
    throw error;
  }
}

async function settled<Value>(work: Promise<Value>): Promise<{ readonly value?: Value; readonly error?: unknown }> {
  try {
    return { value: await work };
  } catch (error) {
    return { error };
  }
}
