/** Somebody a fax goes to. */
export interface FaxRecipient {
  /** E.164. */
  readonly phoneNumber: string;
  readonly name?: string;
}

/** A document of a fax, without its bytes. */
export interface FaxDocument {
  /** Without folders, with an ending that the platform takes. */
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: number;
}

/** What is to be faxed to whom, and how; the bytes of the documents are kept apart. */
export interface FaxOrder {
  readonly recipients: readonly FaxRecipient[];
  readonly documents: readonly FaxDocument[];
  /** `None`, or the name or the number of a page of the platform's; absent: the page the account uses by default. */
  readonly coverPage?: string;
  /** Gone once the content is erased. */
  readonly coverPageText?: string;
  readonly resolution?: 'High' | 'Low';
  /** When the platform is to send it, epoch milliseconds; absent: as soon as it can. */
  readonly sendAt?: number;
}

/**
 * How a fax stands, and what leads where:
 *
 *   queued     it waits for its turn                          -> sending, failed (its deadline has passed), withdrawn
 *   sending    a node is handing it to the platform           -> sent, failed (refused), queued (it did not leave), unclear
 *   unclear    it left whole, and no answer came              -> sent (it is in the message store), queued (it is not), failed
 *   sent       the platform has it and says how it fares      -> delivered, failed, withdrawn (cancelled there)
 *   delivered  every recipient has it
 *   failed     the platform did not take it, or a recipient did not get it
 *   withdrawn  whoever sent it was told that it failed, so it is not sent
 */
export type FaxState = 'queued' | 'sending' | 'unclear' | 'sent' | 'delivered' | 'failed' | 'withdrawn';

export const FAX_STATES = ['queued', 'sending', 'unclear', 'sent', 'delivered', 'failed', 'withdrawn'] as const satisfies readonly FaxState[];

/** What became of a fax at one recipient, in the platform's words. */
export interface FaxResult {
  readonly phoneNumber: string;
  readonly name?: string;
  /** `Queued`, `Sent`, `Delivered`, `SendingFailed`, `DeliveryFailed`. */
  readonly messageStatus: string;
  /** `NoAnswer`, `LineBusy` and the like; absent where nothing failed. */
  readonly faxErrorCode?: string;
}

/** A fax that was accepted. Times are epoch milliseconds. */
export interface Fax {
  /** The later one was accepted, the greater: `faxId` makes it. */
  readonly id: string;
  /** The name of the Client that sent it. */
  readonly client: string;
  readonly connection: string;
  readonly state: FaxState;
  readonly order: FaxOrder;
  /** Rises with every change, and is compared when one is saved. */
  readonly version: number;
  /** How often it was handed to the platform, or was about to be. */
  readonly attempts: number;
  /** Others of its Connection do not wait for it any more: it failed too often. */
  readonly isAside: boolean;
  /** From when on it may be worked on. */
  readonly dueAt: number;
  /** When it is given up. */
  readonly deadline: number;
  /** When the last byte of an attempt was about to leave; absent where none may have. */
  readonly leftAt: number | undefined;
  /** Whoever sent it was told that it failed. */
  readonly isWithdrawn: boolean;
  /** The platform's. */
  readonly messageId: string | undefined;
  readonly messageStatus: string | undefined;
  readonly pageCount: number | undefined;
  readonly results: readonly FaxResult[];
  /** Why it failed, or waits: a code of the platform's or of ours. */
  readonly code: string | undefined;
  readonly isErased: boolean;
  readonly createdAt: number;
  /** Since when nothing more comes. */
  readonly closedAt: number | undefined;
}

/** One line of a fax's history. */
export interface FaxEvent {
  readonly at: number;
  readonly event: FaxEventName;
  /** A code, never a text of a caller. */
  readonly code?: string;
}

export type FaxEventName =
  | 'accepted'
  | 'sending'
  | 'postponed'
  | 'unclear'
  | 'found'
  | 'not_found'
  | 'cover_page_unknown'
  | 'sent'
  | 'delivered'
  | 'failed'
  | 'withdrawing'
  | 'withdrawn'
  | 'withdrawn_too_late'
  | 'followed_no_more'
  | 'erased';

const TIME_DIGITS = 9;
const COUNT_DIGITS = 4;
const COUNT_END = 36 ** COUNT_DIGITS;

/**
 * The id of a new fax. Ids are in the order of their times.
 *
 * @param count   of those that this process has made: of two in one millisecond the later is greater
 * @param unique  random text
 */
export function faxId(now: number, count: number, unique: string): string {
  return `${faxIdsFrom(now)}${(count % COUNT_END).toString(36).padStart(COUNT_DIGITS, '0')}-${unique}`;
}

/** What the id of every fax that is made from then on is greater than, and of no earlier one. */
export function faxIdsFrom(now: number): string {
  return `fx${now.toString(36).padStart(TIME_DIGITS, '0')}`;
}
