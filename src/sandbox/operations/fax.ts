import { readMultipartEnvelope } from '../messages/envelope.ts';
import { readFax, readFaxResend } from '../messages/fax-request.ts';
import type { Message } from '../messages/message.ts';
import { faxResponseOf, partyOf } from '../messages/message-record.ts';
import type { Draft, DraftFile } from '../messages/messages.ts';
import { faxSenderOf } from '../messages/own-numbers.ts';
import { type Answer, jsonAnswer } from '../wire/answer.ts';
import { readJsonObject } from '../wire/json-body.ts';
import { isMultipart } from '../wire/multipart.ts';
import { type ExtensionOperation, extensionUri, type OperationCall } from '../wire/operation.ts';
import { notFound, restRefusal } from '../wire/rest-refusal.ts';

const RESEND_TYPE = 'application/json';

/** Sends a fax, now or at its time; as JSON, sends one again. */
export const createFax: ExtensionOperation = {
  access: 'extension',
  method: 'POST',
  path: '/restapi/v1.0/account/{accountId}/extension/{extensionId}/fax',
  group: 'Heavy',
  permission: 'Faxes',
  userPermission: 'OutboundFaxes',
  answer: (call) => {
    if (isMultipart(call.request)) return readMultipartEnvelope(call.request).then((envelope) => send(call, readFax(envelope)));
    if (call.request.mediaType === RESEND_TYPE) return resend(call);
    throw restRefusal(415, 'CMN-103', 'The content type must be multipart/form-data, multipart/mixed or application/json');
  },
};

function send(call: OperationCall, fax: Pick<Draft, 'to' | 'files' | 'fax' | 'leavesAt'>): Answer {
  const { world, owner } = call;
  const message = world.messages.send({ ownerId: String(owner.extension.id), type: 'Fax', from: faxSenderOf(owner), ...fax });
  return jsonAnswer(200, faxResponseOf(extensionUri(world, owner), message));
}

function resend(call: OperationCall): Answer {
  const { originalMessageId, ...wanted } = readFaxResend(readJsonObject(call.request));
  const original = call.world.messages.find(originalMessageId, String(call.owner.extension.id));
  if (original?.type !== 'Fax' || !original.fax || original.availability === 'Purged') throw notFound('originalMessageId');
  return send(call, { to: original.to.map(partyOf), files: filesOf(call, original), fax: original.fax, ...wanted });
}

function filesOf({ world }: OperationCall, message: Message): readonly DraftFile[] {
  return message.attachments.flatMap(({ id, ...file }) => {
    const bytes = world.messages.readContent(message, id)?.bytes;
    return bytes ? [{ ...file, bytes }] : [];
  });
}
