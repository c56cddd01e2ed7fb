import { jsonAnswer } from '../wire/answer.ts';
import { type ExtensionOperation, extensionUri } from '../wire/operation.ts';
import { pageOf } from '../wire/paging.ts';

/** The phones that a RingOut can call first. */
export const listForwardingNumbers: ExtensionOperation = {
  access: 'extension',
  method: 'GET',
  path: '/restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number',
  group: 'Light',
  permission: 'ReadAccounts',
  userPermission: 'ReadUserForwardingFlipNumbers',
  answer: ({ world, request, owner }) => {
    const uri = `${extensionUri(world, owner)}/forwarding-number`;
    const records = owner.extension.forwardingNumbers.map(({ id, phoneNumber, label, type }, index) => ({
      uri: `${uri}/${id}`,
      id,
      phoneNumber,
      label,
      features: ['CallFlip', 'CallForwarding'],
      flipNumber: String(index + 1),
      type,
    }));
    return jsonAnswer(200, pageOf(uri, records, request.query));
  },
};
