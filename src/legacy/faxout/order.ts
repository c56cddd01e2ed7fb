import type { FaxDocument, FaxOrder, FaxRecipient } from '../../domain/fax.ts';
import { type CountryCode, toDialable } from '../../domain/phone-number.ts';
import { DIGIT, FaxRefused } from './digit.ts';
import type { FaxTextField } from './fields.ts';

// RingCentral's OpenAPI file: `coverPageText`.
const LONGEST_COVER_TEXT = 1_024;
const LONGEST_NAME = 64;
const LONGEST_COVER_PAGE = 64;

/** What the form said, but for the documents. */
export interface FaxForm {
  readonly texts: Readonly<Partial<Record<FaxTextField, string>>>;
  readonly recipients: readonly string[];
}

/** In whose way numbers are read, which are not called, and what time it is. */
export interface OrderRules {
  readonly country: CountryCode;
  readonly refusedNumbers: readonly string[];
  readonly now: number;
}

/**
 * What the form asks for. A field that is empty was not given.
 *
 * @throws FaxRefused  3 without a recipient, 4 without a document, 2 for a number that may not be called, 5 for what is no number
 */
export function readOrder({ texts, recipients }: FaxForm, documents: readonly FaxDocument[], rules: OrderRules): FaxOrder {
  const to = readRecipients(recipients, rules);
  if (to.length === 0) throw new FaxRefused('no_recipients', DIGIT.noRecipients);
  if (documents.length === 0) throw new FaxRefused('no_documents', DIGIT.noDocuments);
  const coverPage = (texts.coverpage ?? '').replace(/\.$/, '').slice(0, LONGEST_COVER_PAGE);
  const coverPageText = printable(texts.coverpagetext ?? '', /[^\P{Cc}\r\n\t]/gu, LONGEST_COVER_TEXT);
  const resolution = readResolution(texts.resolution);
  const sendAt = readSendTime(texts.sendtime, rules.now);
  return {
    recipients: to,
    documents,
    ...(coverPage !== '' && { coverPage }),
    ...(coverPageText !== '' && { coverPageText }),
    ...(resolution && { resolution }),
    ...(sendAt !== undefined && { sendAt }),
  };
}

/**
 * A time as the old interface has it: `dd:mm:yy hh:mm`, GMT.
 *
 * @returns epoch milliseconds; nothing for what is no such time, or past: then it is sent as soon as possible
 */
export function readSendTime(text: string | undefined, now: number): number | undefined {
  const [, day = '', month = '', year = '', hour = '', minute = ''] = /^(\d{1,2}):(\d{1,2}):(\d{2}|\d{4})\s+(\d{1,2}):(\d{2})$/.exec(text ?? '') ?? [];
  if (day === '') return undefined;
  const fullYear = Number(year) + (year.length === 2 ? 2_000 : 0);
  const at = Date.UTC(fullYear, Number(month) - 1, Number(day), Number(hour), Number(minute));
  const read = new Date(at);
  // Another day than was written: there is no such one.
  const isDay = read.getUTCDate() === Number(day) && read.getUTCMonth() === Number(month) - 1 && Number(hour) < 24 && Number(minute) < 60;
  return isDay && at > now ? at : undefined;
}

function readRecipients(given: readonly string[], rules: OrderRules): readonly FaxRecipient[] {
  const recipients = given.flatMap((text) => readRecipient(text, rules) ?? []);
  // Named twice, it would get the fax twice, or the platform refuses all of it.
  return recipients.filter(({ phoneNumber }, index) => recipients.findIndex((other) => other.phoneNumber === phoneNumber) === index);
}

function readRecipient(text: string, { country, refusedNumbers }: OrderRules): FaxRecipient | undefined {
  const bar = text.indexOf('|');
  const number = bar < 0 ? text : text.slice(0, bar);
  if (number.trim() === '') return undefined;
  const phoneNumber = toDialable(number, country);
  if (phoneNumber !== undefined && refusedNumbers.includes(phoneNumber)) throw new FaxRefused('number_refused', DIGIT.prohibited);
  // The platform faxes to no extension (MSG-344), and to nobody at all where one of many is none.
  if (phoneNumber === undefined || !phoneNumber.startsWith('+')) throw new FaxRefused('number_unreadable');
  const name = bar < 0 ? '' : printable(text.slice(bar + 1), /\p{Cc}/gu, LONGEST_NAME);
  return { phoneNumber, ...(name !== '' && { name }) };
}

function readResolution(text = ''): FaxOrder['resolution'] {
  const word = text.toLowerCase();
  return word === 'high' ? 'High' : word === 'low' ? 'Low' : undefined;
}

function printable(text: string, without: RegExp, longest: number): string {
  // Half of a character is no text.
  return text
    .replace(without, ' ')
    .trim()
    .slice(0, longest)
    .replace(/[\ud800-\udbff]$/, '');
}
