import { type Static, Type } from 'typebox';
import { type Extension, type ForwardingNumber, toE164 } from '../directory.ts';
import { invalidParameter, restRefusal } from '../wire/rest-refusal.ts';

const Label = Type.String({ maxLength: 60 });
const Kind = Type.Unsafe<ForwardingNumber['type']>(Type.Enum(['Home', 'Mobile', 'Work', 'Other']));
const FlipNumber = Type.Union([Type.String({ pattern: '^[1-8]$' }), Type.Integer({ minimum: 1, maximum: 8 })]);

/** RingCentral OpenAPI `CreateForwardingNumberRequest`, without the kinds that are devices of its own. */
export const CreateForwardingNumberRequest = Type.Object({
  phoneNumber: Type.String(),
  label: Type.Optional(Label),
  type: Type.Optional(Kind),
  flipNumber: Type.Optional(FlipNumber),
});

/** RingCentral OpenAPI `UpdateForwardingNumberRequest`. */
export const UpdateForwardingNumberRequest = Type.Partial(CreateForwardingNumberRequest);

// RingCentral's error FPN-103.
const MOST_NUMBERS = 10;

/** @throws Refused  400: FPN-102 for what is no number, FPN-103 for an eleventh, FPN-105 for one that is there already */
export function newForwardingNumber(
  extension: Extension,
  { phoneNumber, label = 'My number', type = 'Other', flipNumber }: Static<typeof CreateForwardingNumberRequest>,
  id: string,
): ForwardingNumber {
  if (extension.forwardingNumbers.length >= MOST_NUMBERS) throw refusal('FPN-103', `More than ${MOST_NUMBERS} forwarding numbers are not allowed`);
  return { id, phoneNumber: readNumber(extension, phoneNumber), label, type, ...(flipNumber !== undefined && { flipNumber: String(flipNumber) }) };
}

/** @throws Refused  400: FPN-102, FPN-105 */
export function changedForwardingNumber(
  extension: Extension,
  before: ForwardingNumber,
  { phoneNumber, flipNumber, ...change }: Static<typeof UpdateForwardingNumberRequest>,
): ForwardingNumber {
  return {
    ...before,
    ...change,
    ...(phoneNumber !== undefined && { phoneNumber: readNumber(extension, phoneNumber, before.id) }),
    ...(flipNumber !== undefined && { flipNumber: String(flipNumber) }),
  };
}

function readNumber({ forwardingNumbers }: Extension, text: string, ownId?: string): string {
  if (text.trim() === '') throw invalidParameter('phoneNumber');
  const phoneNumber = toE164(text);
  if (phoneNumber === undefined) throw refusal('FPN-102', 'Phone number is not valid');
  if (forwardingNumbers.some((other) => other.phoneNumber === phoneNumber && other.id !== ownId))
    throw refusal('FPN-105', 'Phone number is in the list of forwarding numbers already');
  return phoneNumber;
}

function refusal(errorCode: string, message: string) {
  return restRefusal(400, errorCode, message, { about: { parameterName: 'phoneNumber' } });
}
