import {
  idOf,
  numbersOfAccount,
  numbersOfExtension,
  type PhoneNumber,
  paymentTypeOf,
  renderCompanyNumber,
  renderUserNumber,
} from '../numbers/phone-numbers.ts';
import { jsonAnswer } from '../wire/answer.ts';
import { type AccountOperation, accountUri, type ExtensionOperation, extensionUri, type Operation } from '../wire/operation.ts';
import { pageOf } from '../wire/paging.ts';
import { readChoice, readChoices } from '../wire/query.ts';
import { notFound } from '../wire/rest-refusal.ts';

const ACCOUNT = '/restapi/v1.0/account/{accountId}';
const PARAMETER = 'phoneNumberId';
// RingCentral OpenAPI, `usageType`; the sandbox's numbers are of the first two kinds.
const USAGE_TYPES = [
  'MainCompanyNumber',
  'DirectNumber',
  'AdditionalCompanyNumber',
  'CompanyNumber',
  'CompanyFaxNumber',
  'FmcBusinessMobileNumber',
  'InventoryFmcBusinessMobileNumber',
  'ForwardedNumber',
  'ForwardedCompanyNumber',
  'ContactCenterNumber',
  'ConferencingNumber',
  'MeetingsNumber',
  'NumberPool',
  'BusinessMobileNumber',
  'ELIN',
  'PartnerBusinessMobileNumber',
  'NumberPoolPartnerBusinessMobileNumber',
  'NumberStorage',
  'IntegrationNumber',
  'InventoryMobileNumber',
] as const;
const PAYMENT_TYPES = [
  'Local',
  'TollFree',
  'External',
  'BusinessMobileNumberProvider',
  'ExternalNumberProvider',
  'ExternalNumberProviderTollFree',
  'Mobile',
] as const;
const STATUSES = ['Normal', 'Pending', 'PortedIn', 'Temporary', 'Unknown'] as const;
const EXTENSION_STATUSES = ['Enabled', 'Disabled', 'Frozen', 'NotActivated', 'Unassigned'] as const;

/** Every number of the account. */
const listCompanyNumbers: AccountOperation = {
  access: 'account',
  method: 'GET',
  path: `${ACCOUNT}/phone-number`,
  group: 'Heavy',
  permission: 'ReadAccounts',
  userPermission: 'ReadCompanyPhoneNumbers',
  answer: ({ world, account, request: { query } }) => {
    const status = readChoice(query, 'extensionStatus', EXTENSION_STATUSES);
    const found = wanted(numbersOfAccount(world, account), query).filter(
      ({ extension }) => status === undefined || (extension !== undefined && (extension.status ?? 'Enabled') === status),
    );
    const render = (number: PhoneNumber) => renderCompanyNumber(world, account, number);
    return jsonAnswer(200, pageOf(`${accountUri(world, { account })}/phone-number`, found, query, render));
  },
};

const getCompanyNumber: AccountOperation = {
  access: 'account',
  method: 'GET',
  path: `${ACCOUNT}/phone-number/{${PARAMETER}}`,
  group: 'Light',
  permission: 'ReadAccounts',
  userPermission: 'ReadCompanyPhoneNumbers',
  answer: ({ world, account, parameters }) => {
    const number = numbersOfAccount(world, account).find((other) => String(idOf(other)) === parameters[PARAMETER]);
    if (!number) throw notFound(PARAMETER);
    return jsonAnswer(200, renderCompanyNumber(world, account, number));
  },
};

/** The numbers that a user has, or may show. */
const listUserNumbers: ExtensionOperation = {
  access: 'extension',
  method: 'GET',
  path: `${ACCOUNT}/extension/{extensionId}/phone-number`,
  group: 'Light',
  permission: 'ReadAccounts',
  userPermission: 'ReadUserPhoneNumbers',
  answer: ({ world, account, owner, request: { query } }) => {
    const found = wanted(numbersOfExtension(account, owner.extension), query);
    const render = (number: PhoneNumber) => renderUserNumber(world, account, owner.extension, number);
    return jsonAnswer(200, pageOf(`${extensionUri(world, owner)}/phone-number`, found, query, render));
  },
};

/** Everything about the numbers of an account. */
export const PHONE_NUMBER_OPERATIONS: readonly Operation[] = [listCompanyNumbers, getCompanyNumber, listUserNumbers];

function wanted(numbers: readonly PhoneNumber[], query: URLSearchParams): readonly PhoneNumber[] {
  const usageTypes = readChoices(query, 'usageType', USAGE_TYPES);
  const paymentType = readChoice(query, 'paymentType', PAYMENT_TYPES);
  const statuses = readChoices(query, 'status', STATUSES);
  return numbers.filter(
    (number) =>
      (usageTypes.length === 0 || usageTypes.includes(number.usageType)) &&
      (paymentType === undefined || paymentTypeOf(number) === paymentType) &&
      (statuses.length === 0 || statuses.includes('Normal')),
  );
}
