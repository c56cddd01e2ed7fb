import type { RingOutSession } from '../../domain/ring-out.ts';
import type { PlatformRequest } from '../../ringcentral/calls/request.ts';
import { getRingOutRequest, type RingOutStatus } from '../../ringcentral/calls/ring-out.ts';
import type { RingOutParameters } from './parameters.ts';
import { readSessionId } from './session-id.ts';

/** Tells how a call stands. */
export const command = 'status';

// The documented numbers. The platform has more words than the old service had numbers: those are a generic error.
const STATUS_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['Success', 0],
  ['InProgress', 1],
  ['Busy', 2],
  ['NoAnswer', 3],
  ['Rejected', 4],
  ['GenericError', 5],
  ['Finished', 6],
  ['InternationalDisabled', 7],
  ['DestinationBlocked', 8],
]);
const GENERIC_ERROR = 5;
/** What each number was called, in its order. */
export const STATUS_LABELS = [
  'Success',
  'In Progress',
  'Busy',
  'No Answer',
  'Rejected',
  'Generic Error',
  'Finished',
  'International calls disabled',
  'Destination number prohibited',
] as const;
// A leg's number that says why a call could not be made; the others only say how far it came.
const REASONS: ReadonlySet<number> = new Set([2, 3, 4, 7, 8]);

/** @throws InvalidRequest  naming `sessionid` */
export function parse(parameters: RingOutParameters): { readonly sessionId: string } {
  return { sessionId: readSessionId(parameters) };
}

/** Asks the platform; only a session says which RingOut is meant. */
export function toRequest(session: RingOutSession): PlatformRequest {
  return getRingOutRequest(session.ringOutId);
}

/**
 * `OK <id> general;to;its status;from;its status`, and once the call is over `OK <id> ` with its space.
 *
 * The platform's status holds no numbers, so they come from the session.
 *
 * @param sessionId  as the old program sent it
 */
export function render(sessionId: string, session: Pick<RingOutSession, 'to' | 'from'>, status: RingOutStatus): string {
  if (isOver(status)) return renderOver(sessionId);
  const caller = statusNumber(status.callerStatus);
  const callee = statusNumber(status.calleeStatus);
  return `OK ${sessionId} ${[generalNumber(status.callStatus, caller, callee), session.to, callee, session.from, caller].join(';')}`;
}

/** What the old service said of a call that is over, and of an id it did not know. */
export function renderOver(sessionId: string): string {
  return `OK ${sessionId} `;
}

function isOver({ callStatus, callerStatus, calleeStatus }: RingOutStatus): boolean {
  return [callStatus, callerStatus, calleeStatus].includes('NoSessionFound') || (callerStatus === 'Finished' && calleeStatus === 'Finished');
}

function statusNumber(word: string): number {
  return STATUS_NUMBERS.get(word) ?? GENERIC_ERROR;
}

// CannotReach gives no reason of its own: a leg's does, the called party's first.
function generalNumber(callStatus: string, caller: number, callee: number): number {
  if (callStatus !== 'CannotReach') return statusNumber(callStatus);
  return [callee, caller].find((number) => REASONS.has(number)) ?? GENERIC_ERROR;
}
