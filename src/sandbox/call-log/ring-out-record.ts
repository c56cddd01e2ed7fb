import { calledUser } from '../calls/called-user.ts';
import { answersOf, type LegStatus, type RingOut, statusOf } from '../calls/ring-out.ts';
import type { Owner } from '../directory.ts';
import type { World } from '../world.ts';
import type { CallParty, CallRecord, NewCall } from './call-record.ts';

const RESULTS: Readonly<Record<LegStatus, string>> = {
  InProgress: 'In Progress',
  Success: 'Call connected',
  Finished: 'Call connected',
  Busy: 'Busy',
  NoAnswer: 'No Answer',
  Rejected: 'Rejected',
  GenericError: 'Call Failed',
  DestinationBlocked: 'Blocked',
  InternationalDisabled: 'International Disabled',
};
const CANCELLED = 'Stopped';

/** Writes a RingOut down that is over: for its user, and for whom it called where that is a user of the platform. */
export function logRingOut(
  world: World,
  owner: Owner,
  ringOut: RingOut,
  { endedAt, wasCancelled }: { readonly endedAt: number; readonly wasCancelled: boolean },
): void {
  const call = { ...callOf(world, owner, ringOut, endedAt, wasCancelled), sessionId: sessionIdOf(ringOut) };
  world.callLog.add(owner, call, recordIdOf(ringOut));
  const called = calledUser(world.directory, owner, ringOut.to);
  const wasDialled = answersOf(ringOut).callerAt !== undefined && endedAt >= (answersOf(ringOut).callerAt ?? 0);
  if (!called || !wasDialled) return;
  const { legs: _legs, result, ...rest } = call;
  const inbound: NewCall = { ...rest, direction: 'Inbound', action: 'Phone Call', result: result === 'Call connected' ? 'Accepted' : 'Missed' };
  world.callLog.add(called, inbound, `${recordIdOf(ringOut)}-in`);
}

/** Which record a RingOut becomes: one and the same, however often it is written down. */
export function recordIdOf(ringOut: RingOut): string {
  return `C${sessionIdOf(ringOut)}`;
}

/** A RingOut that is under way, as `active-calls` shows it. */
export function activeRecord(world: World, owner: Owner, ringOut: RingOut): CallRecord {
  const now = world.now();
  const call = callOf(world, owner, ringOut, now, false);
  const ids = { id: recordIdOf(ringOut), sessionId: sessionIdOf(ringOut), accountId: owner.account.id, ownerId: ringOut.ownerId };
  return { ...call, ...ids, result: RESULTS.InProgress, changedAt: now, revision: 0 };
}

function callOf(world: World, owner: Owner, ringOut: RingOut, endedAt: number, wasCancelled: boolean): NewCall {
  const { from, to, startedAt } = ringOut;
  const { callerAt, calleeAt } = answersOf(ringOut);
  const { callerStatus, calleeStatus } = statusOf(ringOut, endedAt);
  const talkedMs = (answeredAt: number | undefined) => Math.max(0, endedAt - (answeredAt ?? endedAt));
  const [caller, callee] = [partyOf(world, owner, from), partyOf(world, owner, to)];
  // The user's own phone is called for the account's number.
  const own: CallParty = { phoneNumber: owner.account.mainNumber, extensionNumber: owner.extension.extensionNumber, name: owner.extension.name };
  const result = wasCancelled ? CANCELLED : RESULTS[callerAt === undefined ? callerStatus : calleeStatus];
  return {
    type: 'Voice',
    direction: 'Outbound',
    action: 'RingOut Web',
    result,
    from: own,
    to: callee,
    startTime: startedAt,
    durationMs: wasCancelled ? 0 : talkedMs(calleeAt),
    legs: [
      {
        legType: 'RingOutWebToSubscriber',
        result: wasCancelled ? CANCELLED : RESULTS[callerStatus],
        startTime: startedAt,
        durationMs: talkedMs(callerAt),
        from: own,
        to: caller,
        isMaster: true,
      },
      ...(callerAt === undefined || endedAt < callerAt
        ? []
        : [{ legType: 'RingOutWebToCaller', result, startTime: callerAt, durationMs: talkedMs(calleeAt), from: own, to: callee, isMaster: false }]),
    ],
  };
}

function partyOf(world: World, owner: Owner, number: string): CallParty {
  const user = calledUser(world.directory, owner, number);
  const name = user && { name: user.extension.name };
  return number.startsWith('+') ? { phoneNumber: number, ...name } : { extensionNumber: number, ...name };
}

// The platform's session ids are digits; a RingOut's own id holds some.
function sessionIdOf({ id }: RingOut): string {
  return Buffer.from(id, 'base64').toString('utf8').replace(/@.*$/, '').replace(/\D/g, '');
}
