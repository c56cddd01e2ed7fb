import { Type } from 'typebox';
import type { Presence } from './presence.ts';

const oneOf = <Choice extends string>(...choices: readonly Choice[]) => Type.Optional(Type.Unsafe<Choice>(Type.Enum([...choices])));
const Switch = Type.Optional(Type.Boolean());

/** RingCentral OpenAPI `PresenceInfoRequest`. */
export const PresenceInfoRequest = Type.Object({
  userStatus: oneOf<Presence['userStatus']>('Offline', 'Busy', 'Available'),
  dndStatus: oneOf<Presence['dndStatus']>('TakeAllCalls', 'DoNotAcceptDepartmentCalls', 'TakeDepartmentCallsOnly', 'DoNotAcceptAnyCalls', 'Unknown'),
  dndStatusPersonal: oneOf<Presence['dndStatusPersonal']>('TakeAllCalls', 'DoNotAcceptAnyCalls', 'Unknown'),
  message: Type.Optional(Type.String({ maxLength: 75 })),
  allowSeeMyPresence: Switch,
  ringOnMonitoredCall: Switch,
  pickUpCallsOnHold: Switch,
  callerIdVisibility: oneOf<Presence['callerIdVisibility']>('All', 'None', 'PermittedUsers'),
  acceptCallQueueCalls: Switch,
});
