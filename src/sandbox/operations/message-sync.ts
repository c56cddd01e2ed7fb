import { readWord } from '../messages/fields.ts';
import type { Message } from '../messages/message.ts';
import { readSyncQuery, selectMessages } from '../messages/message-query.ts';
import { isoTime, recordOf } from '../messages/message-record.ts';
import { isNewSince, readSyncToken, type SyncPoint, writeSyncToken } from '../messages/sync-token.ts';
import { jsonAnswer } from '../wire/answer.ts';
import { type ExtensionOperation, extensionUri, type OperationCall } from '../wire/operation.ts';
import { invalidParameter } from '../wire/rest-refusal.ts';

// RingCentral OpenAPI names no default; a page of a list has as many, and what is more is said to be older.
const RECORDS = 100;
const MOST_RECORDS = 1_000;

interface Synchronized {
  readonly messages: readonly Message[];
  readonly olderRecordsExist: boolean;
  readonly query: SyncPoint['query'];
}

/** Gives a client all that it asks for, and from then on what is new or has changed, what was deleted too. */
export const syncMessages: ExtensionOperation = {
  access: 'extension',
  method: 'GET',
  path: '/restapi/v1.0/account/{accountId}/extension/{extensionId}/message-sync',
  group: 'Light',
  permission: 'ReadMessages',
  userPermission: 'ReadMessages',
  answer: (call) => {
    const { world, owner, request } = call;
    const syncType = readWord(request.query.get('syncType') || 'FSync', 'syncType', ['FSync', 'ISync']);
    const uri = extensionUri(world, owner);
    const all = world.messages.listOf(String(owner.extension.id));
    const { messages, olderRecordsExist, query } = syncType === 'FSync' ? everything(call, all) : changes(call, all);
    const revision = all.reduce((highest, message) => Math.max(highest, message.revision), 0);
    return jsonAnswer(200, {
      uri: `${uri}/message-sync`,
      records: messages.map((message) => recordOf(uri, message)),
      syncInfo: { syncType, syncToken: writeSyncToken({ revision, query }), syncTime: isoTime(world.now()), olderRecordsExist },
    });
  },
};

function everything({ world, request }: OperationCall, all: readonly Message[]): Synchronized {
  const query = readSyncQuery(request.query, world.now());
  const chosen = selectMessages(all, { ...query, availability: ['Alive'] });
  const count = readCount(request.query);
  return { messages: chosen.slice(0, count), olderRecordsExist: chosen.length > count, query };
}

function changes({ request }: OperationCall, all: readonly Message[]): Synchronized {
  const point = readSyncToken(request.query.get('syncToken') ?? '');
  const messages = selectMessages(all, point.query).filter((message) => isNewSince(point, message));
  return { messages, olderRecordsExist: false, query: point.query };
}

function readCount(query: URLSearchParams): number {
  const text = query.get('recordCount') || String(RECORDS);
  if (!/^0*[1-9]\d{0,8}$/.test(text)) throw invalidParameter('recordCount');
  return Math.min(Number(text), MOST_RECORDS);
}
