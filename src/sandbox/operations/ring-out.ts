import { endRingOut, followRingOut } from '../call-log/follow-ring-out.ts';
import { type RingOut, statusOf } from '../calls/ring-out.ts';
import { readRingOut } from '../calls/ring-out-request.ts';
import { tellPresence } from '../presence/presence-event.ts';
import { emptyAnswer, jsonAnswer } from '../wire/answer.ts';
import { readJsonObject } from '../wire/json-body.ts';
import { type ExtensionOperation, extensionUri, type OperationCall } from '../wire/operation.ts';
import { invalidParameter, notFound } from '../wire/rest-refusal.ts';

const PATH = '/restapi/v1.0/account/{accountId}/extension/{extensionId}/ring-out';
const PARAMETER = 'ringOutId';

/** Calls the user's phone, and then the other party's. */
export const createRingOut: ExtensionOperation = {
  access: 'extension',
  method: 'POST',
  path: PATH,
  group: 'Heavy',
  permission: 'RingOut',
  answer: (call) => {
    const numbers = readRingOut(readJsonObject(call.request), call.owner);
    const ringOut = call.world.ringOuts.create({ ...numbers, ownerId: String(call.owner.extension.id) });
    call.world.callEvents.begin(ringOut);
    followRingOut(call.world, ringOut);
    tellPresence(call.world, call.owner);
    return jsonAnswer(200, render(call, ringOut));
  },
};

/** How the call stands. */
export const getRingOut: ExtensionOperation = {
  access: 'extension',
  method: 'GET',
  path: `${PATH}/{${PARAMETER}}`,
  group: 'Light',
  permission: 'RingOut',
  answer: (call) => jsonAnswer(200, render(call, required(call))),
};

/** Ends the call, as long as the two are not connected. A call that is ended is forgotten. */
export const cancelRingOut: ExtensionOperation = {
  access: 'extension',
  method: 'DELETE',
  path: `${PATH}/{${PARAMETER}}`,
  group: 'Heavy',
  permission: 'RingOut',
  answer: (call) => {
    const ringOut = required(call);
    if (statusOf(ringOut, call.world.now()).callStatus !== 'InProgress') throw invalidParameter(PARAMETER);
    call.world.callEvents.cancel(ringOut);
    call.world.ringOuts.remove(ringOut);
    endRingOut(call.world, call.owner, ringOut, call.world.now());
    return emptyAnswer(204);
  },
};

function required({ world, parameters, owner }: OperationCall): RingOut {
  const ringOut = world.ringOuts.find(parameters[PARAMETER] ?? '', String(owner.extension.id));
  if (!ringOut) throw notFound(PARAMETER);
  return ringOut;
}

function render({ world, owner }: OperationCall, ringOut: RingOut): object {
  return { id: ringOut.id, uri: `${extensionUri(world, owner)}/ring-out/${ringOut.id}`, status: statusOf(ringOut, world.now()) };
}
