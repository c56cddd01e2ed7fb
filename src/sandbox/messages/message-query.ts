import { toE164 } from '../directory.ts';
import { invalidParameter } from '../wire/rest-refusal.ts';
import { readFlag, readTime, readWord } from './fields.ts';
import { type Availability, type Message, type MessageType, numbersOf } from './message.ts';

/** Which messages are asked for; what is absent does not matter. */
export interface MessageQuery {
  readonly availability?: readonly Availability[];
  readonly conversationId?: string;
  /** Epoch milliseconds of `createdAt`, both inclusive. */
  readonly dateFrom?: number;
  readonly dateTo?: number;
  readonly direction?: readonly Message['direction'][];
  readonly messageType?: readonly MessageType[];
  readonly readStatus?: readonly Message['readStatus'][];
  /** E.164, or as it was written where it is no such number. */
  readonly phoneNumber?: string;
  /** The newest of each conversation only. */
  readonly distinctConversations?: boolean;
}

const DAY_MS = 24 * 3_600_000;
const AVAILABILITIES = ['Alive', 'Deleted', 'Purged'] as const;
const DIRECTIONS = ['Inbound', 'Outbound'] as const;
const TYPES = ['Fax', 'SMS', 'VoiceMail', 'Pager'] as const;
const READ_STATUSES = ['Read', 'Unread'] as const;

/**
 * Reads the filters of a list of messages: those of the last 24 hours that are Alive, unless told.
 *
 * @throws Refused  400 CMN-101 names the one that cannot be
 */
export function readMessageQuery(query: URLSearchParams, now: number): MessageQuery {
  const availability = readWords(query, 'availability', AVAILABILITIES);
  const phoneNumber = textOf(query, 'phoneNumber');
  return {
    ...readSyncQuery(query, now),
    availability: availability ?? ['Alive'],
    ...optional('readStatus', readWords(query, 'readStatus', READ_STATUSES)),
    // A + in a query that nobody encoded is a blank.
    ...optional('phoneNumber', phoneNumber && (toE164(phoneNumber.replace(/^ /, '+')) ?? phoneNumber)),
  };
}

/**
 * Reads the filters that a synchronization has too.
 *
 * @throws Refused  400 CMN-101
 */
export function readSyncQuery(query: URLSearchParams, now: number): MessageQuery {
  const dateTo = readQueryTime(query, 'dateTo');
  const dateFrom = readQueryTime(query, 'dateFrom') ?? (dateTo ?? now) - DAY_MS;
  if (dateTo !== undefined && dateFrom > dateTo) throw invalidParameter('dateFrom');
  return {
    dateFrom,
    ...optional('dateTo', dateTo),
    ...optional('conversationId', textOf(query, 'conversationId')),
    ...optional('direction', readWords(query, 'direction', DIRECTIONS)),
    ...optional('messageType', readWords(query, 'messageType', TYPES)),
    distinctConversations: readFlag(query, 'distinctConversations'),
  };
}

/** Those of some messages, newest first, that are asked for, in the same order. */
export function selectMessages(messages: readonly Message[], query: MessageQuery): Message[] {
  const chosen = messages.filter((message) => isMeant(message, query));
  if (!query.distinctConversations) return chosen;
  const seen = new Set<number>();
  return chosen.filter(({ conversationId }) => {
    if (conversationId === undefined || seen.has(conversationId)) return false;
    seen.add(conversationId);
    return true;
  });
}

/** A time in a query, in epoch milliseconds. @throws Refused 400 CMN-101 */
export function readQueryTime(query: URLSearchParams, name: string): number | undefined {
  const text = textOf(query, name);
  // The + of a zone that nobody encoded is a blank.
  return text === undefined ? undefined : readTime(text.replace(/ (?=\d{2}:?\d{2}$)/, '+'), name);
}

function isMeant(message: Message, query: MessageQuery): boolean {
  const { availability, conversationId, dateFrom = 0, dateTo = Number.POSITIVE_INFINITY, direction, messageType, readStatus, phoneNumber } = query;
  return (
    (availability?.includes(message.availability) ?? true) &&
    (conversationId === undefined || String(message.conversationId) === conversationId) &&
    message.createdAt >= dateFrom &&
    message.createdAt <= dateTo &&
    (direction?.includes(message.direction) ?? true) &&
    (messageType?.includes(message.type) ?? true) &&
    (readStatus?.includes(message.readStatus) ?? true) &&
    (phoneNumber === undefined || numbersOf(message).includes(phoneNumber))
  );
}

/** The parameter's values: repeated, or with commas between them. */
function readWords<Word extends string>(query: URLSearchParams, name: string, words: readonly Word[]): readonly Word[] | undefined {
  const values = query.getAll(name).flatMap((text) => text.split(',').filter((value) => value !== ''));
  return values.length === 0 ? undefined : values.map((value) => readWord(value, name, words));
}

function textOf(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) || undefined;
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in Name]?: Value };
}
