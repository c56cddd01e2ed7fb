import { invalidParameter } from '../wire/rest-refusal.ts';
import type { Message } from './message.ts';
import type { MessageQuery } from './message-query.ts';

/** What a synchronization goes on from: up to which revision it has seen what it asked for. */
export interface SyncPoint {
  readonly revision: number;
  readonly query: Pick<MessageQuery, 'conversationId' | 'direction' | 'messageType' | 'dateFrom'>;
}

/** A token that the client keeps until the next time. */
export function writeSyncToken({ revision, query: { conversationId, direction, messageType, dateFrom } }: SyncPoint): string {
  return Buffer.from(JSON.stringify({ revision, query: { conversationId, direction, messageType, dateFrom } })).toString('base64url');
}

/**
 * Reads a token.
 *
 * @throws Refused  400 CMN-101: it is none
 */
export function readSyncToken(text: string): SyncPoint {
  const { revision, query } = parse(text);
  if (!Number.isSafeInteger(revision) || typeof query !== 'object' || query === null) throw invalidParameter('syncToken');
  const { conversationId, direction, messageType, dateFrom } = query;
  const areLists = [direction, messageType].every((list) => list === undefined || Array.isArray(list));
  const isConversation = conversationId === undefined || typeof conversationId === 'string';
  if (!areLists || !isConversation || !(dateFrom === undefined || Number.isSafeInteger(dateFrom))) throw invalidParameter('syncToken');
  return { revision, query } as SyncPoint;
}

/** Whether it has been added or changed since. */
export function isNewSince({ revision }: SyncPoint, message: Message): boolean {
  return message.revision > revision;
}

function parse(text: string): Partial<SyncPoint> {
  try {
    return (JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) ?? {}) as Partial<SyncPoint>;
  } catch {
    throw invalidParameter('syncToken');
  }
}
