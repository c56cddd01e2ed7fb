import { createHash } from 'node:crypto';
import type { Random } from '../../runtime/random.ts';
import type { Agenda } from '../agenda.ts';
import { Collection } from '../collection.ts';
import type { Directory } from '../directory.ts';
import type { Journal } from '../journal.ts';
import { faxSteps, type Step, smsSteps } from './delivery.ts';
import type { FaxCall, FaxCalls } from './fax-calls.ts';
import { type Attachment, type Availability, contentIdOf, type Message, type Party, type Recipient } from './message.ts';
import type { MessageNews } from './message-news.ts';

/** What the messages are made with. */
export interface MessagesParts {
  readonly now: () => number;
  readonly random: Random;
  readonly journal: Journal;
  readonly agenda: Agenda;
  readonly directory: Directory;
  readonly news: MessageNews;
  readonly faxCalls: FaxCalls;
}

/** A message that is not in a store yet. */
export interface Draft extends Pick<Message, 'ownerId' | 'type' | 'from' | 'subject' | 'conversationId' | 'fax' | 'voicemail'> {
  readonly to: readonly Party[];
  readonly files: readonly DraftFile[];
  /** Now, or before, where it is absent. */
  readonly leavesAt?: number;
}

export interface DraftFile extends Pick<Attachment, 'type' | 'contentType' | 'fileName'> {
  readonly bytes: Uint8Array;
}

// The platform forgets a purged message "shortly"; a week, so that a client which synchronizes daily hears of it.
const PURGED_FOR_MS = 7 * 24 * 3_600_000;
const SMALLEST_ID = 1_000_000_000;
const LARGEST_ID = 1_000_000_000_000;
const CONVERSATION_BITS = 52n;

/**
 * Everybody's message stores.
 *
 * What is sent is Queued; by the sandbox's clock it becomes Sent and Delivered for each recipient, or fails. What reaches
 * the number of a user of this sandbox lies in that user's store then. A message that is deleted before it leaves stays.
 */
export class Messages {
  readonly #parts: MessagesParts;
  readonly #collection: Collection<Message>;
  readonly #idsByOwner = new Map<string, Set<string>>();
  #revision = 0;

  constructor(parts: MessagesParts) {
    this.#parts = parts;
    this.#collection = new Collection('message', parts.journal);
  }

  /** @returns nothing where there is none, or it is another's */
  find(id: string, ownerId: string): Message | undefined {
    const message = this.#collection.find(id);
    return message?.ownerId === ownerId ? message : undefined;
  }

  /** A user's, the newest first. */
  listOf(ownerId: string): Message[] {
    return [...(this.#idsByOwner.get(ownerId) ?? [])].flatMap((id) => this.#collection.find(id) ?? []).reverse();
  }

  /** Everybody's, in the order in which they came. */
  list(): readonly Message[] {
    return this.#collection.list();
  }

  /** @returns nothing where the attachment is not the message's, or purged with it */
  readContent(message: Message, attachmentId: string): { readonly attachment: Attachment; readonly bytes: Uint8Array } | undefined {
    const attachment = message.attachments.find(({ id }) => id === attachmentId);
    if (!attachment) return undefined;
    const bytes = attachment.type === 'Text' ? Buffer.from(message.subject ?? '') : this.#parts.journal.readContent(contentIdOf(message.id, attachmentId));
    return bytes && { attachment, bytes };
  }

  /** Takes on what a user sends. */
  send(draft: Draft): Message {
    const message = this.#add(draft, 'Outbound', draft.type === 'Pager' ? 'Sent' : 'Queued');
    if (draft.type === 'Pager') for (const recipient of message.to) this.#deliver(message, recipient);
    this.#arrange(message);
    return message;
  }

  /** Lays in a user's store what has arrived for that user. @param call  over which a fax came, where it is known */
  receive(draft: Draft, call?: FaxCall): Message {
    const message = this.#add(draft, 'Inbound', 'Received');
    if (message.type === 'Fax') this.#parts.faxCalls.logReceived(message, call);
    return message;
  }

  markRead(message: Message, readStatus: Message['readStatus']): Message {
    return this.#change(message, { readStatus });
  }

  /** Takes a deleted message back; what had not left goes on its way, at its time or now. */
  restoreDeleted(message: Message): Message {
    const now = this.#parts.now();
    const leaving = isHeldBack(message) ? { leavesAt: Math.max(message.leavesAt, now), followedTo: now } : {};
    const restored = this.#change(message, { availability: 'Alive', ...leaving });
    this.#arrange(restored);
    return restored;
  }

  /** The first time it is Deleted, the second time, or at once with `purge`, Purged. */
  remove(message: Message, { purge }: { readonly purge: boolean }): void {
    if (message.availability === 'Purged') return;
    const availability: Availability = purge || message.availability === 'Deleted' ? 'Purged' : 'Deleted';
    if (availability === 'Deleted') {
      this.#change(message, { availability });
      return;
    }
    for (const { id } of message.attachments) this.#parts.journal.removeContent(contentIdOf(message.id, id));
    this.#arrangeForgetting(this.#change(message, { availability, attachments: [] }));
  }

  /** Takes up what a journal held, with what is still to happen to it. */
  restore(message: Message): void {
    this.#collection.restore(message);
    this.#index(message);
    this.#revision = Math.max(this.#revision, message.revision);
    if (message.availability === 'Purged') this.#arrangeForgetting(message);
    else this.#arrange(message);
  }

  reset(): void {
    this.#collection.reset();
    this.#idsByOwner.clear();
    this.#revision = 0;
  }

  #add({ files, to, leavesAt, ...draft }: Draft, direction: Message['direction'], messageStatus: Recipient['messageStatus']): Message {
    const { now, journal, news } = this.#parts;
    const at = now();
    const id = this.#drawId();
    const attachments = files.map(({ bytes, ...file }, index) => ({ id: String(Number(id) + index), ...file, size: bytes.byteLength }));
    attachments.forEach((attachment, index) => {
      const bytes = files[index]?.bytes;
      // The text of a message is its subject; it need not be kept twice.
      if (bytes && attachment.type !== 'Text') journal.putContent(contentIdOf(id, attachment.id), bytes);
    });
    const message = this.#keep({
      id,
      ...draft,
      direction,
      to: to.map((party, index) => ({ recipientId: String(Number(id) + index), ...party, messageStatus })),
      createdAt: at,
      modifiedAt: at,
      revision: this.#nextRevision(),
      readStatus: direction === 'Inbound' ? 'Unread' : 'Read',
      availability: 'Alive',
      attachments,
      leavesAt: Math.max(leavesAt ?? at, at),
      followedTo: at,
    });
    news.tellNew(message);
    return message;
  }

  #change(message: Message, change: Partial<Message>, at = this.#parts.now()): Message {
    const changed = this.#keep({ ...message, ...change, modifiedAt: at, revision: this.#nextRevision() });
    this.#parts.news.tellChanged(changed);
    return changed;
  }

  #keep(message: Message): Message {
    this.#index(message);
    return this.#collection.put(message);
  }

  #index({ id, ownerId }: Message): void {
    const ids = this.#idsByOwner.get(ownerId) ?? new Set();
    this.#idsByOwner.set(ownerId, ids.add(id));
  }

  /** Has the next thing that becomes of it happen at its time. */
  #arrange(message: Message): void {
    const at = nextStepAt(message);
    if (at !== undefined) this.#parts.agenda.add(at, () => this.#follow(message.id, at));
  }

  #follow(id: string, at: number): void {
    const message = this.#collection.find(id);
    // Followed already, as after a restored message was arranged for twice; or deleted before it left.
    if (!message || at <= message.followedTo || message.availability === 'Purged' || isHeldBack(message)) return;
    const to = message.to.map((recipient) => recipientAt(message, recipient, at));
    const followed = this.#change(message, { to, followedTo: at }, at);
    to.forEach((recipient, index) => {
      if (recipient.messageStatus !== message.to[index]?.messageStatus) this.#settle(followed, recipient, at);
    });
    this.#arrange(followed);
  }

  /** Has follow what comes of it that a recipient has it, or that it was tried in vain. */
  #settle(message: Message, recipient: Recipient, at: number): void {
    const isDelivered = recipient.messageStatus === 'Delivered';
    const isOver = isDelivered || recipient.messageStatus === 'SendingFailed';
    const call = message.type === 'Fax' && isOver ? this.#parts.faxCalls.logSent(message, recipient, at) : undefined;
    if (isDelivered) this.#deliver(message, recipient, call);
  }

  /** Lays it in the recipient's store, if that is a user of this sandbox. */
  #deliver(message: Message, recipient: Recipient, call?: FaxCall): void {
    const { directory } = this.#parts;
    const { phoneNumber, extensionId = '' } = recipient;
    const owner = phoneNumber === undefined ? directory.findOwner(extensionId) : directory.findOwnerOfNumber(phoneNumber);
    if (owner) this.receive(this.#arrivalOf(message, recipient, String(owner.extension.id)), call);
  }

  /** What the receiver sees of what was sent: of a fax what came over the line, and nothing of its other recipients. */
  #arrivalOf(message: Message, recipient: Recipient, ownerId: string): Draft {
    const files = message.attachments.flatMap(({ id, ...attachment }): DraftFile[] => {
      const bytes = this.readContent(message, id)?.bytes;
      return bytes ? [{ ...attachment, type: message.type === 'Fax' ? 'RenderedDocument' : attachment.type, bytes }] : [];
    });
    const { type, from, subject, fax } = message;
    const recipients = type === 'Fax' ? [recipient] : message.to;
    const to = recipients.map(({ recipientId: _id, messageStatus: _status, faxErrorCode: _fax, deliveryErrorCode: _sms, ...party }) => party);
    const isConversation = type === 'SMS' || type === 'Pager';
    return {
      ownerId,
      type,
      from,
      to,
      files,
      ...(subject !== undefined && { subject }),
      ...(isConversation && { conversationId: conversationIdOf(ownerId, type, [from, ...to]) }),
      ...(fax && { fax: { resolution: fax.resolution, pageCount: fax.pageCount, coverIndex: 0 } }),
    };
  }

  #arrangeForgetting({ id, modifiedAt, ownerId }: Message): void {
    this.#parts.agenda.add(modifiedAt + PURGED_FOR_MS, () => {
      this.#collection.remove({ id });
      this.#idsByOwner.get(ownerId)?.delete(id);
    });
  }

  // The time, so that it grows over a restart too, and by one where that stands still.
  #nextRevision(): number {
    this.#revision = Math.max(this.#revision + 1, this.#parts.now());
    return this.#revision;
  }

  #drawId(): string {
    for (;;) {
      const id = String(this.#parts.random.integer(SMALLEST_ID, LARGEST_ID));
      if (!this.#collection.find(id)) return id;
    }
  }
}

/**
 * By which those of one conversation are found: the same for the same parties, whoever of them writes.
 *
 * @param ownerId  in whose store
 * @param parties  all of them; the owner's own numbers do not matter
 */
export function conversationIdOf(ownerId: string, type: 'SMS' | 'Pager', parties: readonly Party[]): number {
  const names = [...new Set(parties.map(({ phoneNumber, extensionId }) => phoneNumber ?? extensionId ?? ''))].sort();
  const digest = createHash('sha256')
    .update(JSON.stringify([ownerId, type, names]))
    .digest();
  return Number(digest.readBigUInt64BE() >> (64n - CONVERSATION_BITS));
}

/** Deleted while nothing of it had left: the way in which a scheduled fax is cancelled. */
function isHeldBack({ availability, to }: Message): boolean {
  return availability === 'Deleted' && to.every(({ messageStatus }) => messageStatus === 'Queued');
}

function stepsTo({ type, fax }: Message, { phoneNumber = '' }: Recipient): readonly Step[] {
  return type === 'Fax' ? faxSteps(phoneNumber, fax?.pageCount ?? 0) : smsSteps(phoneNumber);
}

function nextStepAt(message: Message): number | undefined {
  const { direction, type, leavesAt, followedTo, to } = message;
  if (direction === 'Inbound' || type === 'Pager') return undefined;
  const times = to.flatMap((recipient) => stepsTo(message, recipient).map(({ afterMs }) => leavesAt + afterMs));
  const ahead = times.filter((at) => at > followedTo);
  return ahead.length > 0 ? Math.min(...ahead) : undefined;
}

function recipientAt(message: Message, recipient: Recipient, at: number): Recipient {
  const step = stepsTo(message, recipient).findLast(({ afterMs }) => message.leavesAt + afterMs <= at);
  if (!step) return recipient;
  const { messageStatus, errorCode } = step;
  const code = message.type === 'Fax' ? { faxErrorCode: errorCode } : { deliveryErrorCode: errorCode };
  return { ...recipient, messageStatus, ...(errorCode !== undefined && code) } as Recipient;
}
