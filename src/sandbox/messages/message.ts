/** A fax, a text message, a voicemail or an internal message, as it lies in one user's message store. */
export interface Message {
  /** Decimal digits; a safe integer. */
  readonly id: string;
  /** The extension in whose store it lies. */
  readonly ownerId: string;
  readonly type: MessageType;
  readonly direction: 'Inbound' | 'Outbound';
  readonly from: Party;
  readonly to: readonly Recipient[];
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** Grows with every change in any store, so that a synchronization knows what it has not seen. */
  readonly revision: number;
  readonly readStatus: 'Read' | 'Unread';
  readonly availability: Availability;
  readonly attachments: readonly Attachment[];
  /** The text of an SMS or of an internal message. */
  readonly subject?: string;
  readonly conversationId?: number;
  readonly fax?: FaxDetails;
  readonly voicemail?: { readonly durationSeconds: number; readonly isTranscribed: boolean };
  /** When what is sent leaves; later than `createdAt` for a scheduled fax. */
  readonly leavesAt: number;
  /** Up to when its way to the recipients has been followed. */
  readonly followedTo: number;
}

export type MessageType = 'Fax' | 'SMS' | 'VoiceMail' | 'Pager';

/** Deleted can be restored. Purged has lost its contents, and is forgotten some days later. */
export type Availability = 'Alive' | 'Deleted' | 'Purged';

export type MessageStatus = 'Queued' | 'Sent' | 'Delivered' | 'DeliveryFailed' | 'SendingFailed' | 'Received';

/** Who sends or receives. */
export interface Party {
  /** E.164. */
  readonly phoneNumber?: string;
  readonly extensionNumber?: string;
  readonly extensionId?: string;
  readonly name?: string;
}

/** One to whom it goes, and how far it has come. */
export interface Recipient extends Party {
  readonly recipientId: string;
  readonly messageStatus: MessageStatus;
  /** Of a fax that could not be sent. */
  readonly faxErrorCode?: string;
  /** Of a text message that could not be sent or delivered. */
  readonly deliveryErrorCode?: string;
}

/** A file that belongs to a message. Its bytes are in the journal's contents, but for a text, which is the subject. */
export interface Attachment {
  readonly id: string;
  readonly type: 'AudioRecording' | 'AudioTranscription' | 'Text' | 'SourceDocument' | 'RenderedDocument' | 'MmsAttachment';
  readonly contentType: string;
  readonly fileName?: string;
  readonly size: number;
}

export interface FaxDetails {
  readonly resolution: 'High' | 'Low';
  readonly pageCount: number;
  /** 0 is none. */
  readonly coverIndex: number;
  readonly coverPageText?: string;
}

/** Under what the journal keeps the bytes of an attachment. */
export function contentIdOf(messageId: string, attachmentId: string): string {
  return `message ${messageId} ${attachmentId}`;
}

/**
 * The status of the whole: of a fax to many, Queued while one is, then SendingFailed if one is, else Sent.
 *
 * @see RingCentral OpenAPI `MessageStatusEnum`
 */
export function messageStatusOf({ type, direction, to }: Pick<Message, 'type' | 'direction' | 'to'>): MessageStatus {
  if (direction === 'Inbound') return 'Received';
  const statuses = new Set(to.map(({ messageStatus }) => messageStatus));
  const worst = (['Queued', 'SendingFailed', 'DeliveryFailed'] as const).find((status) => statuses.has(status));
  if (worst) return worst;
  // The file says so for faxes; a text message has delivery reports.
  return type !== 'Fax' && statuses.size === 1 && statuses.has('Delivered') ? 'Delivered' : 'Sent';
}

/** Every number or extension number by which a message can be looked for. */
export function numbersOf({ from, to }: Pick<Message, 'from' | 'to'>): readonly string[] {
  return [from, ...to].flatMap(({ phoneNumber, extensionNumber }) => phoneNumber ?? extensionNumber ?? []);
}
