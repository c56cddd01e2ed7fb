import type { Account } from '../directory.ts';
import { jsonAnswer } from '../wire/answer.ts';
import { type AccountOperation, accountUri, extensionUri } from '../wire/operation.ts';
import type { World } from '../world.ts';

/** An account. */
export const getAccount: AccountOperation = {
  access: 'account',
  method: 'GET',
  path: '/restapi/v1.0/account/{accountId}',
  group: 'Light',
  permission: 'ReadAccounts',
  userPermission: 'ReadCompanyInfo',
  answer: ({ world, account }) => {
    const uri = accountUri(world, { account });
    return jsonAnswer(200, {
      uri,
      id: account.id,
      mainNumber: account.mainNumber,
      ...operatorOf(world, account),
      serviceInfo: {
        uri: `${uri}/service-info`,
        brand: { id: '1210', name: 'RingCentral', homeCountry: { id: '1' } },
        servicePlan: { id: '1', name: account.name },
      },
      setupWizardState: 'Completed',
      status: 'Confirmed',
    });
  },
};

function operatorOf(world: World, account: Account): object {
  const extension = world.directory.mainAdministratorOf(account);
  return extension ? { operator: { uri: extensionUri(world, { account, extension }), id: extension.id, extensionNumber: extension.extensionNumber } } : {};
}
