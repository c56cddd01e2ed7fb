import type { FaxOrder } from '../../domain/fax.ts';
import type { CountryCode } from '../../domain/phone-number.ts';
import { DIGIT, type FaxDigit, FaxRefused } from '../../legacy/faxout/digit.ts';
import type { PieceFile } from '../../legacy/faxout/documents.ts';
import { fieldOf } from '../../legacy/faxout/fields.ts';
import { FormFields } from '../../legacy/faxout/form-fields.ts';
import { readMultipart } from '../../legacy/faxout/multipart.ts';
import { readOrder } from '../../legacy/faxout/order.ts';
import { readUrlencoded } from '../../legacy/faxout/urlencoded.ts';
import { CoverPages } from '../../outbox/cover-pages.ts';
import { createFaxRequest, faxJson } from '../../ringcentral/calls/fax.ts';
import type { PlatformRequest } from '../../ringcentral/calls/request.ts';
import { type ExplainedRequest, type Explanation, explained, ignoredNote, shownFields, TOKEN_NOTE } from './explanation.ts';
import type { OldRequest } from './old-request.ts';

const COVER_INDEX = 'COVER_INDEX';
const WHAT = 'faxapi.asp';

/** What a request to `faxapi.asp` becomes. Its documents are read and let go, whatever their size. */
export async function explainFaxOut(request: Pick<OldRequest, 'contentType' | 'body'>, country: CountryCode, now: number): Promise<Explanation> {
  const fields = new NamedFields();
  try {
    if (/^\s*multipart\//i.test(request.contentType)) await readMultipart(request.contentType, request.body, fields);
    else await readUrlencoded(request.body, fields);
    const order = readOrder(fields, fields.documents.list, { country, refusedNumbers: [], now });
    const { requests, notes } = await requestsOf(order, now);
    const late = fields.texts.sendtime !== undefined && order.sendAt === undefined;
    const unread = [
      ...(late ? ['Sendtime is past, or not dd:mm:yy hh:mm in GMT: it is sent as soon as possible.'] : []),
      ...(fields.texts.resolution !== undefined && order.resolution === undefined ? ['Resolution is neither Low nor High, and is left out.'] : []),
    ];
    return { what: WHAT, fields: shown(fields, order), requests, notes: [...notes, ...unread, ...ignoredNote(fields.ignored)] };
  } catch (error) {
    if (!(error instanceof FaxRefused)) throw error;
    const why = error.message.replaceAll('_', ' ');
    return {
      what: WHAT,
      fields: shown(fields),
      requests: [],
      refusedWith: error.digit,
      notes: [`${DIGIT_MEANS[error.digit]} (${why}).`, ...ignoredNote(fields.ignored)],
    };
  }
}

const DIGIT_MEANS: Readonly<Record<FaxDigit, string>> = {
  [DIGIT.accepted]: 'Accepted',
  [DIGIT.login]: 'The login is wrong',
  [DIGIT.prohibited]: 'Faxing is prohibited',
  [DIGIT.noRecipients]: 'No recipient is in it',
  [DIGIT.noDocuments]: 'No document is in it',
  [DIGIT.other]: 'It cannot be sent as it is',
};

async function requestsOf(order: FaxOrder, now: number): Promise<Pick<Explanation, 'requests' | 'notes'>> {
  const asked: PlatformRequest[] = [];
  const dictionary = async (_connection: string, request: PlatformRequest) => {
    asked.push(request);
    return { status: 200, headers: new Headers(), text: '{"records":[]}' };
  };
  const cover = await new CoverPages({ call: dictionary, clock: { now: () => now } }).indexOf('', order.coverPage);
  const { coverPage, ...submission } = order;
  const whole = { ...submission, ...(typeof cover === 'number' && { coverIndex: cover }) };
  const none = async function* (): AsyncGenerator<Uint8Array> {};
  const request = createFaxRequest(whole, none, { boundary: 'boundary', timeoutMs: 0, beforeEnd: async () => undefined });
  const json = { ...faxJson(whole), ...(cover === 'unknown' && { coverIndex: COVER_INDEX }) };
  const fax: ExplainedRequest = { ...explained('Sends the fax, to all recipients at once.', request), json, documents: order.documents };
  const pages = asked.map((page) => explained('Lists the cover pages: names and ids.', page));
  return { requests: [...pages, fax], notes: notesOf(order, coverPage !== undefined && cover === 'unknown') };
}

function notesOf(order: FaxOrder, named: boolean): string[] {
  return [
    TOKEN_NOTE,
    'The body is multipart: a JSON part first, then one part per document. Only JSON keeps the names of recipients; the numbers must be E.164.',
    ...(named
      ? [
          `${COVER_INDEX} stands for the id of the page of that name in the first answer, a number; a name that is not there is left out, and the account's own page used.`,
        ]
      : []),
    ...(order.coverPage === undefined ? ['No cover page is named, so coverIndex is left out: the account’s own page is used. None is coverIndex 0.'] : []),
    ...(order.sendAt === undefined ? [] : ['Sendtime was GMT as dd:mm:yy hh:mm; sendTime is the same moment in ISO 8601.']),
    'Each document is a file of that name beside the program: the names are cleaned as the platform wants them, and a text that came as a value is a document too.',
    'The answer is JSON with the message id and messageStatus Queued, in place of the digit 0; how it fares is asked in the message store. The old service told that by e-mail.',
    'A request whose answer is lost may have been sent: look for it in the message store before it is repeated, as Trunkline does. Faxes are in the group Heavy, some 10 a minute.',
  ];
}

function shown(fields: NamedFields, order?: FaxOrder): Explanation['fields'] {
  return [
    ...shownFields(fields.texts),
    ...(order
      ? order.recipients.map(({ phoneNumber, name }) => ({ name: 'recipient', value: name === undefined ? phoneNumber : `${phoneNumber} (${name})` }))
      : []),
    ...(order ? order.documents.map(({ fileName, contentType, bytes }) => ({ name: 'attachment', value: `${fileName}, ${contentType}, ${bytes} bytes` })) : []),
  ];
}

/** The fields of a form, and the names that nobody knows. */
class NamedFields extends FormFields {
  readonly ignored = new Set<string>();

  constructor() {
    super(async () => NOWHERE);
  }

  override take(name: string | undefined, fileName: string | undefined, value: AsyncIterable<Buffer>): Promise<void> {
    if (name !== undefined && fieldOf(name) === undefined) this.ignored.add(name);
    return super.take(name, fileName, value);
  }
}

const NOWHERE: PieceFile = { append: async () => undefined, read: async () => Buffer.alloc(0), close: async () => undefined };
