import { calledUser } from '../calls/called-user.ts';
import { answersOf, CHANGE_AGES_MS, calleePhoneAt, endOf, type RingOut } from '../calls/ring-out.ts';
import type { Owner } from '../directory.ts';
import { tellPresence } from '../presence/presence-event.ts';
import type { World } from '../world.ts';
import { logRingOut, recordIdOf } from './ring-out-record.ts';

/**
 * Has the user's presence follow a call, and the call written down when it is over. One that is written down already is
 * let go: it was cancelled, or over before the sandbox was started again.
 */
export function followRingOut(world: World, ringOut: RingOut): void {
  const isOpen = () => !world.callLog.find(recordIdOf(ringOut));
  const owner = () => (isOpen() ? world.directory.findOwner(ringOut.ownerId) : undefined);
  const { callerAt } = answersOf(ringOut);
  if (callerAt !== undefined) {
    world.agenda.add(callerAt, () => {
      const caller = owner();
      if (caller) tellPresence(world, caller, callerAt);
    });
  }
  for (const age of CHANGE_AGES_MS) {
    const at = ringOut.startedAt + age;
    if (calleePhoneAt(ringOut, at) !== calleePhoneAt(ringOut, at - 1)) world.agenda.add(at, () => tellCalled(world, owner(), ringOut, at));
  }
  const endedAt = endOf(ringOut);
  world.agenda.add(endedAt, () => {
    const caller = owner();
    if (!caller) return;
    logRingOut(world, caller, ringOut, { endedAt, wasCancelled: false });
    tellPresence(world, caller, endedAt);
  });
}

/** The caller has ended the call, and the other's phone rings no longer. */
export function endRingOut(world: World, caller: Owner, ringOut: RingOut, endedAt: number): void {
  logRingOut(world, caller, ringOut, { endedAt, wasCancelled: true });
  tellPresence(world, caller);
  if (calleePhoneAt(ringOut, endedAt)) tellCalled(world, caller, ringOut, endedAt);
}

/** Tells how the presence of the called party stands, where that is another user of the platform. */
function tellCalled(world: World, caller: Owner | undefined, { to }: RingOut, at: number): void {
  const called = caller && calledUser(world.directory, caller, to);
  if (called && called.extension.id !== caller.extension.id) tellPresence(world, called, at);
}
