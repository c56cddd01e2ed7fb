import { calledUser } from '../calls/called-user.ts';
import { answersOf, calleePhoneAt, type RingOut } from '../calls/ring-out.ts';
import type { Owner } from '../directory.ts';
import { profileOf } from '../people/profile.ts';
import { extensionUri } from '../wire/operation.ts';
import type { World } from '../world.ts';

type UserStatus = 'Offline' | 'Busy' | 'Available';
type DndStatus = 'TakeAllCalls' | 'DoNotAcceptDepartmentCalls' | 'TakeDepartmentCallsOnly' | 'DoNotAcceptAnyCalls' | 'Unknown';
type Visibility = 'All' | 'None' | 'PermittedUsers';
type TelephonyStatus = 'NoCall' | 'Ringing' | 'CallConnected';

/** What a user tells others of itself. */
export interface Presence {
  readonly userStatus: UserStatus;
  readonly dndStatus: DndStatus;
  readonly dndStatusPersonal: 'TakeAllCalls' | 'DoNotAcceptAnyCalls' | 'Unknown';
  readonly message: string;
  readonly allowSeeMyPresence: boolean;
  readonly ringOnMonitoredCall: boolean;
  readonly pickUpCallsOnHold: boolean;
  readonly callerIdVisibility: Visibility;
  readonly acceptCallQueueCalls: boolean;
}

const AT_FIRST: Presence = {
  userStatus: 'Available',
  dndStatus: 'TakeAllCalls',
  dndStatusPersonal: 'TakeAllCalls',
  message: '',
  allowSeeMyPresence: true,
  ringOnMonitoredCall: false,
  pickUpCallsOnHold: false,
  callerIdVisibility: 'All',
  acceptCallQueueCalls: true,
};

/** What the user has chosen. */
export function presenceOf(world: World, owner: Owner): Presence {
  return profileOf(world, owner).presence ?? AT_FIRST;
}

/**
 * A user's presence as the platform shows it: busy while its phone rings or a call of its is under way.
 *
 * @param at        the instant that is meant, by the sandbox's clock
 * @param detailed  whether its calls are listed
 */
export function renderPresence(world: World, owner: Owner, { at, detailed }: { readonly at: number; readonly detailed: boolean }): object {
  const { message, ...chosen } = presenceOf(world, owner);
  const calls = callsOf(world, owner, at);
  const telephonyStatus = calls.some(({ status }) => status === 'CallConnected') ? 'CallConnected' : (calls[0]?.status ?? 'NoCall');
  const uri = extensionUri(world, owner);
  return {
    uri: `${uri}/presence`,
    extension: { uri, id: owner.extension.id, extensionNumber: owner.extension.extensionNumber },
    presenceStatus: presenceStatusOf(chosen, telephonyStatus),
    telephonyStatus,
    ...chosen,
    ...(message !== '' && { message }),
    meetingStatus: 'Disconnected',
    ...(detailed && { activeCalls: calls.map(renderCall) }),
  };
}

function presenceStatusOf({ userStatus, dndStatus }: Omit<Presence, 'message'>, telephonyStatus: TelephonyStatus): UserStatus {
  if (userStatus === 'Offline') return 'Offline';
  return userStatus === 'Busy' || dndStatus === 'DoNotAcceptAnyCalls' || telephonyStatus !== 'NoCall' ? 'Busy' : 'Available';
}

interface ShownCall {
  readonly ringOut: RingOut;
  readonly direction: 'Outbound' | 'Inbound';
  /** What the user is called from, or calls from. */
  readonly from: string;
  readonly status: TelephonyStatus;
}

function callsOf(world: World, owner: Owner, at: number): readonly ShownCall[] {
  return world.ringOuts.underWayAt(at).flatMap((ringOut) => {
    const isOwn = ringOut.ownerId === String(owner.extension.id);
    return (isOwn ? placedCall(ringOut, at) : receivedCall(world, owner, ringOut, at)) ?? [];
  });
}

function placedCall(ringOut: RingOut, at: number): ShownCall {
  const isAnswered = at >= (answersOf(ringOut).callerAt ?? Number.POSITIVE_INFINITY);
  return { ringOut, direction: 'Outbound', from: ringOut.from, status: isAnswered ? 'CallConnected' : 'Ringing' };
}

function receivedCall(world: World, { extension }: Owner, ringOut: RingOut, at: number): ShownCall | undefined {
  const status = calleePhoneAt(ringOut, at);
  const caller = status && world.directory.findOwner(ringOut.ownerId);
  if (!caller || calledUser(world.directory, caller, ringOut.to)?.extension.id !== extension.id) return undefined;
  return { ringOut, direction: 'Inbound', from: caller.account.mainNumber, status };
}

function renderCall({ ringOut: { id, to, startedAt }, direction, from, status }: ShownCall): object {
  return { id, sessionId: id, direction, from, to, telephonyStatus: status, startTime: new Date(startedAt).toISOString(), terminationType: 'final' };
}
