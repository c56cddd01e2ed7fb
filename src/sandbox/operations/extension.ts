import { jsonAnswer } from '../wire/answer.ts';
import { accountUri, type ExtensionOperation, extensionUri } from '../wire/operation.ts';

/** The caller's extension. */
export const getExtension: ExtensionOperation = {
  access: 'extension',
  method: 'GET',
  path: '/restapi/v1.0/account/{accountId}/extension/{extensionId}',
  group: 'Light',
  permission: 'ReadAccounts',
  userPermission: 'ReadExtensions',
  answer: ({ world, owner }) => {
    const { id, extensionNumber, name, email, mainAdministrator } = owner.extension;
    return jsonAnswer(200, {
      uri: extensionUri(world, owner),
      id,
      account: { uri: accountUri(world, owner), id: String(owner.account.id) },
      extensionNumber,
      name,
      contact: { name, company: owner.account.name, email },
      permissions: { admin: { enabled: mainAdministrator }, internationalCalling: { enabled: false } },
      setupWizardState: 'Completed',
      status: 'Enabled',
      type: 'User',
    });
  },
};
