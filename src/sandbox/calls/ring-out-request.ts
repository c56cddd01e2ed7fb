import { type Owner, toE164 } from '../directory.ts';
import { isJsonObject, type JsonObject } from '../wire/json-body.ts';
import { invalidParameter, restRefusal } from '../wire/rest-refusal.ts';
import type { RingOut } from './ring-out.ts';

/**
 * Reads `MakeRingOutRequest`.
 *
 * Without `from` the user's first forwarding number is called, as RingCentral's guide has it; its OpenAPI file says that
 * `from` is required.
 *
 * @throws Refused  400: CMN-101 for what is missing, TEL-108 and TEL-109 for numbers that are none, TEL-107 for a
 *                  caller ID that is not the user's (API explorer, 2019)
 */
export function readRingOut(body: JsonObject, owner: Owner): Pick<RingOut, 'from' | 'to'> {
  if (!isAbsent(body.playPrompt) && typeof body.playPrompt !== 'boolean') throw invalidParameter('playPrompt');
  const to = dialable(phoneNumberOf(requireObject(body, 'to'), 'to')) ?? refuse('TEL-109', 'To phone number is empty or invalid');
  const from = readFrom(body, owner);
  checkCallerId(body, owner);
  return { from, to };
}

function readFrom(body: JsonObject, { extension }: Owner): string {
  if (isAbsent(body.from)) return extension.forwardingNumbers[0]?.phoneNumber ?? refuseMissing('from');
  const from = requireObject(body, 'from');
  if (isAbsent(from.forwardingNumberId)) return dialable(phoneNumberOf(from, 'from')) ?? refuse('TEL-108', 'From phone number is empty or invalid');
  const chosen = extension.forwardingNumbers.find(({ id }) => id === String(from.forwardingNumberId));
  return chosen?.phoneNumber ?? refuseMissing('from.forwardingNumberId');
}

function checkCallerId(body: JsonObject, { account, extension }: Owner): void {
  if (isAbsent(body.callerId)) return;
  const number = toE164(phoneNumberOf(requireObject(body, 'callerId'), 'callerId'));
  if (number === undefined || ![account.mainNumber, ...extension.directNumbers].includes(number)) refuse('TEL-107', 'Caller ID is not allowed');
}

// 3 to 6 digits are an extension of the same account.
function dialable(text: string): string | undefined {
  return /^\d{3,6}$/.test(text) ? text : toE164(text);
}

function requireObject(body: JsonObject, name: string): JsonObject {
  const value = body[name];
  return isJsonObject(value) ? value : refuseMissing(name);
}

function phoneNumberOf(party: JsonObject, name: string): string {
  return typeof party.phoneNumber === 'string' ? party.phoneNumber : refuseMissing(`${name}.phoneNumber`);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function refuseMissing(parameterName: string): never {
  throw invalidParameter(parameterName);
}

function refuse(errorCode: string, message: string): never {
  throw restRefusal(400, errorCode, message);
}
