import type { Directory } from '../directory.ts';
import type { Events, PlatformEvent } from '../events.ts';
import type { Message } from './message.ts';
import { isoTime, partyOf, recordOf } from './message-record.ts';

/** What the news are made with. */
export interface MessageNewsParts {
  readonly directory: Directory;
  readonly events: Events;
  /** Where the sandbox answers. */
  readonly origin: () => string;
}

/**
 * Tells subscriptions what happens in the message stores: that something is new or has changed, and in full what arrives.
 *
 * @see RingCentral OpenAPI `MessageEvent`, `InstantMessageEvent`, `VoicemailMessageEvent`; "Fax Message Event"
 */
export class MessageNews {
  readonly #parts: MessageNewsParts;

  constructor(parts: MessageNewsParts) {
    this.#parts = parts;
  }

  tellNew(message: Message): void {
    this.#tellChange(message, { newCount: 1, newMessageIds: [Number(message.id)] });
    if (message.direction === 'Inbound') this.#tellArrival(message);
  }

  tellChanged(message: Message): void {
    this.#tellChange(message, { updatedCount: 1 });
  }

  #tellChange(message: Message, counts: object): void {
    const { ownerId, type, direction, modifiedAt } = message;
    const body = { extensionId: ownerId, lastUpdated: isoTime(modifiedAt), changes: [{ type, ...counts }], ownerId };
    this.#emit(message, '/message-store', { attributes: { type, direction }, body });
  }

  #tellArrival(message: Message): void {
    const { type, direction } = message;
    if (type === 'SMS') this.#emit(message, '/message-store/instant', { attributes: { type }, body: this.#arrivalBody(message) });
    if (type === 'Fax') this.#emit(message, '/fax', { attributes: { direction }, body: this.#arrivalBody(message) });
    if (type === 'VoiceMail') {
      this.#emit(message, '/voicemail', { attributes: {}, body: { ...this.#arrivalBody(message), id: Number(message.id), type: 'Voicemail' } });
    }
  }

  #arrivalBody(message: Message): Record<string, unknown> {
    const { id, to, from, type, ownerId } = message;
    const record = recordOf(`${this.#parts.origin()}${this.#path(message)}`, message);
    const conversation = message.conversationId === undefined ? {} : { conversationId: String(message.conversationId) };
    return { ...record, id, to: to.map((party) => ({ ...partyOf(party), target: true })), from: partyOf(from), type, ...conversation, ownerId };
  }

  #emit(message: Message, suffix: string, event: Pick<PlatformEvent, 'attributes' | 'body'>): void {
    this.#parts.events.emit({ filter: `${this.#path(message)}${suffix}`, ownerId: message.ownerId, ...event });
  }

  #path({ ownerId }: Message): string {
    const owner = this.#parts.directory.findOwner(ownerId);
    return `/restapi/v1.0/account/${owner?.account.id ?? 0}/extension/${ownerId}`;
  }
}
