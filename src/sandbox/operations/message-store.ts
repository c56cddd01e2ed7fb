import { randomText } from '../../runtime/random.ts';
import { isAbsent, readFlag, readWord } from '../messages/fields.ts';
import type { Message } from '../messages/message.ts';
import { readMessageQuery, readQueryTime, selectMessages } from '../messages/message-query.ts';
import { recordOf, singleRecordOf } from '../messages/message-record.ts';
import { type Answer, type Answering, emptyAnswer, jsonAnswer } from '../wire/answer.ts';
import { batchAnswer, entryOf, isInBody, isJsonBatch, readIds } from '../wire/batch.ts';
import { type BatchBody, readBodyIds, readJsonBodies, readPartBodies } from '../wire/batch-body.ts';
import { type JsonObject, readJsonObject } from '../wire/json-body.ts';
import { isMultipart } from '../wire/multipart.ts';
import { type ExtensionOperation, extensionUri, type OperationCall } from '../wire/operation.ts';
import { pageOf } from '../wire/paging.ts';
import { invalidParameter, notFound, restRefusal } from '../wire/rest-refusal.ts';

const PATH = '/restapi/v1.0/account/{accountId}/extension/{extensionId}/message-store';
const PARAMETER = 'messageId';
const READ = { access: 'extension', group: 'Light', permission: 'ReadMessages', userPermission: 'ReadMessages' } as const;
const EDIT = { access: 'extension', group: 'Medium', permission: 'EditMessages', userPermission: 'EditMessages' } as const;
const BOUNDARY_BYTES = 12;
// The names that a deletion may have for types; Text is SMS and Pager.
const DELETED_TYPES = ['Fax', 'SMS', 'VoiceMail', 'Pager', 'Text', 'All'] as const;

/** A user's messages, the newest first. */
export const listMessages: ExtensionOperation = {
  ...READ,
  method: 'GET',
  path: PATH,
  answer: ({ world, owner, request }) => {
    const uri = extensionUri(world, owner);
    const messages = selectMessages(world.messages.listOf(String(owner.extension.id)), readMessageQuery(request.query, world.now()));
    return jsonAnswer(
      200,
      pageOf(`${uri}/message-store`, messages, request.query, (message) => recordOf(uri, message)),
    );
  },
};

/** One message, or several whose ids stand in the path with commas between them. */
export const getMessage: ExtensionOperation = {
  ...READ,
  method: 'GET',
  path: `${PATH}/{${PARAMETER}}`,
  answer: (call) => {
    const uri = extensionUri(call.world, call.owner);
    const ids = readIds(idsIn(call));
    if (ids.length <= 1) return jsonAnswer(200, singleRecordOf(uri, required(call, ids[0])));
    return answerEach(
      call,
      ids.map((id) => ({ id, work: () => jsonAnswer(200, recordOf(uri, required(call, id))) })),
    );
  },
};

/** Marks messages read or unread. */
export const updateMessage: ExtensionOperation = {
  ...EDIT,
  method: 'PUT',
  path: `${PATH}/{${PARAMETER}}`,
  answer: (call) => changeEach(call, (message, body) => mark(call, message, body)),
};

/** Marks messages read or unread, and takes deleted ones back. */
export const patchMessage: ExtensionOperation = {
  ...EDIT,
  method: 'PATCH',
  path: `${PATH}/{${PARAMETER}}`,
  answer: (call) =>
    changeEach(call, (message, body) => {
      if (isAbsent(body.availability)) return mark(call, message, body);
      // Only taking back is supported, and nothing that is purged can be.
      if (readWord(body.availability, 'availability', ['Alive']) && message.availability === 'Purged') throw invalidParameter('availability');
      const alive = message.availability === 'Deleted' ? call.world.messages.restoreDeleted(message) : message;
      return isAbsent(body.readStatus) ? alive : mark(call, alive, body);
    }),
};

/** Deletes messages, and the second time, or with `purge` at once, their contents. One that has not left is not sent. */
export const deleteMessage: ExtensionOperation = {
  ...EDIT,
  method: 'DELETE',
  path: `${PATH}/{${PARAMETER}}`,
  answer: (call) => {
    const purge = readFlag(call.request.query, 'purge');
    const types = readDeletedTypes(call);
    const ids = isInBody(idsIn(call)) ? readBodyIds(call.request) : readIds(idsIn(call));
    const entries = ids.map((id) =>
      entryOf(id, hrefOf(call, id), () => {
        const message = required(call, id);
        if (!types(message)) throw notFound(PARAMETER);
        call.world.messages.remove(message, { purge });
        return emptyAnswer(204);
      }),
    );
    const failure = entries.find(({ answer }) => answer.status !== 204);
    if (!failure) return emptyAnswer(204);
    return entries.length === 1 ? failure.answer : batchAnswer(call.request, entries, boundaryOf(call));
  },
};

/** Deletes a user's messages: those of conversations, of a type, until a time; all of them where nothing is said. */
export const deleteMessages: ExtensionOperation = {
  ...EDIT,
  method: 'DELETE',
  path: PATH,
  answer: (call) => {
    const { world, owner, request } = call;
    const purge = readFlag(request.query, 'purge');
    const until = readQueryTime(request.query, 'dateTo') ?? world.now();
    const conversationIds = request.query.getAll('conversationId').flatMap(readIds);
    const isOfType = readDeletedTypes(call);
    const meant = world.messages.listOf(String(owner.extension.id)).filter((message) => {
      const isOfConversation = conversationIds.length === 0 || conversationIds.includes(String(message.conversationId));
      return isOfConversation && isOfType(message) && message.createdAt <= until;
    });
    for (const message of meant) world.messages.remove(message, { purge });
    return emptyAnswer(204);
  },
};

function mark({ world }: OperationCall, message: Message, { readStatus }: JsonObject): Message {
  return world.messages.markRead(message, readWord(readStatus, 'readStatus', ['Read', 'Unread']));
}

interface Asked {
  readonly id: string;
  readonly work: () => Answer;
}

function answerEach(call: OperationCall, asked: readonly Asked[]): Answer {
  const entries = asked.map(({ id, work }) => entryOf(id, hrefOf(call, id), work));
  return batchAnswer(call.request, entries, boundaryOf(call));
}

function changeEach(call: OperationCall, change: (message: Message, body: JsonObject) => Message): Answering {
  const uri = extensionUri(call.world, call.owner);
  const asked = (id: string, body: JsonObject): Asked => ({ id, work: () => jsonAnswer(200, recordOf(uri, change(required(call, id), body))) });
  const ids = isInBody(idsIn(call)) ? undefined : readIds(idsIn(call));
  if (isMultipart(call.request)) return readPartBodies(call.request).then((bodies) => answerEach(call, pairUp(ids, bodies, asked)));
  if (isJsonBatch(call.request)) return answerEach(call, pairUp(ids, readJsonBodies(call.request), asked));
  const body = readJsonObject(call.request);
  if (!ids) throw invalidParameter(PARAMETER);
  return ids.length <= 1
    ? asked(ids[0] ?? '', body).work()
    : answerEach(
        call,
        ids.map((id) => asked(id, body)),
      );
}

/** Each id of the path with the body in its place; without ids in the path each body with its own. */
function pairUp(ids: readonly string[] | undefined, bodies: readonly BatchBody[], asked: (id: string, body: JsonObject) => Asked): readonly Asked[] {
  if (ids && ids.length !== bodies.length) throw restRefusal(400, 'CMN-108', 'The body does not correspond to the path');
  return bodies.map(({ resourceId, body }, index) => asked(ids?.[index] ?? resourceId ?? refuse(invalidParameter('resourceId')), body));
}

function readDeletedTypes({ request }: OperationCall): (message: Message) => boolean {
  const type = readWord(request.query.get('type') || 'All', 'type', DELETED_TYPES);
  if (type === 'All') return () => true;
  return (message) => (type === 'Text' ? message.type === 'SMS' || message.type === 'Pager' : message.type === type);
}

function required({ world, owner }: OperationCall, id = ''): Message {
  const message = world.messages.find(id, String(owner.extension.id));
  if (!message) throw notFound(PARAMETER);
  return message;
}

function idsIn({ parameters }: OperationCall): string {
  return parameters[PARAMETER] ?? '';
}

function hrefOf({ world, owner }: OperationCall, id: string): string {
  return `${extensionUri(world, owner)}/message-store/${id}`;
}

function boundaryOf({ world }: OperationCall): string {
  return `Boundary_${randomText(world.random, BOUNDARY_BYTES)}`;
}

function refuse(refusal: Error): never {
  throw refusal;
}
