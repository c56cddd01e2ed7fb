import type { LoginAttempt } from '../../access/legacy-logins.ts';
import { InvalidRequest } from '../../domain/errors.ts';
import { type CountryCode, toDialable } from '../../domain/phone-number.ts';
import type { PlatformRequest } from '../../ringcentral/calls/request.ts';
import { createRingOutRequest } from '../../ringcentral/calls/ring-out.ts';
import { readLogin } from '../login.ts';
import type { RingOutParameters } from './parameters.ts';

/** Places a call: rings `from`, then `to`. */
export const command = 'call';

// What it meant is not known; support could not say, and programs only hand it back. This is the documented sample.
const WS = '3';

/** A `call` as the old program wrote it; what it left out is empty. */
export interface CallCommand {
  readonly login: LoginAttempt;
  readonly to: string;
  readonly from: string;
  readonly clid: string;
  readonly playPrompt: boolean;
}

/** The numbers of a `call` in the form the platform takes. */
interface CallNumbers {
  readonly to: string;
  /** Absent where the program gave none. */
  readonly from: string | undefined;
  readonly callerId: string | undefined;
}

/**
 * Reads a `call`; only a `prompt` of `1` asks the caller to press 1.
 *
 * @throws LoginUnknown
 */
export function parse(parameters: RingOutParameters): CallCommand {
  return {
    login: readLogin(parameters),
    to: parameters.to ?? '',
    from: parameters.from ?? '',
    clid: parameters.clid ?? '',
    playPrompt: parameters.prompt?.trim() === '1',
  };
}

/**
 * Reads the numbers. A caller ID that is no number is left out, as one that the platform refuses is.
 *
 * @param country  in whose way numbers without country code are read
 * @throws InvalidRequest  naming `to` or `from`
 */
export function readNumbers(call: CallCommand, country: CountryCode): CallNumbers {
  return {
    to: numberOf('to', call.to, country),
    from: call.from.trim() === '' ? undefined : numberOf('from', call.from, country),
    callerId: toDialable(call.clid, country),
  };
}

/** @param callerId  absent for the platform's own choice */
export function toRequest(call: CallCommand, to: string, from: string, callerId: string | undefined): PlatformRequest {
  return createRingOutRequest({ from, to, ...(callerId !== undefined && { callerId }), playPrompt: call.playPrompt });
}

/** `OK <session id> <WS>`: three items, for one known program takes exactly three. */
export function render(sessionId: number): string {
  return `OK ${sessionId} ${WS}`;
}

function numberOf(field: 'to' | 'from', text: string, country: CountryCode): string {
  const number = toDialable(text, country);
  if (number === undefined) throw new InvalidRequest([{ field, message: 'is missing, or not a phone number' }]);
  return number;
}
