import { recordOf } from '../messages/message-record.ts';
import { conversationIdOf } from '../messages/messages.ts';
import { readPager } from '../messages/pager-request.ts';
import { textFileOf } from '../messages/sms-request.ts';
import { jsonAnswer } from '../wire/answer.ts';
import { readJsonObject } from '../wire/json-body.ts';
import { type ExtensionOperation, extensionUri } from '../wire/operation.ts';

/** Sends a message to other extensions of the account; it is there at once. */
export const createPagerMessage: ExtensionOperation = {
  access: 'extension',
  method: 'POST',
  path: '/restapi/v1.0/account/{accountId}/extension/{extensionId}/company-pager',
  group: 'Medium',
  permission: 'InternalMessages',
  userPermission: 'InternalSMS',
  answer: ({ world, owner, request }) => {
    const ownerId = String(owner.extension.id);
    const pager = readPager(readJsonObject(request), world.directory, owner, (id) => world.messages.find(id, ownerId));
    const conversationId = conversationIdOf(ownerId, 'Pager', [pager.from, ...pager.to]);
    const message = world.messages.send({ ownerId, type: 'Pager', conversationId, ...pager, files: textFileOf(pager.subject) });
    return jsonAnswer(200, recordOf(extensionUri(world, owner), message));
  },
};
