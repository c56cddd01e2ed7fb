import { answersOf, endOf, type RingOut } from '../calls/ring-out.ts';
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
  const endedAt = endOf(ringOut);
  world.agenda.add(endedAt, () => {
    const caller = owner();
    if (!caller) return;
    logRingOut(world, caller, ringOut, { endedAt, wasCancelled: false });
    tellPresence(world, caller, endedAt);
  });
}
