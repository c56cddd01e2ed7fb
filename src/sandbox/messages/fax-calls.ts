import type { CallLog } from '../call-log/call-log.ts';
import type { CallParty, CallRecord } from '../call-log/call-record.ts';
import type { Directory } from '../directory.ts';
import { FAX_TRANSMISSION_MS } from './delivery.ts';
import type { Message, Party, Recipient } from './message.ts';

/** The call over which a fax came. */
export type FaxCall = Pick<CallRecord, 'sessionId' | 'startTime' | 'durationMs'>;

// RingCentral OpenAPI, `faxErrorCode` of a message and `result` of a call; which goes with which no document says. What
// has no result of its own is a fax that was not sent.
const RESULTS: ReadonlyMap<string | undefined, string> = new Map([
  ['LineBusy', 'Busy'],
  ['NoAnswer', 'No Answer'],
  ['CallFailed', 'Call Failed'],
  ['ProhibitedDestination', 'Restricted Number'],
  ['InternationalCallingDisabled', 'International Disabled'],
]);

/** Writes into the call log what was called to send faxes, and what called with one. */
export class FaxCalls {
  readonly #callLog: CallLog;
  readonly #directory: Directory;

  constructor(callLog: CallLog, directory: Directory) {
    this.#callLog = callLog;
    this.#directory = directory;
  }

  /**
   * A fax is with one of its recipients, or will never be. Written down once, however often it is told.
   *
   * @returns nothing where the sender is no user any more
   */
  logSent({ id, ownerId, from, leavesAt }: Message, recipient: Recipient, endedAt: number): FaxCall | undefined {
    const { recipientId, messageStatus, faxErrorCode } = recipient;
    const owner = this.#directory.findOwner(ownerId);
    const isDelivered = messageStatus === 'Delivered';
    const call = {
      type: 'Fax',
      direction: 'Outbound',
      action: 'Outgoing Fax',
      result: isDelivered ? 'Sent' : (RESULTS.get(faxErrorCode) ?? 'Fax Not Sent'),
      from: partyOf(from),
      to: partyOf(recipient),
      startTime: leavesAt,
      durationMs: isDelivered ? endedAt - leavesAt : 0,
      message: { id, type: 'Fax' },
    } as const;
    return owner && this.#callLog.add(owner, call, `F${id}-${recipientId}`);
  }

  /** A fax has come to a user. @param sent  the call, where another user made it */
  logReceived({ id, ownerId, from, to, createdAt }: Message, sent?: FaxCall): void {
    const owner = this.#directory.findOwner(ownerId);
    const { sessionId, startTime, durationMs } = sent ?? {
      sessionId: this.#callLog.drawSessionId(),
      startTime: createdAt - FAX_TRANSMISSION_MS,
      durationMs: FAX_TRANSMISSION_MS,
    };
    const parties = { from: partyOf(from), to: partyOf(to[0] ?? {}) };
    const call = { type: 'Fax', direction: 'Inbound', action: 'Incoming Fax', result: 'Received', ...parties, sessionId, startTime, durationMs } as const;
    if (owner) this.#callLog.add(owner, { ...call, message: { id, type: 'Fax' } }, `F${id}`);
  }
}

function partyOf({ phoneNumber, extensionNumber, name }: Party): CallParty {
  return { ...(phoneNumber !== undefined && { phoneNumber }), ...(extensionNumber !== undefined && { extensionNumber }), ...(name !== undefined && { name }) };
}
