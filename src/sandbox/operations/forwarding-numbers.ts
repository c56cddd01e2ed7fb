import { Type } from 'typebox';
import type { ForwardingNumber } from '../directory.ts';
import {
  CreateForwardingNumberRequest,
  changedForwardingNumber,
  newForwardingNumber,
  UpdateForwardingNumberRequest,
} from '../numbers/forwarding-number-request.ts';
import { emptyAnswer, jsonAnswer } from '../wire/answer.ts';
import { readChecked } from '../wire/checked-body.ts';
import { type ExtensionOperation, extensionUri, type Operation, type OperationCall } from '../wire/operation.ts';
import { pageOf } from '../wire/paging.ts';
import { notFound } from '../wire/rest-refusal.ts';

const PATH = '/restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number';
const PARAMETER = 'forwardingNumberId';
const FIRST_ID = 100_000_000;
const LAST_ID = 1_000_000_000;

const Reading = { access: 'extension', method: 'GET', group: 'Light', permission: 'ReadAccounts', userPermission: 'ReadUserForwardingFlipNumbers' } as const;
const Writing = { access: 'extension', group: 'Medium', permission: 'EditExtensions', userPermission: 'EditUserForwardingFlipNumbers' } as const;
const RemovalRequest = Type.Object({ records: Type.Array(Type.Object({ forwardingNumberId: Type.String() })) });

/** The phones that a RingOut can call first. */
const listForwardingNumbers: ExtensionOperation = {
  ...Reading,
  path: PATH,
  answer: (call) =>
    jsonAnswer(
      200,
      pageOf(uriOf(call), call.owner.extension.forwardingNumbers, call.request.query, (number) => render(call, number)),
    ),
};

const getForwardingNumber: ExtensionOperation = {
  ...Reading,
  path: `${PATH}/{${PARAMETER}}`,
  answer: (call) => jsonAnswer(200, render(call, required(call))),
};

const createForwardingNumber: ExtensionOperation = {
  ...Writing,
  method: 'POST',
  path: PATH,
  answer: (call) => {
    const { extension } = call.owner;
    const number = newForwardingNumber(extension, readChecked(call.request, CreateForwardingNumberRequest), drawId(call));
    return jsonAnswer(200, render(save(call, [...extension.forwardingNumbers, number]), number));
  },
};

const updateForwardingNumber: ExtensionOperation = {
  ...Writing,
  method: 'PUT',
  path: `${PATH}/{${PARAMETER}}`,
  answer: (call) => {
    const before = required(call);
    const { extension } = call.owner;
    const number = changedForwardingNumber(extension, before, readChecked(call.request, UpdateForwardingNumberRequest));
    return jsonAnswer(
      200,
      render(
        save(
          call,
          extension.forwardingNumbers.map((other) => (other === before ? number : other)),
        ),
        number,
      ),
    );
  },
};

const deleteForwardingNumber: ExtensionOperation = {
  ...Writing,
  method: 'DELETE',
  path: `${PATH}/{${PARAMETER}}`,
  answer: (call) => {
    const number = required(call);
    save(
      call,
      call.owner.extension.forwardingNumbers.filter((other) => other !== number),
    );
    return emptyAnswer(204);
  },
};

const deleteForwardingNumbers: ExtensionOperation = {
  ...Writing,
  method: 'DELETE',
  path: PATH,
  answer: (call) => {
    const ids = readChecked(call.request, RemovalRequest).records.map(({ forwardingNumberId }) => forwardingNumberId);
    for (const id of ids) required(call, id);
    save(
      call,
      call.owner.extension.forwardingNumbers.filter(({ id }) => !ids.includes(id)),
    );
    return emptyAnswer(204);
  },
};

/** Everything about the phones that are a user's own. */
export const FORWARDING_NUMBER_OPERATIONS: readonly Operation[] = [
  listForwardingNumbers,
  getForwardingNumber,
  createForwardingNumber,
  updateForwardingNumber,
  deleteForwardingNumber,
  deleteForwardingNumbers,
];

function required({ owner, parameters }: OperationCall, id = parameters[PARAMETER]): ForwardingNumber {
  const number = owner.extension.forwardingNumbers.find((other) => other.id === id);
  if (!number) throw notFound(PARAMETER);
  return number;
}

function save(call: OperationCall, forwardingNumbers: readonly ForwardingNumber[]): OperationCall {
  const extension = { ...call.owner.extension, forwardingNumbers };
  call.world.directory.saveExtension(call.account.id, extension);
  return { ...call, owner: { ...call.owner, extension } };
}

function drawId({ world, owner }: OperationCall): string {
  for (;;) {
    const id = String(world.random.integer(FIRST_ID, LAST_ID));
    if (!owner.extension.forwardingNumbers.some((other) => other.id === id)) return id;
  }
}

function render(call: OperationCall, number: ForwardingNumber): object {
  const { id, phoneNumber, label, type, flipNumber } = number;
  const place = String(call.owner.extension.forwardingNumbers.indexOf(number) + 1);
  return { uri: `${uriOf(call)}/${id}`, id, phoneNumber, label, features: ['CallFlip', 'CallForwarding'], flipNumber: flipNumber ?? place, type };
}

function uriOf({ world, owner }: OperationCall): string {
  return `${extensionUri(world, owner)}/forwarding-number`;
}
