import { GatewayError, PlatformRefused } from '../domain/errors.ts';
import type { Fax } from '../domain/fax.ts';
import { type FaxMessage, listSentFaxesRequest, processSentFaxesResponse } from '../ringcentral/calls/fax.ts';
import { keepAccepted } from './accepted.ts';
import { backOffMs } from './back-off.ts';
import { change } from './change.ts';
import type { WorkParts } from './parts.ts';
import { codeOf, fail, sendAgain } from './send.ts';

// Between two looks while what was sent may still appear.
const LOOK_MS = 2_000;
// How far the platform's clock may be from what its answers say, which are rounded to seconds.
const CLOCK_MARGIN_MS = 5_000;
// A thousand faxes of one extension within minutes. The bound is for a platform whose pages never end.
const MOST_PAGES = 10;
// A fax whose fate cannot be asked for is given up this long after its deadline.
const UNKNOWN_AFTER_MS = 24 * 60 * 60 * 1_000;

/**
 * Looks for a fax whose outcome is not known in the message store of its Connection. Found, it is sent; not found for long
 * enough, it is not, and is sent again.
 *
 * While it is looked for nothing else of the Connection is sent, so what is there, is like it, and is no other fax of ours, is it.
 *
 * @throws Superseded, StoreUnavailable
 */
export async function lookUp(parts: WorkParts, fax: Fax): Promise<void> {
  const { clock, rules } = parts;
  const leftAt = fax.leftAt ?? fax.dueAt;
  try {
    const asked = clock.now();
    const found = await find(parts, fax, leftAt);
    if (found) return await keepAccepted(parts, fax, found, 'found');
    // What counts is when it was asked, not when the answer came.
    const settledAt = leftAt + rules.settleMs;
    if (asked < settledAt) return await lookAgain(parts, fax, Math.min(settledAt, asked + LOOK_MS));
  } catch (error) {
    return cannotTell(parts, fax, error);
  }
  if ((await parts.store.findFax(fax.id))?.isWithdrawn) {
    await change(parts, fax, { state: 'withdrawn', closedAt: clock.now() }, { event: 'withdrawn' });
    return;
  }
  await sendAgain(parts, fax);
}

async function find({ call, clock, store }: WorkParts, fax: Fax, leftAt: number): Promise<FaxMessage | undefined> {
  let since = leftAt - CLOCK_MARGIN_MS;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await call(fax.connection, listSentFaxesRequest(since, page));
    const ahead = platformAheadMs(answer.headers, clock.now());
    // Its clock may be behind: then it is asked once more, from further back.
    if (page === 1 && ahead < 0 && since > leftAt + ahead - CLOCK_MARGIN_MS) {
      since = leftAt + ahead - CLOCK_MARGIN_MS;
      page = 0;
      continue;
    }
    const { faxes, isLast } = processSentFaxesResponse(answer);
    for (const message of faxes) if (isLike(fax, message) && !(await store.findFaxOfMessage(fax.connection, message.id))) return message;
    if (isLast) return undefined;
  }
  return undefined;
}

/** How far the platform's clock is ahead, as its answer says; less than the margin counts as not at all. */
function platformAheadMs(headers: Headers, now: number): number {
  const date = Date.parse(headers.get('date') ?? '');
  const ahead = Number.isNaN(date) ? 0 : date - now;
  return Math.abs(ahead) < CLOCK_MARGIN_MS ? 0 : ahead;
}

function isLike({ order }: Fax, { recipients, resolution, coverPageText }: FaxMessage): boolean {
  const numbers = (of: readonly { readonly phoneNumber: string }[]) => [...new Set(of.map(({ phoneNumber }) => phoneNumber))].sort().join();
  if (numbers(order.recipients) !== numbers(recipients)) return false;
  if (order.resolution !== undefined && resolution !== undefined && order.resolution !== resolution) return false;
  return order.coverPageText === undefined || coverPageText === undefined || order.coverPageText.trim() === coverPageText.trim();
}

async function lookAgain(parts: WorkParts, fax: Fax, dueAt: number): Promise<void> {
  await change(parts, fax, { dueAt });
}

async function cannotTell(parts: WorkParts, fax: Fax, error: unknown): Promise<void> {
  if (!(error instanceof GatewayError)) throw error;
  const { clock, random, log } = parts;
  // Who may not look cannot know; sent again, it might arrive twice.
  const mayNotLook = error instanceof PlatformRefused && error.platformStatus < 500 && error.platformStatus !== 429;
  if (mayNotLook || clock.now() > fax.deadline + UNKNOWN_AFTER_MS) {
    log.warn('fax.outcome_unknown', { fax: fax.id, connection: fax.connection, code: codeOf(error) });
    return fail(parts, fax, 'outcome_unknown');
  }
  await lookAgain(parts, fax, clock.now() + Math.max(error.retryAfterMs ?? 0, backOffMs(random, fax.attempts + 1)));
}
