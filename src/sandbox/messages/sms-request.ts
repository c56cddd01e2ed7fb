import { type Directory, type Owner, toE164 } from '../directory.ts';
import { isJsonObject, type JsonObject } from '../wire/json-body.ts';
import { invalidParameter, restRefusal } from '../wire/rest-refusal.ts';
import { smsRefusalOf } from './delivery.ts';
import { readDocuments } from './documents.ts';
import type { Envelope } from './envelope.ts';
import { checkCountry, isAbsent, readText } from './fields.ts';
import { ACCEPTED_IN_MMS } from './file-types.ts';
import type { Party } from './message.ts';
import type { DraftFile } from './messages.ts';
import { ownNumbersOf } from './own-numbers.ts';

/** A text message as it was asked for. */
export interface SmsRequest {
  readonly from: Party;
  readonly to: readonly Party[];
  /** Absent where there are files only. */
  readonly subject?: string;
  readonly files: readonly DraftFile[];
}

const LONGEST_TEXT = 1_000;
const MOST_RECIPIENTS = 10;
const MOST_FILES = 10;
const MOST_BYTES = 1_500_000;

/**
 * Reads a text message.
 *
 * @throws Refused  400: CMN-101 for what is missing or cannot be, CMN-406 for a recipient twice, MSG-243 for one that is
 *                  blocked, MSG-246 and MSG-247 for extensions and short numbers, MSG-376 and MSG-379 for files too long or
 *                  too many, MSG-381 for too many recipients; 403: MSG-304 for a sender's number that is not the user's,
 *                  MSG-240 abroad; 415 MSG-348
 */
export function readSms({ body, files }: Envelope, directory: Directory, owner: Owner): SmsRequest {
  const from = readSender(body, directory, owner);
  const to = readRecipients(body);
  const subject = isAbsent(body.text) && files.length > 0 ? undefined : readSmsText(body.text, files.length > 0);
  checkCountry(body);
  if (files.length > MOST_FILES) throw restRefusal(400, 'MSG-379', 'Too many attachments');
  const documents = readDocuments(files, ACCEPTED_IN_MMS);
  if (documents.reduce((sum, { bytes }) => sum + bytes.byteLength, 0) > MOST_BYTES) throw restRefusal(400, 'MSG-376', 'Attachment size limit exceeded');
  return {
    from: { phoneNumber: from, name: owner.extension.name },
    to: to.map((phoneNumber) => ({ phoneNumber })),
    ...(subject !== undefined && { subject }),
    files: [...textFileOf(subject), ...documents.map((document) => ({ type: 'MmsAttachment' as const, ...document }))],
  };
}

/** The text of a message as the attachment that repeats it. */
export function textFileOf(text: string | undefined): readonly DraftFile[] {
  return text ? [{ type: 'Text', contentType: 'text/plain', bytes: Buffer.from(text) }] : [];
}

function readSmsText(text: unknown, hasFiles: boolean): string {
  if (text === '' && !hasFiles) throw invalidParameter('text');
  return readText(text, 'text', LONGEST_TEXT);
}

function readSender({ from }: JsonObject, directory: Directory, owner: Owner): string {
  if (!isJsonObject(from)) throw invalidParameter('from');
  const number = readNumber(from.phoneNumber, 'from.phoneNumber');
  if (!ownNumbersOf(directory, owner).includes(number)) throw restRefusal(403, 'MSG-304', 'Phone number does not belong to the extension');
  return number;
}

function readRecipients({ to }: JsonObject): readonly string[] {
  if (!Array.isArray(to) || to.length === 0) throw invalidParameter('to');
  const numbers = to.map((recipient) => readNumber(isJsonObject(recipient) ? recipient.phoneNumber : undefined, 'to.phoneNumber'));
  const repeated = numbers.find((number, index) => numbers.indexOf(number) !== index);
  if (repeated !== undefined) throw restRefusal(400, 'CMN-406', `Duplicate value for parameter to: ${repeated} found in request`);
  if (numbers.length > MOST_RECIPIENTS) throw restRefusal(400, 'MSG-381', `Exceeded maximum number of recipients for a Group MMS: [${MOST_RECIPIENTS}]`);
  for (const number of numbers) refuseUnreachable(number);
  return numbers;
}

function refuseUnreachable(number: string): void {
  const refusal = smsRefusalOf(number);
  if (refusal === 'blocked') throw restRefusal(400, 'MSG-243', `Parameter [to] value [${number}] is invalid [Phone number is blocked]`);
  if (refusal === 'international') throw restRefusal(403, 'MSG-240', 'International SMS is not available for account.');
}

// An extension has up to four digits here, a short code five or six; the platform tells them apart by the account.
function readNumber(value: unknown, name: string): string {
  if (typeof value !== 'string') throw invalidParameter(name);
  if (/^\d{3,4}$/.test(value)) throw restRefusal(400, 'MSG-246', 'Sending SMS from/to extension numbers is not available');
  if (/^\d{5,6}$/.test(value)) throw restRefusal(400, 'MSG-247', 'Sending SMS to short numbers is not available');
  const number = toE164(value);
  if (number === undefined) throw invalidParameter(name);
  return number;
}
