import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { Type } from 'typebox';
import type { Session } from '../authorization/session.ts';
import { toE164 } from '../directory.ts';
import { AccountCreationRequest, openAccount } from '../numbers/new-account.ts';
import { lookUpNumbers } from '../numbers/number-lookup.ts';
import { renderAccount } from '../people/account-info.ts';
import { jsonAnswer } from '../wire/answer.ts';
import { readChecked } from '../wire/checked-body.ts';
import type { Operation, TokenCall, TokenOperation } from '../wire/operation.ts';
import { toInstant } from '../wire/query.ts';
import { invalidParameter, loginRequired } from '../wire/rest-refusal.ts';

const ReservationRequest = Type.Object({
  records: Type.Array(Type.Object({ phoneNumber: Type.String(), reservedTill: Type.Optional(Type.String()) }), { minItems: 1, maxItems: 100 }),
});
// RingCentral's documents name no longest time: this is the sandbox's.
const LONGEST_RESERVATION_MS = 20 * 24 * 3_600_000;

/** Which numbers can be had; all that is asked stands in the query. */
const lookUpPhoneNumbers: TokenOperation = {
  access: 'token',
  method: 'POST',
  path: '/restapi/v1.0/number-pool/lookup',
  group: 'Medium',
  permission: 'NumberLookup',
  userPermission: 'AddRemovePhoneNumbers',
  answer: ({ world, request }) => {
    const records = lookUpNumbers(world.numberPool, request.query).map((found) => ({ ...found, formattedNumber: formatted(found.phoneNumber) }));
    return jsonAnswer(200, { uri: `${world.origin}/restapi/v1.0/number-pool/lookup`, records });
  },
};

/** Keeps numbers for whoever asks until a time, or, without one, gives them back. */
const reservePhoneNumbers: TokenOperation = {
  access: 'token',
  method: 'POST',
  path: '/restapi/v1.0/number-pool/reserve',
  group: 'Medium',
  permission: 'NumberLookup',
  userPermission: 'AddRemovePhoneNumbers',
  answer: (call) => {
    const { records } = readChecked(call.request, ReservationRequest);
    return jsonAnswer(200, { records: records.map(({ phoneNumber, reservedTill }, index) => reserveOne(call, phoneNumber, reservedTill, index)) });
  },
};

/** Opens an account for a partner's customer. */
const createAccount: TokenOperation = {
  access: 'token',
  subjects: ['signup'],
  method: 'POST',
  path: '/restapi/v1.0/account',
  group: 'Medium',
  permission: 'Accounts',
  answer: ({ world, session, request }) => {
    if (session.subject.kind !== 'signup') throw loginRequired();
    const partner = { brandId: session.subject.brandId, holder: holderOf(session) };
    return jsonAnswer(200, renderAccount(world, openAccount(world, partner, readChecked(request, AccountCreationRequest))));
  },
};

/** Everything about numbers that nobody has yet, and about who gets the first. */
export const NUMBER_POOL_OPERATIONS: readonly Operation[] = [lookUpPhoneNumbers, reservePhoneNumbers, createAccount];

function reserveOne({ world, session }: TokenCall, text: string, reservedTill: string | undefined, index: number): object {
  const phoneNumber = toE164(text) ?? '';
  const endsAt = reservedTill === undefined ? 0 : toInstant(reservedTill);
  const now = world.now();
  if (endsAt === undefined || endsAt > now + LONGEST_RESERVATION_MS) throw invalidParameter(`records[${index}].reservedTill`);
  const about = { phoneNumber, formattedNumber: formatted(phoneNumber) };
  if (!world.numberPool.canBeHad(phoneNumber, holderOf(session))) return { ...about, status: 'Failed', error: 'NumberIsNotAvailable' };
  if (endsAt <= now) {
    world.numberPool.release(phoneNumber);
    return { ...about, status: 'Unreserved' };
  }
  const { id } = world.numberPool.reserve(phoneNumber, holderOf(session), endsAt);
  return { ...about, status: 'Reserved', reservedTill: new Date(endsAt).toISOString(), reservationId: id };
}

// A partner's next signup session is the same partner's.
function holderOf({ clientId, subject }: Session): string {
  if (subject.kind === 'signup') return `${clientId} brand ${subject.brandId}`;
  return subject.kind === 'account' ? `${clientId} account ${subject.accountId}` : `${clientId} ${subject.ownerId}`;
}

function formatted(phoneNumber: string): string {
  return parsePhoneNumberFromString(phoneNumber)?.formatNational() ?? phoneNumber;
}
