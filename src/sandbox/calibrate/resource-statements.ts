import type { LimitGroup } from '../rate-limits.ts';
import type { Seen } from './real-account.ts';
import { always, NotAsked, type Statement } from './statement.ts';

const ACCOUNT = '/restapi/v1.0/account/{accountId}';
const EXTENSION = `${ACCOUNT}/extension/{extensionId}`;
const OWN_ACCOUNT = '/restapi/v1.0/account/~';
const OWN_EXTENSION = `${OWN_ACCOUNT}/extension/~`;
const PROBE = { source: 'probe of the platform by others', date: '2026-09' };
const OPENAPI = { source: 'RingCentral OpenAPI', date: '2026-08-13' };
const LIST = ['uri', 'records', 'paging', 'navigation'];

/** What a request without a good token gets. */
export const tokenlessStatements: readonly Statement[] = [
  unauthorized('no access token', 'the account without an Authorization header', undefined, ['AGW-401', 'AGW-401', 'Authorization header is not specified']),
  unauthorized('another scheme', 'the account with "Basic eDp5"', 'Basic eDp5', ['AGW-402', 'AGW-402', 'Invalid Authorization header']),
  unauthorized('a token that never was', 'the account with a token of letters', 'Bearer 2YotnFZFEjr1zCsicMWpAA', [
    'TokenInvalid',
    'OAU-149',
    'OAuth token is invalid',
  ]),
  {
    name: 'versions without a token',
    asks: 'GET /restapi',
    expected: always({ status: 200, missing: [] }),
    ...PROBE,
    tokenRequests: 0,
    operation: 'GET /restapi',
    observe: async (account) => fields(await account.ask('/restapi', { group: 'Light' }), ['uri', 'apiVersions', 'serverVersion', 'serverRevision']),
  },
  {
    name: 'the scheme in lower case',
    asks: 'the account with "bearer"',
    expected: always(200),
    source: "RingCentral's JavaScript SDK sends it so",
    date: '2025-12',
    tokenRequests: 0,
    observe: async (account) => {
      const { accessToken } = await account.reading();
      return (await account.ask(OWN_ACCOUNT, { group: 'Light', authorization: `bearer ${accessToken}` })).status;
    },
  },
  {
    name: 'the token in the query',
    asks: 'the account with ?access_token=',
    expected: always(200),
    source: 'RingCentral "Tokens"',
    date: '2026-04-28',
    tokenRequests: 0,
    observe: async (account) => {
      const { accessToken } = await account.reading();
      return (await account.ask(`${OWN_ACCOUNT}?access_token=${encodeURIComponent(accessToken)}`, { group: 'Light' })).status;
    },
  },
];

/** Errors, limits, and the shape of what is read; nothing is changed. */
export const resourceStatements: readonly Statement[] = [
  {
    name: 'no such path',
    asks: 'GET …/account/~/trunkline-no-such-path',
    expected: always({ status: 404, errorCode: 'CMN-120', item: 'CMN-120' }),
    source: 'capture of an SDK',
    date: '2017-04',
    tokenRequests: 0,
    observe: async (account) => refusal(await account.read(`${OWN_ACCOUNT}/trunkline-no-such-path`, 'Light')),
  },
  {
    name: 'no such extension',
    asks: 'GET …/account/~/extension/1',
    expected: always({ status: 404, errorCode: 'InvalidParameter', item: 'CMN-102', parameterName: 'extensionId' }),
    source: 'recorded by an SDK',
    date: '2017',
    tokenRequests: 0,
    operation: `GET ${EXTENSION}`,
    observe: async (account) => refusal(await account.read(`${OWN_ACCOUNT}/extension/1`, 'Light')),
  },
  {
    name: 'rate limit headers',
    asks: 'the account, and what its headers say of the limit',
    expected: always({ group: 'light', window: '60', counts: true }),
    ...PROBE,
    tokenRequests: 0,
    operation: `GET ${ACCOUNT}`,
    observe: async (account) => {
      const { headers } = await account.read(OWN_ACCOUNT, 'Light');
      const limit = Number(headers.get('x-rate-limit-limit') ?? Number.NaN);
      const remaining = Number(headers.get('x-rate-limit-remaining') ?? Number.NaN);
      return { group: headers.get('x-rate-limit-group'), window: headers.get('x-rate-limit-window'), counts: remaining < limit };
    },
  },
  reads('account', `GET ${ACCOUNT}`, OWN_ACCOUNT, 'Light', ['uri', 'id', 'mainNumber', 'operator', 'serviceInfo', 'setupWizardState', 'status']),
  reads('extension', `GET ${EXTENSION}`, OWN_EXTENSION, 'Light', [
    'uri',
    'id',
    'account',
    'contact',
    'extensionNumber',
    'name',
    'permissions',
    'setupWizardState',
    'status',
    'type',
  ]),
  reads('forwarding numbers', `GET ${EXTENSION}/forwarding-number`, `${OWN_EXTENSION}/forwarding-number`, 'Light', LIST),
  reads('phone numbers of the extension', `GET ${EXTENSION}/phone-number`, `${OWN_EXTENSION}/phone-number`, 'Light', LIST),
  reads('call log of the extension', `GET ${EXTENSION}/call-log`, `${OWN_EXTENSION}/call-log?perPage=1`, 'Heavy', LIST),
  reads('message store', `GET ${EXTENSION}/message-store`, `${OWN_EXTENSION}/message-store?perPage=1`, 'Light', LIST),
  reads('contacts', `GET ${EXTENSION}/address-book/contact`, `${OWN_EXTENSION}/address-book/contact?perPage=1`, 'Heavy', LIST),
  reads('presence', `GET ${EXTENSION}/presence`, `${OWN_EXTENSION}/presence`, 'Light', [
    'uri',
    'extension',
    'presenceStatus',
    'telephonyStatus',
    'userStatus',
    'dndStatus',
  ]),
  reads('countries', 'GET /restapi/v1.0/dictionary/country', '/restapi/v1.0/dictionary/country?perPage=1', 'Light', LIST),
  reads('time zones', 'GET /restapi/v1.0/dictionary/timezone', '/restapi/v1.0/dictionary/timezone?perPage=1', 'Light', LIST),
  reads('fax cover pages', 'GET /restapi/v1.0/dictionary/fax-cover-page', '/restapi/v1.0/dictionary/fax-cover-page', 'Light', ['uri', 'records']),
  reads('subscriptions', 'GET /restapi/v1.0/subscription', '/restapi/v1.0/subscription', 'Light', ['uri', 'records']),
  {
    name: 'page 0',
    asks: 'forwarding numbers with page=0',
    expected: always({ status: 400, errorCode: 'InvalidParameter', item: 'CMN-101', parameterName: 'page' }),
    source: 'inferred from RingCentral "API errors"',
    date: '2026-11',
    tokenRequests: 0,
    operation: `GET ${EXTENSION}/forwarding-number`,
    observe: async (account) => refusal(await account.read(`${OWN_EXTENSION}/forwarding-number?page=0`, 'Light')),
  },
  {
    name: 'RingOut to nobody',
    asks: 'a RingOut without `to`: nothing is dialled',
    expected: always({ status: 400, errorCode: 'InvalidParameter', item: 'CMN-101', parameterName: 'to' }),
    source: 'API explorer, as kept by api-evangelist/ringcentral',
    date: '2019',
    tokenRequests: 0,
    operation: `POST ${EXTENSION}/ring-out`,
    observe: async (account) => {
      const { accessToken } = await account.reading();
      return refusal(await account.ask(`${OWN_EXTENSION}/ring-out`, { method: 'POST', group: 'Heavy', authorization: `Bearer ${accessToken}`, body: {} }));
    },
  },
];

/** What costs money. */
export const chargedStatements: readonly Statement[] = [
  {
    name: 'RingOut that is cancelled at once',
    asks: "a RingOut from the user's first forwarding number to the account's main number, its status, and its end",
    expected: always({ made: 200, callStatus: 'InProgress', cancelled: 204, afterwards: 404 }),
    source: 'RingCentral "RingOut"; OpenAPI',
    date: '2026-08-13',
    tokenRequests: 0,
    charges: true,
    operation: `POST ${EXTENSION}/ring-out`,
    observe: async (account) => {
      const authorization = `Bearer ${(await account.reading()).accessToken}`;
      const [first] = ((await account.read(`${OWN_EXTENSION}/forwarding-number`, 'Light')).json.records ?? []) as readonly { readonly phoneNumber?: string }[];
      const { mainNumber } = (await account.read(OWN_ACCOUNT, 'Light')).json;
      if (first?.phoneNumber === undefined || typeof mainNumber !== 'string')
        throw new NotAsked('the user has no forwarding number, or the account no main number');
      const body = { from: { phoneNumber: first.phoneNumber }, to: { phoneNumber: mainNumber }, playPrompt: true };
      const made = await account.ask(`${OWN_EXTENSION}/ring-out`, { method: 'POST', group: 'Heavy', authorization, body });
      const path = `${OWN_EXTENSION}/ring-out/${encodeURIComponent(String(made.json.id))}`;
      const cancelled = await account.ask(path, { method: 'DELETE', group: 'Heavy', authorization });
      const afterwards = await account.ask(path, { group: 'Light', authorization });
      const { callStatus } = (made.json.status ?? {}) as { readonly callStatus?: unknown };
      return { made: made.status, callStatus, cancelled: cancelled.status, afterwards: afterwards.status };
    },
  },
];

function unauthorized(name: string, asks: string, authorization: string | undefined, [errorCode, item, message]: readonly [string, string, string]): Statement {
  return {
    name,
    asks,
    expected: always({ status: 401, errorCode, item, message }),
    ...PROBE,
    tokenRequests: 0,
    observe: async (account) => {
      const answer = await account.ask(OWN_ACCOUNT, { group: 'Light', ...(authorization !== undefined && { authorization }) });
      return { ...refusal(answer), message: answer.json.message };
    },
  };
}

function reads(name: string, operation: string, path: string, group: LimitGroup, wanted: readonly string[]): Statement {
  return {
    name,
    asks: operation,
    expected: always({ status: 200, missing: [] }),
    ...OPENAPI,
    tokenRequests: 0,
    operation,
    observe: async (account) => fields(await account.read(path, group), wanted),
  };
}

function fields({ status, json }: Seen, wanted: readonly string[]): object {
  return { status, missing: status === 200 ? wanted.filter((name) => !(name in json)) : wanted };
}

function refusal({ status, json }: Seen): object {
  const [item] = (Array.isArray(json.errors) ? json.errors : []) as readonly { readonly errorCode?: unknown; readonly parameterName?: unknown }[];
  return { status, errorCode: json.errorCode, item: item?.errorCode, ...(item?.parameterName !== undefined && { parameterName: item.parameterName }) };
}
