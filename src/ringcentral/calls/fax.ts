import { Buffer } from 'node:buffer';
import { PlatformRefused } from '../../domain/errors.ts';
import type { FaxDocument, FaxRecipient, FaxResult } from '../../domain/fax.ts';
import { errorCodeOf, jsonObject, type PlatformAnswer, type PlatformRequest, requireSuccess } from './request.ts';

const FAX_PATH = '/restapi/v1.0/account/~/extension/~/fax';
const LONGEST_ID = /^\d{1,32}$/;

/** A fax as the platform takes it. */
export interface FaxSubmission {
  readonly recipients: readonly FaxRecipient[];
  readonly documents: readonly FaxDocument[];
  /** 0: none; absent: the account's own. */
  readonly coverIndex?: number;
  readonly coverPageText?: string;
  readonly resolution?: 'High' | 'Low';
  /** Epoch milliseconds. */
  readonly sendAt?: number;
}

/** A fax as it stands in the platform's message store. */
export interface FaxMessage {
  readonly id: string;
  /** `Queued`, then `Sent`, `Delivered`, `SendingFailed` or `DeliveryFailed`. */
  readonly messageStatus: string;
  readonly pageCount: number | undefined;
  readonly recipients: readonly FaxResult[];
  /** Epoch milliseconds; absent where it is not told. */
  readonly createdAt: number | undefined;
  readonly resolution: string | undefined;
  readonly coverPageText: string | undefined;
}

/**
 * Hands a fax to the platform, to all its recipients at once.
 *
 * It is `multipart/mixed` with a JSON part, the only form that knows the names of recipients.
 *
 * @param content    the documents one behind the other, as long as they say
 * @param boundary   random; in no document
 * @param beforeEnd  is waited for before the last bytes are given: until they have left the platform has no whole request, and
 *                   does nothing
 * @see RingCentral "Sending faxes"; OpenAPI `createFaxMessage`
 */
export function createFaxRequest(
  fax: FaxSubmission,
  content: () => AsyncIterable<Uint8Array>,
  { boundary, timeoutMs, beforeEnd }: { readonly boundary: string; readonly timeoutMs: number; beforeEnd(): Promise<void> },
): PlatformRequest {
  // No line break in front of the first.
  const json = part(boundary, 'application/json', 'name="json"; filename="request.json"', JSON.stringify(faxJson(fax))).subarray(2);
  const heads = fax.documents.map(({ contentType, fileName }) => part(boundary, contentType, `name="attachment"; filename="${quoted(fileName)}"`));
  const end = Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1');
  const bytes = [json, ...heads, end].reduce((sum, { length }) => sum + length, 0) + fax.documents.reduce((sum, document) => sum + document.bytes, 0);
  return {
    method: 'POST',
    path: FAX_PATH,
    body: {
      contentType: `multipart/mixed; boundary="${boundary}"`,
      bytes,
      read: async function* () {
        yield json;
        yield* withHeads(heads, fax.documents, content());
        await beforeEnd();
        yield end;
      },
    },
    timeoutMs,
    permission: 'Faxes',
    group: 'heavy',
  };
}

/** Asks for the faxes that were sent since then, the newest first. @param page from 1 */
export function listSentFaxesRequest(since: number, page: number): PlatformRequest {
  return {
    method: 'GET',
    path: '/restapi/v1.0/account/~/extension/~/message-store',
    query: {
      messageType: 'Fax',
      direction: 'Outbound',
      availability: ['Alive', 'Deleted', 'Purged'],
      dateFrom: new Date(since).toISOString(),
      page: String(page),
      perPage: String(SENT_PER_PAGE),
    },
    permission: 'ReadMessages',
    group: 'light',
  };
}

const SENT_PER_PAGE = 100;

/** Asks how one fax stands. */
export function getFaxMessageRequest(id: string): PlatformRequest {
  return { method: 'GET', path: messagePath(id), permission: 'ReadMessages', group: 'light' };
}

/** Deletes a fax; one that has not left yet is not sent then. */
export function deleteFaxMessageRequest(id: string): PlatformRequest {
  return { method: 'DELETE', path: messagePath(id), permission: 'EditMessages', group: 'medium' };
}

/** Asks for the names of the cover pages. */
export function listCoverPagesRequest(): PlatformRequest {
  return { method: 'GET', path: '/restapi/v1.0/dictionary/fax-cover-page', query: { perPage: '1000' }, permission: '', group: 'light' };
}

/**
 * Judges the answer to a fax that was handed over, or asked about.
 *
 * @throws PlatformRefused  not a success, or a success without a usable id (its code is then `HTTP nnn`)
 */
export function processFaxResponse(answer: PlatformAnswer): FaxMessage {
  const message = toFaxMessage(jsonObject(requireSuccess(answer).text));
  if (!message) throw new PlatformRefused(answer.status, errorCodeOf(answer));
  return message;
}

/** @throws PlatformRefused */
export function processSentFaxesResponse(answer: PlatformAnswer): { readonly faxes: readonly FaxMessage[]; readonly isLast: boolean } {
  const { records } = jsonObject(requireSuccess(answer).text);
  const given = Array.isArray(records) ? (records as readonly unknown[]) : [];
  return { faxes: given.flatMap((record) => toFaxMessage(fieldsOf(record)) ?? []), isLast: given.length < SENT_PER_PAGE };
}

/** Names, in lower case, and their `coverIndex`. @throws PlatformRefused */
export function processCoverPagesResponse(answer: PlatformAnswer): ReadonlyMap<string, number> {
  const { records } = jsonObject(requireSuccess(answer).text);
  const pages = new Map<string, number>();
  for (const record of Array.isArray(records) ? (records as readonly unknown[]) : []) {
    const { id, name } = fieldsOf(record);
    const index = Number(id);
    if (typeof name === 'string' && Number.isInteger(index)) pages.set(name.trim().toLowerCase(), index);
  }
  return pages;
}

function part(boundary: string, contentType: string, disposition: string, content = ''): Buffer {
  return Buffer.from(`\r\n--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}`, 'utf8');
}

// The names were cleaned when they came; this is what would end a header, or its value, whoever calls.
function quoted(fileName: string): string {
  return fileName.replace(/["\\\p{Cc}]/gu, '_');
}

/** The JSON part of a fax. */
export function faxJson({ recipients, coverIndex, coverPageText, resolution, sendAt }: FaxSubmission): object {
  return {
    to: recipients.map(({ phoneNumber, name }) => ({ phoneNumber, ...(name !== undefined && { name }) })),
    ...(resolution !== undefined && { faxResolution: resolution }),
    ...(sendAt !== undefined && { sendTime: new Date(sendAt).toISOString() }),
    ...(coverIndex !== undefined && { coverIndex }),
    ...(coverPageText !== undefined && { coverPageText }),
  };
}

/** @throws RangeError  the content is not as long as the documents say; the request must not end then */
async function* withHeads(heads: readonly Buffer[], documents: readonly FaxDocument[], content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let index = 0;
  let left = 0;
  const nextHeads = function* () {
    while (left === 0 && index < documents.length) {
      const head = heads[index];
      left = documents[index]?.bytes ?? 0;
      index += 1;
      if (head) yield head;
    }
  };
  yield* nextHeads();
  for await (const piece of content) {
    for (let at = 0; at < piece.length; ) {
      if (left === 0) throw new RangeError('the content is longer than its documents');
      const taken = Math.min(left, piece.length - at);
      yield piece.subarray(at, at + taken);
      left -= taken;
      at += taken;
      yield* nextHeads();
    }
  }
  if (left > 0 || index < documents.length) throw new RangeError('the content is shorter than its documents');
}

function messagePath(id: string): string {
  if (!LONGEST_ID.test(id)) throw new TypeError('This cannot be the id of a message.');
  return `/restapi/v1.0/account/~/extension/~/message-store/${id}`;
}

function toFaxMessage(body: Readonly<Record<string, unknown>>): FaxMessage | undefined {
  const id = typeof body.id === 'number' ? String(body.id) : body.id;
  if (typeof id !== 'string' || !LONGEST_ID.test(id)) return undefined;
  const createdAt = typeof body.creationTime === 'string' ? Date.parse(body.creationTime) : Number.NaN;
  return {
    id,
    messageStatus: textOf(body.messageStatus) ?? 'Queued',
    pageCount: typeof body.faxPageCount === 'number' ? body.faxPageCount : undefined,
    recipients: (Array.isArray(body.to) ? (body.to as readonly unknown[]) : []).map(toResult),
    createdAt: Number.isNaN(createdAt) ? undefined : createdAt,
    resolution: textOf(body.faxResolution),
    coverPageText: textOf(body.coverPageText),
  };
}

function toResult(recipient: unknown): FaxResult {
  const { phoneNumber, name, messageStatus, faxErrorCode } = fieldsOf(recipient);
  const called = textOf(name);
  const errorCode = textOf(faxErrorCode);
  return {
    phoneNumber: textOf(phoneNumber) ?? '',
    ...(called !== undefined && { name: called }),
    messageStatus: textOf(messageStatus) ?? 'Queued',
    ...(errorCode !== undefined && { faxErrorCode: errorCode }),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
