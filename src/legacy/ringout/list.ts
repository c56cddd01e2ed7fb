import type { LoginAttempt } from '../../access/legacy-logins.ts';
import { toLegacyNumber } from '../../domain/phone-number.ts';
import { type ForwardingNumber, listForwardingNumbersRequest } from '../../ringcentral/calls/forwarding-number.ts';
import type { PlatformRequest } from '../../ringcentral/calls/request.ts';
import { readLogin } from '../login.ts';
import type { RingOutParameters } from './parameters.ts';

/** Lists the numbers that the user's calls may start from. */
export const command = 'list';

/** @throws LoginUnknown */
export function parse(parameters: RingOutParameters): { readonly login: LoginAttempt } {
  return { login: readLogin(parameters) };
}

/** @param page  from 1; the old answer has no pages, so all are read */
export function toRequest(page: number): PlatformRequest {
  return listForwardingNumbersRequest(page);
}

/** Whether the old service would have listed it: a number that calls are forwarded to. */
export function isListed(number: ForwardingNumber): boolean {
  return number.features.includes('CallForwarding') && printedNumber(number) !== '';
}

/**
 * `OK number;label;number;label…`, and `OK ` with its space where there are none.
 *
 * Known programs set the form: the number of items is even and the last label not empty, or Ruby's `split` drops it;
 * labels are unique, because one program looks numbers up by label, and hold neither `;` nor what HTML would interpret.
 */
export function render(numbers: readonly ForwardingNumber[]): string {
  const taken = new Set<string>();
  const pairs = numbers.filter(isListed).map((number) => `${printedNumber(number)};${uniqueLabel(number, taken)}`);
  return `OK ${pairs.join(';')}`;
}

function printedNumber(number: ForwardingNumber): string {
  return toLegacyNumber(number.phoneNumber.replace(/[^\d+*#]/g, ''));
}

function uniqueLabel(number: ForwardingNumber, taken: Set<string>): string {
  const label = printable(number.label) || printable(number.type) || printedNumber(number);
  let unique = label;
  for (let count = 2; taken.has(unique); count += 1) unique = `${label} ${count}`;
  taken.add(unique);
  return unique;
}

function printable(text: string): string {
  return text.replace(/[;<>&\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}
