import type { MessageStatus } from './message.ts';

/** Something that becomes of a message on its way to one recipient. */
export interface Step {
  /** After it has left. */
  readonly afterMs: number;
  readonly messageStatus: MessageStatus;
  /** A fax's `faxErrorCode`, or a text message's `deliveryErrorCode`. */
  readonly errorCode?: string;
}

// What a number does is in its last four digits, as for a RingOut: a test says what it wants by the number it sends to.
const FAX_FAILURES: ReadonlyMap<string, Step> = new Map([
  ['0001', { afterMs: 5_000, messageStatus: 'SendingFailed', errorCode: 'LineBusy' }],
  ['0002', { afterMs: 30_000, messageStatus: 'SendingFailed', errorCode: 'NoAnswer' }],
  ['0003', { afterMs: 5_000, messageStatus: 'SendingFailed', errorCode: 'NoFaxMachine' }],
  ['0004', { afterMs: 5_000, messageStatus: 'SendingFailed', errorCode: 'CallFailed' }],
  ['0005', { afterMs: 5_000, messageStatus: 'SendingFailed', errorCode: 'ProhibitedDestination' }],
  ['0006', { afterMs: 5_000, messageStatus: 'SendingFailed', errorCode: 'InternationalCallingDisabled' }],
]);
/** How long it takes until a fax has come through. */
export const FAX_TRANSMISSION_MS = 10_000;
const FAX_SENT: Step = { afterMs: 5_000, messageStatus: 'Sent' };
const FAX_DELIVERED: Step = { afterMs: FAX_TRANSMISSION_MS, messageStatus: 'Delivered' };
const FAX_TOO_LONG: Step = { afterMs: 5_000, messageStatus: 'SendingFailed', errorCode: 'TooManyPages' };
// RingCentral "Sending faxes".
const MOST_PAGES = 200;

const SMS_SENT: Step = { afterMs: 1_000, messageStatus: 'Sent' };
const SMS_DELIVERED: Step = { afterMs: 2_000, messageStatus: 'Delivered' };
// RingCentral "Error codes" of messaging: subscriber unavailable, opted out, upstream out of order. 0005 and 0006 are
// refused before anything is sent.
const SMS_FATES: ReadonlyMap<string, readonly Step[]> = new Map([
  ['0001', [SMS_SENT, { afterMs: 2_000, messageStatus: 'DeliveryFailed', errorCode: 'SMS-CAR-412' }]],
  ['0002', [SMS_SENT]],
  ['0003', [SMS_SENT, { afterMs: 2_000, messageStatus: 'DeliveryFailed', errorCode: 'SMS-CAR-413' }]],
  ['0004', [{ afterMs: 1_000, messageStatus: 'SendingFailed', errorCode: 'SMS-UP-500' }]],
]);

/** What becomes of a fax to a number, soonest first. */
export function faxSteps(phoneNumber: string, pageCount: number): readonly Step[] {
  if (pageCount > MOST_PAGES) return [FAX_TOO_LONG];
  const failure = FAX_FAILURES.get(phoneNumber.slice(-4));
  return failure ? [failure] : [FAX_SENT, FAX_DELIVERED];
}

/** What becomes of a text message to a number, soonest first. */
export function smsSteps(phoneNumber: string): readonly Step[] {
  return SMS_FATES.get(phoneNumber.slice(-4)) ?? [SMS_SENT, SMS_DELIVERED];
}

/** Whether no text message may be sent to the number: it is blocked, or abroad where that is not allowed. */
export function smsRefusalOf(phoneNumber: string): 'blocked' | 'international' | undefined {
  if (phoneNumber.endsWith('0005')) return 'blocked';
  return phoneNumber.endsWith('0006') ? 'international' : undefined;
}
