import { LRUCache } from 'lru-cache';
import { GatewayError, PlatformRefused } from '../domain/errors.ts';
import type { Fax } from '../domain/fax.ts';
import type { Notice } from '../domain/outbox.ts';
import type { Mailer } from '../notify/mail.ts';
import { sendWebhook, type WebhookTarget } from '../notify/webhook.ts';
import { getExtensionRequest, processExtensionEmail } from '../ringcentral/calls/extension.ts';
import type { Fetch } from '../runtime/fetch.ts';
import { messageOf } from '../runtime/log.ts';
import { toEvent, toLetter } from './letter.ts';
import type { OutboxParts } from './parts.ts';

// Whoever tells somebody has the notice for so long: longer than that takes.
const CLAIM_MS = 60_000;
// Ten seconds after the first failure, doubled with each, up to an hour: some thirty attempts in the day for which it is tried.
const FIRST_MS = 10_000;
const LONGEST_MS = 60 * 60_000;
const ADDRESS_KEPT_MS = 60 * 60_000;
const ADDRESSES = 1_000;

/** Over which ways people and programs are told, and how. */
export interface TellingParts {
  readonly fetch: Fetch;
  readonly webhook?: WebhookTarget;
  readonly mailer?: Mailer;
}

/** Tells whoever is to be told of faxes. */
export class Telling {
  readonly #parts: OutboxParts;
  readonly #ways: TellingParts;
  /** E-mail addresses by Connection; empty: there is none. */
  readonly #addresses = new LRUCache<string, { readonly address: string; readonly until: number }>({ max: ADDRESSES });

  constructor(parts: OutboxParts, ways: TellingParts) {
    this.#parts = parts;
    this.#ways = ways;
  }

  /**
   * Carries one notice.
   *
   * @returns false where none is due
   * @throws StoreUnavailable
   */
  async tellNext(): Promise<boolean> {
    const { store, clock, log, random } = this.#parts;
    const notice = await store.takeNotice(clock.now(), clock.now() + CLAIM_MS);
    if (!notice) return false;
    const { id, way, attempts } = notice;
    try {
      const fax = await store.findFax(notice.fax);
      if (fax) await this.#tell(notice, fax);
      await store.removeNotice(id);
    } catch (error) {
      const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts, 20));
      const dueAt = clock.now() + random.integer(Math.ceil(longest / 2), longest + 1);
      // The last attempt is made when the time is just over, however long the pauses are by then.
      const isOver = clock.now() >= notice.until;
      log.warn(isOver ? 'notice.given_up' : 'notice.not_taken', { notice: id, way, attempts: attempts + 1, error: whatOf(error) });
      if (isOver) await store.removeNotice(id);
      else await store.putOffNotice(id, attempts + 1, Math.min(dueAt, notice.until));
    }
    return true;
  }

  async #tell({ id, way, event, at }: Notice, fax: Fax): Promise<void> {
    const { webhook, mailer, fetch } = this.#ways;
    if (way === 'webhook' && webhook) await sendWebhook({ fetch, clock: this.#parts.clock }, webhook, { id, body: toEvent(fax, event, at) });
    if (way !== 'mail' || !mailer) return;
    const to = await this.#addressOf(fax.connection);
    if (to === '') this.#parts.log.warn('fax.no_address', { fax: fax.id, connection: fax.connection });
    else await mailer.send({ id, to, ...toLetter(fax, event) });
  }

  /** The sender is the extension of the Connection, as with the old service. */
  async #addressOf(connection: string): Promise<string> {
    const { clock, call } = this.#parts;
    const known = this.#addresses.get(connection);
    if (known && clock.now() < known.until) return known.address;
    const address = processExtensionEmail(await call(connection, getExtensionRequest())) ?? '';
    this.#addresses.set(connection, { address, until: clock.now() + ADDRESS_KEPT_MS });
    return address;
  }
}

// What a mail server says may hold the address it was given.
function whatOf(error: unknown): string {
  if (error instanceof PlatformRefused) return error.platformCode;
  if (error instanceof GatewayError) return error.code;
  return (error as { code?: unknown }).code === undefined ? messageOf(error) : String((error as { code?: unknown }).code);
}
