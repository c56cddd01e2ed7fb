import { Type } from 'typebox';
import { renderAccount, renderBusinessAddress, renderServiceInfo } from '../people/account-info.ts';
import { AddressRequest, Email } from '../people/extension-request.ts';
import { jsonAnswer } from '../wire/answer.ts';
import { readChecked } from '../wire/checked-body.ts';
import type { AccountOperation, Operation } from '../wire/operation.ts';

const PATH = '/restapi/v1.0/account/{accountId}';
const Change = Type.Object({
  company: Type.Optional(Type.String({ minLength: 1 })),
  email: Type.Optional(Email),
  businessAddress: Type.Optional(AddressRequest),
});

/** An account. */
const getAccount: AccountOperation = {
  access: 'account',
  method: 'GET',
  path: PATH,
  group: 'Light',
  permission: 'ReadAccounts',
  userPermission: 'ReadCompanyInfo',
  answer: ({ world, account }) => jsonAnswer(200, renderAccount(world, account)),
};

/** What the account pays for. */
const getServiceInfo: AccountOperation = {
  ...getAccount,
  path: `${PATH}/service-info`,
  answer: ({ world, account }) => jsonAnswer(200, renderServiceInfo(world, account)),
};

/** Where the company is. */
const getBusinessAddress: AccountOperation = {
  ...getAccount,
  path: `${PATH}/business-address`,
  answer: ({ world, account }) => jsonAnswer(200, renderBusinessAddress(world, account)),
};

/** The company has moved, or changed its name. */
const updateBusinessAddress: AccountOperation = {
  access: 'account',
  method: 'PUT',
  path: `${PATH}/business-address`,
  group: 'Medium',
  permission: 'EditAccounts',
  userPermission: 'EditCompanyInfo',
  answer: ({ world, account, request }) => {
    const { company, email, businessAddress } = readChecked(request, Change);
    const changed = {
      ...account,
      ...(company !== undefined && { name: company }),
      ...(email !== undefined && { email }),
      ...(businessAddress && { businessAddress: { ...account.businessAddress, ...businessAddress } }),
    };
    world.directory.saveAccount(changed);
    return jsonAnswer(200, renderBusinessAddress(world, changed));
  },
};

/** Everything about an account itself. */
export const ACCOUNT_OPERATIONS: readonly Operation[] = [getAccount, getServiceInfo, getBusinessAddress, updateBusinessAddress];
