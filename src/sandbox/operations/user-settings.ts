import { Type } from 'typebox';
import { toE164 } from '../directory.ts';
import { idOf, numbersOfExtension } from '../numbers/phone-numbers.ts';
import { type CallerId, changeProfile, profileOf } from '../people/profile.ts';
import { jsonAnswer } from '../wire/answer.ts';
import { readChecked } from '../wire/checked-body.ts';
import { accountUri, type ExtensionOperation, extensionUri, type Operation, type OperationCall } from '../wire/operation.ts';
import { pageOf } from '../wire/paging.ts';
import { invalidParameter } from '../wire/rest-refusal.ts';

const EXTENSION = '/restapi/v1.0/account/{accountId}/extension/{extensionId}';
const CALLER_ID_FEATURES = ['RingOut', 'RingMe', 'CallFlip', 'FaxNumber', 'AdditionalSoftphone', 'Alternate', 'CommonPhone', 'MobileApp', 'Delegated'];

const CallerIdRequest = Type.Object({
  byFeature: Type.Optional(
    Type.Array(
      Type.Object({
        feature: Type.Enum(CALLER_ID_FEATURES),
        callerId: Type.Object({
          type: Type.Enum(['PhoneNumber', 'Blocked', 'CurrentLocation']),
          phoneInfo: Type.Optional(Type.Object({ id: Type.Optional(Type.String()), phoneNumber: Type.Optional(Type.String()) })),
        }),
      }),
    ),
  ),
  extensionNameForOutboundCalls: Type.Optional(Type.Boolean()),
  extensionNumberForInternalCalls: Type.Optional(Type.Boolean()),
});
const ConferencingRequest = Type.Object({ allowJoinBeforeHost: Type.Optional(Type.Boolean()) });

const Reading = { access: 'extension', method: 'GET', group: 'Light', permission: 'ReadAccounts' } as const;
const Changing = { access: 'extension', method: 'PUT', group: 'Medium', permission: 'EditExtensions' } as const;

const getCallerId: ExtensionOperation = {
  ...Reading,
  path: `${EXTENSION}/caller-id`,
  userPermission: 'ReadCallerIDSettings',
  answer: (call) => jsonAnswer(200, renderCallerId(call, callerIdOf(call))),
};

/** Changes what is named; a number must be one that the user may show. */
const updateCallerId: ExtensionOperation = {
  ...Changing,
  path: `${EXTENSION}/caller-id`,
  userPermission: 'EditCallerIDSettings',
  answer: (call) => {
    const before = callerIdOf(call);
    const { byFeature = [], ...switches } = readChecked(call.request, CallerIdRequest);
    const changed = byFeature.map(({ feature, callerId: { type, phoneInfo } }, index) => ({
      feature,
      callerId: { type, ...(type === 'PhoneNumber' && { phoneNumber: shownNumber(call, phoneInfo ?? {}, index) }) },
    }));
    const kept = before.byFeature.filter(({ feature }) => !changed.some((other) => other.feature === feature));
    const callerId = { ...before, ...switches, byFeature: [...kept, ...changed] };
    changeProfile(call.world, call.owner, { callerId });
    return jsonAnswer(200, renderCallerId(call, callerId));
  },
};

const getConferencing: ExtensionOperation = {
  ...Reading,
  path: `${EXTENSION}/conferencing`,
  userPermission: 'OrganizeConference',
  answer: (call) => jsonAnswer(200, renderConferencing(call)),
};

const updateConferencing: ExtensionOperation = {
  ...Changing,
  path: `${EXTENSION}/conferencing`,
  userPermission: 'OrganizeConference',
  answer: (call) => {
    changeProfile(call.world, call.owner, { allowJoinBeforeHost: false, ...readChecked(call.request, ConferencingRequest) });
    return jsonAnswer(200, renderConferencing(call));
  },
};

/** What the user may do for others: nothing, as long as nobody grants it. */
const listGrants: ExtensionOperation = {
  ...Reading,
  path: `${EXTENSION}/grant`,
  userPermission: 'ReadExtensionGrant',
  answer: ({ world, owner, request }) => jsonAnswer(200, pageOf(`${extensionUri(world, owner)}/grant`, [], request.query)),
};

/** The user's phone: a program on its computer. */
const listDevices: ExtensionOperation = {
  ...Reading,
  path: `${EXTENSION}/device`,
  userPermission: 'ReadUserDevices',
  answer: ({ world, account, owner, request }) => {
    const { id, name, extensionNumber } = owner.extension;
    const uri = `${accountUri(world, { account })}/device/${id}`;
    const extension = { id, uri: extensionUri(world, owner), extensionNumber };
    const device = { id: String(id), uri, type: 'SoftPhone', name: `${name}'s phone`, status: 'Offline', extension, phoneLines: [], linePooling: 'None' };
    return jsonAnswer(200, pageOf(`${extensionUri(world, owner)}/device`, [device], request.query));
  },
};

/** What a user sets for itself. */
export const USER_SETTINGS_OPERATIONS: readonly Operation[] = [getCallerId, updateCallerId, getConferencing, updateConferencing, listGrants, listDevices];

function callerIdOf({ world, account, owner }: OperationCall): CallerId {
  const callerId = { type: 'PhoneNumber', phoneNumber: account.mainNumber };
  const atFirst = {
    byFeature: CALLER_ID_FEATURES.map((feature) => ({ feature, callerId })),
    extensionNameForOutboundCalls: true,
    extensionNumberForInternalCalls: false,
  };
  return profileOf(world, owner).callerId ?? atFirst;
}

function shownNumber({ account, owner }: OperationCall, { id, phoneNumber }: { readonly id?: string; readonly phoneNumber?: string }, index: number): string {
  const wanted = toE164(phoneNumber ?? '');
  const found = numbersOfExtension(account, owner.extension).find((number) => String(idOf(number)) === id || number.phoneNumber === wanted);
  if (!found) throw invalidParameter(`byFeature[${index}].callerId.phoneInfo`);
  return found.phoneNumber;
}

function renderCallerId({ world, account, owner }: OperationCall, { byFeature, ...switches }: CallerId): object {
  const numbers = numbersOfExtension(account, owner.extension);
  const phoneInfo = (phoneNumber: string) => {
    const number = numbers.find((other) => other.phoneNumber === phoneNumber);
    return number && { phoneInfo: { id: String(idOf(number)), uri: `${accountUri(world, { account })}/phone-number/${idOf(number)}`, phoneNumber } };
  };
  return {
    uri: `${extensionUri(world, owner)}/caller-id`,
    byDevice: [],
    byFeature: byFeature.map(({ feature, callerId: { type, phoneNumber } }) => ({
      feature,
      callerId: { type, ...(phoneNumber !== undefined && phoneInfo(phoneNumber)) },
    })),
    ...switches,
  };
}

// The codes come from the extension's id, so that each has its own and keeps it.
function renderConferencing({ world, account, owner }: OperationCall): object {
  const code = String(owner.extension.id).padStart(9, '0').slice(-9);
  return {
    uri: `${extensionUri(world, owner)}/conferencing`,
    allowJoinBeforeHost: profileOf(world, owner).allowJoinBeforeHost ?? false,
    hostCode: code,
    participantCode: [...code].reverse().join(''),
    phoneNumber: account.mainNumber,
    phoneNumbers: [{ phoneNumber: account.mainNumber, default: true, hasGreeting: true, premium: false }],
  };
}
