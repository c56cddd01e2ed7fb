import { type Envelope, readEnvelope, readMultipartEnvelope } from '../messages/envelope.ts';
import { recordOf } from '../messages/message-record.ts';
import { conversationIdOf } from '../messages/messages.ts';
import { readSms } from '../messages/sms-request.ts';
import { type Answer, type Answering, jsonAnswer } from '../wire/answer.ts';
import { isMultipart } from '../wire/multipart.ts';
import { type ExtensionOperation, extensionUri, type OperationCall } from '../wire/operation.ts';
import { restRefusal } from '../wire/rest-refusal.ts';

const EXTENSION = '/restapi/v1.0/account/{accountId}/extension/{extensionId}';
const GUARD = { access: 'extension', method: 'POST', group: 'Medium', permission: 'SMS', userPermission: 'OutboundSMS' } as const;

/** Sends a text message, with files or without. */
export const createSms: ExtensionOperation = {
  ...GUARD,
  path: `${EXTENSION}/sms`,
  answer: (call) => limited(call, () => whenRead(readEnvelope(call.request), (envelope) => send(call, envelope))),
};

/** Sends a text message with files. */
export const createMms: ExtensionOperation = {
  ...GUARD,
  path: `${EXTENSION}/mms`,
  answer: (call) => {
    if (!isMultipart(call.request)) throw restRefusal(415, 'CMN-103', 'The content type must be multipart/form-data or multipart/mixed');
    return limited(call, () => readMultipartEnvelope(call.request).then((envelope) => send(call, envelope)));
  },
};

// RingCentral OpenAPI: 40 text messages a minute, whichever apps a user sends them with. Medium has the same figure.
function limited({ world, owner }: OperationCall, work: () => Answering): Answering {
  return world.rateLimits.throttle('Medium', `text messages of ${owner.extension.id}`, work);
}

function whenRead(envelope: Envelope | Promise<Envelope>, use: (envelope: Envelope) => Answer): Answering {
  return envelope instanceof Promise ? envelope.then(use) : use(envelope);
}

function send({ world, owner }: OperationCall, envelope: Envelope): Answer {
  const sms = readSms(envelope, world.directory, owner);
  const ownerId = String(owner.extension.id);
  const conversationId = conversationIdOf(ownerId, 'SMS', [sms.from, ...sms.to]);
  const message = world.messages.send({ ownerId, type: 'SMS', conversationId, ...sms });
  return jsonAnswer(200, recordOf(extensionUri(world, owner), message));
}
