import { answersOf, endOf, type RingOut } from '../calls/ring-out.ts';
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
 * A user's presence as the platform shows it: busy while a call of its own is under way.
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
    ...(detailed && { activeCalls: calls.map(({ ringOut, status }) => renderCall(ringOut, status)) }),
  };
}

function presenceStatusOf({ userStatus, dndStatus }: Omit<Presence, 'message'>, telephonyStatus: TelephonyStatus): UserStatus {
  if (userStatus === 'Offline') return 'Offline';
  return userStatus === 'Busy' || dndStatus === 'DoNotAcceptAnyCalls' || telephonyStatus !== 'NoCall' ? 'Busy' : 'Available';
}

function callsOf(world: World, { extension }: Owner, at: number): { readonly ringOut: RingOut; readonly status: TelephonyStatus }[] {
  return world.ringOuts
    .placedBy(String(extension.id))
    .filter((ringOut) => ringOut.startedAt <= at && at < endOf(ringOut))
    .map((ringOut) => ({ ringOut, status: at < (answersOf(ringOut).callerAt ?? Number.POSITIVE_INFINITY) ? 'Ringing' : 'CallConnected' }));
}

function renderCall({ id, from, to, startedAt }: RingOut, telephonyStatus: TelephonyStatus): object {
  return { id, sessionId: id, direction: 'Outbound', from, to, telephonyStatus, startTime: new Date(startedAt).toISOString(), terminationType: 'final' };
}
