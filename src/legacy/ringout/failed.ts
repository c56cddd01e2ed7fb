import type { ErrorCode } from '../../domain/error-catalogue.ts';
import { GatewayError, InvalidRequest, PlatformRefused } from '../../domain/errors.ts';
import type { CommandName } from './index.ts';

/**
 * Every error text of `ringout.asp`.
 *
 * An answer that holds the letters OK anywhere is a success to old programs, and one of them writes the text into its
 * page: so none holds them, nor markup, nor anything that was sent. The first is the only text seen of the old service.
 */
export const FAILED = {
  login: 'FAILED Invalid User or Password',
  command: 'FAILED Invalid Command',
  method: 'FAILED Invalid Method',
  request: 'FAILED Invalid Request',
  number: 'FAILED Invalid Phone Number',
  callerId: 'FAILED Invalid Caller ID',
  session: 'FAILED Invalid Session',
  international: 'FAILED International calls disabled',
  permission: 'FAILED Permission Denied',
  unavailable: 'FAILED Service Unavailable',
} as const;

export type FailedText = (typeof FAILED)[keyof typeof FAILED];

// What is not here, a dead Grant or a refused App for example, is nothing the old program or its user can mend by
// another login or number: the service is unavailable to them.
const BY_CODE: ReadonlyMap<ErrorCode, FailedText> = new Map<ErrorCode, FailedText>([
  ['login_unknown', FAILED.login],
  ['policy_forbids', FAILED.permission],
  ['client_not_found', FAILED.permission],
]);

const BY_FIELD: ReadonlyMap<string, FailedText> = new Map<string, FailedText>([
  ['cmd', FAILED.command],
  ['to', FAILED.number],
  ['from', FAILED.number],
  ['sessionid', FAILED.session],
]);

// RingCentral's API explorer lists these for "Make RingOut Call" (2019), and "API error codes" the CMN-4xx.
const BY_PLATFORM_CODE: ReadonlyMap<string, FailedText> = new Map<string, FailedText>([
  ['TEL-108', FAILED.number],
  ['TEL-109', FAILED.number],
  // Caller ID not allowed; caller ID is not one of the company's direct numbers.
  ['TEL-107', FAILED.callerId],
  ['RNG-102', FAILED.callerId],
  ['InternationalDisabled', FAILED.international],
  // The called, the calling number is in the blocked list.
  ['TEL-101', FAILED.permission],
  ['TEL-102', FAILED.permission],
  // A feature that the account, the extension type or the extension does not have.
  ['BIL-103', FAILED.permission],
  ['CMN-109', FAILED.permission],
  ['CMN-112', FAILED.permission],
  ['CMN-113', FAILED.permission],
  // The App, or the user, lacks a Permission or a role.
  ['InsufficientPermissions', FAILED.permission],
  ['CMN-401', FAILED.permission],
  ['CMN-402', FAILED.permission],
  ['CMN-403', FAILED.permission],
  ['CMN-404', FAILED.permission],
  ['CMN-408', FAILED.permission],
  ['CMN-419', FAILED.permission],
]);

/**
 * The one line that an old program is told of an error; whatever is not known is `FAILED Service Unavailable`.
 *
 * @param command  absent where it could not be read
 */
export function failedText(error: unknown, command: CommandName | undefined): FailedText {
  if (error instanceof InvalidRequest) return BY_FIELD.get(error.faults[0]?.field ?? '') ?? FAILED.request;
  // CMN-101 says that a parameter is invalid; those of a RingOut are its numbers, those of other requests are ours.
  if (error instanceof PlatformRefused && error.platformCode === 'CMN-101' && command === 'call') return FAILED.number;
  if (error instanceof PlatformRefused) return BY_PLATFORM_CODE.get(error.platformCode) ?? FAILED.unavailable;
  return (error instanceof GatewayError && BY_CODE.get(error.code)) || FAILED.unavailable;
}

/** Whether the platform refused to show the caller ID; it has placed no call then. */
export function isCallerIdRefusal(error: unknown): boolean {
  return error instanceof PlatformRefused && BY_PLATFORM_CODE.get(error.platformCode) === FAILED.callerId;
}
