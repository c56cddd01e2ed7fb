import { toE164 } from '../directory.ts';
import { isJsonObject, type JsonObject } from '../wire/json-body.ts';
import { invalidParameter, restRefusal } from '../wire/rest-refusal.ts';
import { COVER_PAGES, DEFAULT_COVER_INDEX } from './cover-pages.ts';
import { readDocuments } from './documents.ts';
import type { Envelope } from './envelope.ts';
import { checkCountry, isAbsent, readId, readText, readTime, readWord } from './fields.ts';
import { ACCEPTED_IN_FAX } from './file-types.ts';
import type { FaxDetails, Party } from './message.ts';
import type { DraftFile } from './messages.ts';
import { pageCountOf } from './page-count.ts';

/** A fax as it was asked for. */
export interface FaxRequest {
  readonly to: readonly Party[];
  readonly files: readonly DraftFile[];
  readonly fax: FaxDetails;
  readonly leavesAt?: number;
}

/** A fax that is to be sent again. */
export interface FaxResendRequest {
  readonly originalMessageId: string;
  /** The recipients of the original where it is absent. */
  readonly to?: readonly Party[];
  readonly leavesAt?: number;
}

// RingCentral support: a fax goes to fifty recipients at most.
const MOST_RECIPIENTS = 50;
const LONGEST_COVER_TEXT = 1_024;
// "Attachment size, both single and total".
const MOST_BYTES = 50 * 1024 * 1024;

/**
 * Reads a new fax.
 *
 * @throws Refused  400: CMN-101 for what is missing or cannot be, MSG-344 for an extension as recipient, and what is
 *                  said of documents; 413: the documents are too long; 415: a type of file is not taken
 */
export function readFax({ body, files }: Envelope): FaxRequest {
  const to = readRecipients(body);
  const resolution = isAbsent(body.faxResolution) ? 'High' : readWord(body.faxResolution, 'faxResolution', ['High', 'Low']);
  const coverIndex = isAbsent(body.coverIndex) ? DEFAULT_COVER_INDEX : readCoverIndex(body.coverIndex);
  const coverPageText = isAbsent(body.coverPageText) ? undefined : readText(body.coverPageText, 'coverPageText', LONGEST_COVER_TEXT);
  checkCountry(body);
  const documents = readDocuments(files, ACCEPTED_IN_FAX);
  if (documents.reduce((sum, { bytes }) => sum + bytes.byteLength, 0) > MOST_BYTES) throw restRefusal(413, 'CMN-103', 'The attachments are too long');
  // A cover page alone can be sent, if there is something on it.
  if (documents.length === 0 && (coverIndex === 0 || coverPageText === undefined)) throw invalidParameter('attachment');
  const pages = documents.reduce((sum, document) => sum + pageCountOf(document), 0);
  return {
    to,
    files: documents.map((document) => ({ type: 'SourceDocument', ...document })),
    fax: { resolution, pageCount: pages + (coverIndex === 0 ? 0 : 1), coverIndex, ...(coverPageText !== undefined && { coverPageText }) },
    ...readLeaving(body),
  };
}

/**
 * Reads what is to be sent again.
 *
 * @throws Refused  400: CMN-101, MSG-344
 */
export function readFaxResend(body: JsonObject): FaxResendRequest {
  return {
    originalMessageId: readId(body.originalMessageId, 'originalMessageId'),
    ...(!isAbsent(body.to) && { to: readRecipients(body) }),
    ...readLeaving(body),
  };
}

function readRecipients({ to }: JsonObject): readonly Party[] {
  if (!Array.isArray(to) || to.length === 0 || to.length > MOST_RECIPIENTS) throw invalidParameter('to');
  return to.map(readRecipient);
}

function readRecipient(recipient: unknown): Party {
  if (!isJsonObject(recipient)) throw invalidParameter('to');
  const { phoneNumber, name } = recipient;
  if (typeof phoneNumber !== 'string') throw invalidParameter('to.phoneNumber');
  if (/^\d{3,6}$/.test(phoneNumber)) throw restRefusal(400, 'MSG-344', 'Sending fax to extension numbers is not available');
  const number = toE164(phoneNumber);
  if (number === undefined) throw invalidParameter('to.phoneNumber');
  return { phoneNumber: number, ...(!isAbsent(name) && { name: readText(name, 'to.name', LONGEST_COVER_TEXT) }) };
}

function readCoverIndex(value: unknown): number {
  const text = readId(value, 'coverIndex');
  if (!/^\d{1,2}$/.test(text) || Number(text) >= COVER_PAGES.length) throw invalidParameter('coverIndex');
  return Number(text);
}

function readLeaving({ sendTime }: JsonObject): { readonly leavesAt?: number } {
  return isAbsent(sendTime) ? {} : { leavesAt: readTime(sendTime, 'sendTime') };
}
